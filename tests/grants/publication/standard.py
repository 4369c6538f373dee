"""The published 360Giving schema, where it lies beside the repository: for checking only, never part of it."""

import json
import os
from datetime import datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry
from referencing.jsonschema import DRAFT202012

_BESIDE = Path(__file__).parents[4] / "shared/data/standards"
FORMATS = jsonschema.FormatChecker(formats=[])
FOLDER = Path(os.environ.get("NEWSTART_STANDARDS", _BESIDE)) / "360giving"


@FORMATS.checks("date-time", raises=ValueError)
def _is_moment(value: object) -> bool:
    return not isinstance(value, str) or ("T" in value and datetime.fromisoformat(value).tzinfo is not None)


def faults(package: dict[str, Any]) -> list[str]:
    """What the published schema says against a package. Skips the test where it is not there."""
    if not FOLDER.exists():
        pytest.skip("the published schema is not beside this repository")
    grant, whole = (
        json.loads((FOLDER / f"360-giving-{name}.json").read_text()) for name in ("schema", "package-schema")
    )
    # The package's file still names the grant's by the address of the version before.
    named = (grant["$id"], grant["$id"].replace("1.4.3", "1.4.2"))
    registry: Registry[Any] = Registry().with_resources([(each, DRAFT202012.create_resource(grant)) for each in named])
    # With and without a look at formats, because checkers differ in that.
    return [
        f"{each.json_path}: {each.message}"
        for formats in (None, FORMATS)
        for each in jsonschema.Draft202012Validator(whole, registry=registry, format_checker=formats).iter_errors(
            package
        )
    ]


def codes(name: str) -> set[str]:
    """The titles and codes of one of its codelists."""
    lines = (FOLDER / "codelists" / f"{name}.csv").read_text().splitlines()[1:]
    return {part.strip('"') for line in lines for part in line.split(",")[:2]}
