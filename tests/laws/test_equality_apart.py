"""The law of equality data: kept apart from every decision. Who may read it stands here, and nobody else does.

A rule, a queue, an order, a list, an event or another service that wanted to read what somebody said of themselves
would have to be put on this list first, where a reviewer sees it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kit.contracts.catalogue import OWNERS, live_types
from kit.store.migrate import ROOT, service_named

HOME = "services/casefile/equality"
COUNTING = "services/casefile/outcomes/measures.py"
READERS = {
    # Figures by group, small numbers hidden; no rule of outcomes is in that file.
    COUNTING: {"services.casefile.equality.queries"},
    # Its doors are put into the service.
    "services/casefile/journeys.py": {"services.casefile.equality.api"},
}
# The person's own copy, the erasure of it, and the merging of what two records of one person say.
RIGHTS = ("services/casefile/rights/", "services/casefile/holdings.py")
TABLE = "equality_answer"
ASKED = ("ethnicity", "religion", "sexual_orientation", "gender_reassignment", "disability", "partnership")


def sources() -> Iterator[tuple[str, str]]:
    for folder in ("services", "gateway", "kit", "demo"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


def imported(text: str) -> set[str]:
    """Every module that a source imports, also where the name is one of a package."""
    found = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return found


def readers(files: Iterator[tuple[str, str]]) -> dict[str, set[str]]:
    """Who, outside its own folder, imports the capability or names its table."""
    found: dict[str, set[str]] = {}
    for path, text in files:
        # Most name it nowhere; reading them as Python costs the time of this test.
        if path.startswith(HOME) or "/migrations/" in path or "quality" not in text:
            continue
        here = {each for each in imported(text) if re.match(r"services\.casefile\.equality\b", each)}
        here -= {"services.casefile.equality"}
        if re.search(rf"\b{TABLE}\b|\bEqualityAnswer\b", text):
            here.add(TABLE)
        if here:
            found[path] = here
    return found


def test_nobody_reads_it_but_those_named_here() -> None:
    found = readers(sources())
    others = {path: what for path, what in found.items() if path not in READERS and not path.startswith(RIGHTS)}
    assert others == {}
    for path, may in READERS.items():
        assert found[path] == may, path


@pytest.mark.parametrize(
    "breach",
    [
        "from services.casefile.equality import queries",
        "import services.casefile.equality.models as m",
        "from services.casefile.equality.queries import for_counting",
        "async def order(): return text('select answer from equality_answer')",
    ],
)
def test_a_breach_is_noticed(breach: str) -> None:
    assert readers(iter([("services/casefile/work/distance.py", breach)]))
    assert readers(iter([("services/casefile/work/distance.py", "from services.casefile.people import queries")])) == {}


def test_counting_decides_nothing() -> None:
    """Whoever reads it writes nothing but figures, and no rule, command or list takes anything from there."""
    for path, text in sources():
        if path in {COUNTING, "services/casefile/outcomes/api.py"} or "measures" not in text:
            continue
        assert "services.casefile.outcomes.measures" not in imported(text), path
    written = set(re.findall(r"insert\((\w+)\)|update\((\w+)\)|unit\.(emit)\(", (ROOT / COUNTING).read_text("utf-8")))
    assert written == {("PublishedQuarter", "", "")}


@pytest.mark.parametrize("owner", OWNERS)
def test_no_other_table_has_a_place_for_it(owner: str) -> None:
    for table in service_named(owner).metadata.tables.values():
        if table.name != TABLE:
            assert not {column.name for column in table.columns} & set(ASKED), table.name


def test_no_event_carries_it() -> None:
    for each in live_types():
        model = each.opens_as or each.model
        assert model is not None
        assert not set(model.model_fields) & set(ASKED), each.type
    assert not [each.type for each in live_types() if "equality" in each.type]


def test_no_answer_of_a_door_shows_it() -> None:
    """Only the door through which it comes in names an answer."""
    text = (Path(ROOT) / HOME / "api.py").read_text("utf-8")
    assert "of_their_own" not in text
    assert "for_counting" not in text
