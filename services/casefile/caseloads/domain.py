"""The rules of bulk reallocation: who gets which case. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from kit.errors import Conflict, invalid

MOST_RECEIVERS: Final = 20


class Reason(StrEnum):
    """Why somebody's cases go to others."""

    ABSENCE = "absence"
    LEFT = "left"
    WORKLOAD = "workload"
    CONFLICT = "conflict"
    OTHER = "other"


class State(StrEnum):
    """Cover for an absence may be given back, once."""

    DONE = "done"
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True)
class Held:
    """A case that goes: in which parts its worker had it, and how urgent it is."""

    case_id: UUID
    household_id: UUID
    roles: tuple[str, ...]
    rag: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """Who gets which case, and which nobody could be given."""

    given: Mapping[UUID, str]
    left: tuple[UUID, ...]


_URGENT_FIRST: Final = {"red": 0, "amber": 1, "green": 2, None: 3}


def check(from_worker: str, to_workers: Sequence[str], cover_until: date | None, reason: Reason, today: date) -> None:
    """Refuses nobody, too many, the same worker, somebody twice, and an absence that is over."""
    if not 1 <= len(to_workers) <= MOST_RECEIVERS:
        raise invalid("/to_workers", f"Name one to {MOST_RECEIVERS} workers.", "receivers")
    if from_worker in to_workers:
        raise invalid("/to_workers", "They have these cases already.", "another-receiver")
    if len(set(to_workers)) != len(to_workers):
        raise invalid("/to_workers", "Name each worker once.", "receivers")
    if cover_until is not None and reason is not Reason.ABSENCE:
        raise invalid("/cover_until", "Only cover for an absence has an end.", "cover-until")
    if cover_until is not None and cover_until <= today:
        raise invalid("/cover_until", "Their first day back lies after today.", "cover-until")


def spread(cases: Sequence[Held], loads: Mapping[str, int], barred: Collection[tuple[UUID, str]]) -> Spread:
    """Each case to whoever has least at that moment, the urgent ones first, so that nobody gets all of those.

    `loads`: the receivers with how many cases each has now. `barred`: (household, worker) that may not be.
    The same cases and loads always give the same answer.
    """
    load = dict(loads)
    urgent = dict.fromkeys(loads, 0)
    given: dict[UUID, str] = {}
    left = []
    for case in sorted(cases, key=lambda each: (_URGENT_FIRST[each.rag], each.case_id)):
        may = [worker for worker in load if (case.household_id, worker) not in barred]
        if not may:
            left.append(case.case_id)
            continue
        weight = urgent if case.rag == "red" else load
        worker = min(may, key=lambda each: (weight[each], load[each], each))
        given[case.case_id] = worker
        load[worker] += 1
        urgent[worker] += case.rag == "red"
    return Spread(given, tuple(left))


def check_give_back(reason: str, state: State) -> None:
    """Only cover for an absence goes back, and once."""
    if state is not State.DONE:
        raise Conflict("These cases went back already", state=state.value, allowed=[])
    if reason != Reason.ABSENCE:
        raise Conflict("Only cover for an absence is given back: reallocate instead", state=state.value, allowed=[])
