"""The definitions as delivered (`definitions/*.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from services.risk.prediction.domain import Definition, check_definition


def read(text: str) -> Definition:
    """A definition from TOML. Raises `ForbiddenTarget`, `Invalid` or pydantic.ValidationError."""
    return check_definition(Definition.model_validate(tomllib.loads(text)))


@cache
def delivered() -> Mapping[str, Definition]:
    """Every delivered definition by code."""
    folder = files("services.risk.prediction").joinpath("definitions")
    found = [read(each.read_text(encoding="utf-8")) for each in folder.iterdir() if each.name.endswith(".toml")]
    return {each.code: each for each in sorted(found, key=lambda each: each.code)}
