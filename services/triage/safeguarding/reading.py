"""Reads what someone sent about a child or an adult in danger, whatever it is: it is never refused. Pure.

Each field is read by itself. What can be read is used; the whole is kept as text, so that nothing of it is lost.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

from kit.clock import LONDON
from kit.contracts.codes import ConcernKind, ConcernLevel
from services.triage.safeguarding.domain import POLICE_REPORT

_MOST_PEOPLE = 100
_MOST_NAMES = 20
_LONGEST_NAME = 64


@dataclass(frozen=True, slots=True)
class Report:
    """What could be read. `unread` names the fields that could not be, or that we do not know."""

    as_sent: str
    kind: ConcernKind = ConcernKind.UNKNOWN
    level: ConcernLevel | None = None
    what_happened: str | None = None
    person_ids: tuple[UUID, ...] = ()
    household_id: UUID | None = None
    contact_id: UUID | None = None
    reference: UUID | None = None
    fgm_under_18: bool = False
    about_staff: bool = False
    about_workers: tuple[str, ...] = ()
    phoned_at: datetime | None = None
    phoned_to: str | None = None
    unread: tuple[str, ...] = ()


def read(body: bytes) -> Report:
    """The report in a request's body. Never raises."""
    as_sent = _text(body)
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        twice.extend(name for name, times in Counter(name for name, _ in found).items() if times > 1)
        return dict(found)

    try:
        sent = json.loads(body.decode("utf-8-sig"), object_pairs_hook=pairs)
    except (ValueError, RecursionError):
        return Report(as_sent, what_happened=as_sent.strip() or None)
    if not isinstance(sent, dict):
        said = sent if isinstance(sent, str) else as_sent
        return Report(as_sent, what_happened=_storable(said).strip() or None)
    return _fields(as_sent, sent, twice)


def _fields(as_sent: str, sent: Mapping[str, Any], unread: list[str]) -> Report:
    found: dict[str, Any] = {}
    people: list[UUID] = []
    for name, value in sent.items():
        if name in _PEOPLE:
            ids = [_attempt(_id, each) for each in (value if isinstance(value, list) else [value]) if not _empty(each)]
            people += [each for each in ids if each is not None]
            if None in ids:
                unread.append(name)
        elif not _empty(value):
            read_as = _attempt(_READERS.get(name, _unknown), value)
            if read_as is None:
                unread.append(name)
            else:
                found[name] = read_as
    if not _empty(sent.get("about_workers")):
        # Whoever names a worker means the staff route, whatever else was ticked, and even if we can't read the name.
        found["about_staff"] = True
    if len(people) > _MOST_PEOPLE:
        unread.append("person_ids")
    return Report(
        as_sent,
        person_ids=tuple(dict.fromkeys(people))[:_MOST_PEOPLE],
        unread=tuple(dict.fromkeys(_storable(name)[:_LONGEST_NAME] for name in unread))[:_MOST_NAMES],
        **found,
    )


def advice(report: Report) -> list[str]:
    """What would help the team, in words for the one who raised it. None of it holds anything up."""
    wanted = (
        (report.kind is ConcernKind.UNKNOWN, "Whether it is about a child or an adult (kind)."),
        (report.level is None, "How urgent it is: red, amber or green (level). Treated as red until then."),
        (not report.person_ids, "Who it is about, if you know (person_ids)."),
        (report.what_happened is None, "What happened, in your words (what_happened)."),
    )
    said = [words for missing, words in wanted if missing]
    if report.unread:
        said.append(f"We kept what you sent, but could not make sense of: {', '.join(report.unread)}.")
    if report.about_staff:
        said.append("It goes to the designated officer alone: the worker and their managers do not see it.")
    if report.fgm_under_18:
        said.append(POLICE_REPORT)
    return said


# How each field is read -----------------------------------------------------------------------------------


def _attempt(reader: Callable[[Any], Any], value: Any) -> Any:
    try:
        return reader(value)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _unknown(value: Any) -> None:
    """A field that we do not know: nothing to read, and a reason to show the whole."""


def _id(value: Any) -> UUID:
    return UUID(value.strip())


def _kind(value: Any) -> ConcernKind:
    return ConcernKind(value.strip().lower())


def _level(value: Any) -> ConcernLevel:
    return ConcernLevel(value.strip().lower())


def _words(value: Any) -> str:
    said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return _storable(said).strip()


def _yes(value: Any) -> bool:
    """A tick, in whatever form it came. In doubt it was meant: a child, or a colleague, is at the other end of a no."""
    return not (value is False or value == 0 or str(value).strip().lower() in _NO)


def _workers(value: Any) -> tuple[str, ...]:
    found = [each.strip() for each in (value if isinstance(value, list) else [value])]
    if not all(0 < len(each) <= 128 for each in found) or len(found) > _MOST_NAMES:
        raise ValueError
    return tuple(dict.fromkeys(map(_storable, found)))


def _moment(value: Any) -> datetime:
    found = datetime.fromisoformat(value.strip())
    # On paper nobody writes an offset: it is what the clock on the wall said.
    return (found if found.tzinfo else found.replace(tzinfo=LONDON)).astimezone(UTC)


def _line(value: Any) -> str:
    return _words(value)[:200]


_NO: Final = frozenset({"no", "n", "false", "none"})
_PEOPLE: Final = frozenset({"person_id", "person_ids"})
_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "kind": _kind,
    "level": _level,
    "what_happened": _words,
    "household_id": _id,
    "contact_id": _id,
    "reference": _id,
    "fgm_under_18": _yes,
    "about_staff": _yes,
    "about_workers": _workers,
    "phoned_at": _moment,
    "phoned_to": _line,
}


def _text(body: bytes) -> str:
    # Bytes that are no UTF-8 show as \xff: ugly, and all there.
    return _storable(body.decode("utf-8", "backslashreplace"))


def _storable(text: str) -> str:
    """As PostgreSQL can keep it: no NUL (shown as U+2400), no half of a surrogate pair."""
    return text.replace("\x00", "\u2400").encode("utf-8", "backslashreplace").decode()
