"""Every event has one owner who announces it, and everyone it is for hears it; every table has one owner."""

import ast
import re
from functools import cache
from itertools import groupby
from pathlib import Path

import pytest

from kit.contracts.catalogue import OWNERS, SERVICES, consumed_by, live_types
from kit.events.handlers import KINDS, handled
from kit.store.migrate import ROOT, package_of, service_named
from kit.store.tables import METADATA

# What they share takes seconds to read: once is enough.
pytestmark = pytest.mark.xdist_group("sources")

# The kit announces for every owner: `f"{service}.access.recorded"` in kit/store/audit.py, and for every service
# `f"{service}.message.requested"` in kit/events/messages.py.
BY_THE_KIT = {f"{owner}.access.recorded" for owner in OWNERS} | {f"{each}.message.requested" for each in SERVICES}
# ... what kit/store/odd_reading.py notices in every record of access,
BY_THE_KIT |= {f"{owner}.access.noticed" for owner in OWNERS}
# ... and what every owner answers about somebody's rights, in kit/events/rights.py.
BY_THE_KIT |= {f"{owner}.rights.{each}" for owner in OWNERS for each in ("package_returned", "erased")}
# ... and that a service keeps back whom a separation seals, in kit/events/separation.py.
BY_THE_KIT |= {f"{each}.separation.applied" for each in SERVICES}
# ... and who read what about whom, in kit/events/reads.py.
BY_THE_KIT |= {f"{owner}.access.told" for owner in OWNERS if owner != "casefile"}


READS = frozenset("api app domain handlers holdings models queries rows shapes states tables".split())


def sources(owner: str) -> list[Path]:
    folder = ROOT / package_of(owner).replace(".", "/")
    return [path for path in folder.rglob("*.py") if "migrations" not in path.parts]


@cache
def parsed(path: Path) -> ast.Module:
    """Read once: several laws look at each file."""
    return ast.parse(path.read_text())


def announced(owner: str) -> set[str]:
    """The event types that stand as text in an owner's code, whole or put together from words of one capability."""
    found = set()
    types = {each.type for each in live_types() if each.owner == owner}
    files = sorted(sources(owner))
    for _, capability in groupby(files, key=lambda path: path.parent):
        nodes = [node for path in capability for node in ast.walk(parsed(path))]
        words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        found |= words
        patterns = [_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)]
        for type_ in types - found:
            matches = (pattern.fullmatch(type_) for pattern in patterns)
            if any(match is not None and words.issuperset(match.groups()) for match in matches):
                found.add(type_)
    return found


def _pattern(text: ast.JoinedStr) -> re.Pattern[str]:
    parts = (re.escape(str(each.value)) if isinstance(each, ast.Constant) else "([a-z_]+)" for each in text.values)
    return re.compile("".join(parts))


@pytest.mark.parametrize("owner", OWNERS)
def test_each_live_event_is_announced_by_its_owner(owner: str) -> None:
    live = {each.type for each in live_types() if each.owner == owner}
    assert not live - announced(owner) - BY_THE_KIT


@pytest.mark.parametrize("owner", OWNERS)
def test_each_live_event_is_heard_by_everyone_it_is_for(owner: str) -> None:
    heard = {name for kind in KINDS for name in handled(service_named(owner).handlers, kind)}
    meant = {each.type for each in consumed_by(owner)}
    assert heard == meant, f"declared but not heard: {meant - heard}; heard but not declared: {heard - meant}"


def test_each_table_has_one_owner() -> None:
    shared = set(METADATA.tables)
    own = {owner: set(service_named(owner).metadata.tables) for owner in OWNERS}
    assert not [owner for owner, tables in own.items() if tables & shared]
    # Two services may use one word for a thing of their own; each has its own database, so no table is shared.
    for owner, tables in own.items():
        for table in tables:
            module = service_named(owner).metadata.tables[table]
            assert module.schema is None


@pytest.mark.parametrize("owner", OWNERS)
def test_nobody_commits_by_hand(owner: str) -> None:
    """One request or batch is one transaction: the unit of work commits, application code never does."""
    for path in sources(owner):
        for node in ast.walk(parsed(path)):
            called = node.func if isinstance(node, ast.Call) else None
            assert not (isinstance(called, ast.Attribute) and called.attr == "commit"), path


@pytest.mark.parametrize("owner", OWNERS)
def test_only_commands_announce(owner: str) -> None:
    """State changes only in writes, by whatever name: no door, read, rule or table calls `emit` (rule 5)."""
    for path in sources(owner):
        calls = (node.func for node in ast.walk(parsed(path)) if isinstance(node, ast.Call))
        emits = [call for call in calls if isinstance(call, ast.Attribute) and call.attr == "emit"]
        assert not emits or not (path.stem in READS or path.stem.endswith("_queries")), path
