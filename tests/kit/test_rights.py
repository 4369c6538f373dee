"""Packages in parts that fit one sealed event, and whoever was erased is not brought back."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.contracts.rights import PackageItem
from kit.events import rights
from kit.events.sealed import LARGEST_BYTES
from kit.store.holdings import Lived, Whose, told_of

HOME, OTHER = uuid4(), uuid4()


def item(words: int) -> PackageItem:
    return PackageItem(table="note", record=str(uuid4()), title="Notes", fields={"words": "ß" * words})


@given(st.lists(st.integers(0, 60_000), max_size=12))
def test_every_item_is_in_one_part_and_every_part_fits(lengths: list[int]) -> None:
    items = [item(each) for each in lengths]
    parts = list(rights._parts(items))
    assert [each for part in parts for each in part] == items
    assert parts, "an empty package is sent too: that nothing is held is an answer"
    for part in parts:
        assert sum(len(each.model_dump_json().encode()) for each in part) < LARGEST_BYTES * 3 / 4


def test_what_fits_no_event_is_shortened_and_says_so() -> None:
    ((short,),) = rights._parts([item(200_000)])
    assert short.fields["shortened"] is True
    assert len(short.fields["words"]) == 20_000


@pytest.mark.parametrize(
    ("day", "theirs"),
    [(date(2026, 3, 1), True), (date(2026, 5, 31), True), (date(2026, 6, 1), False), (date(2025, 1, 1), False)],
)
def test_what_a_household_did_after_they_left_is_not_theirs(day: date, theirs: bool) -> None:
    whose = Whose(frozenset({uuid4()}), frozenset({HOME}), (Lived(HOME, date(2026, 1, 1), date(2026, 6, 1)),))
    assert whose.was_there(HOME, day) is theirs
    assert not whose.was_there(OTHER, day)
    # Undated: of those who live there now.
    assert not whose.was_there(HOME, None)
    assert Whose(whose.people, whose.households, (Lived(HOME, date(2026, 1, 1), None),)).was_there(HOME, None)


def test_no_id_and_no_worker_is_told() -> None:
    told = told_of(
        {
            "said": "yes",
            "held_by": "tom",
            "person_id": str(UUID(int=1)),
            "list": [str(UUID(int=2)), "kept"],
            "empty": [],
        }
    )
    assert told == {"said": "yes", "list": ["kept"]}
