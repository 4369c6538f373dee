"""The criteria as delivered (`definitions/*.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from services.risk.emergencies.domain import Kind, Template


@cache
def templates() -> Mapping[Kind, Template]:
    """The delivered criteria by kind (`definitions/*.toml`)."""
    folder = files("services.risk.emergencies").joinpath("definitions")
    texts = [each.read_text(encoding="utf-8") for each in folder.iterdir() if each.name.endswith(".toml")]
    found = [Template.model_validate(tomllib.loads(text)) for text in texts]
    return {each.kind: each for each in sorted(found, key=lambda each: each.kind)}
