"""The public draw: nobody can steer it, anybody can repeat it, and whatever is changed shows."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import lottery, lottery_verifier
from kit.errors import Conflict, Invalid

CLOSED = datetime(2026, 12, 4, 17, tzinfo=UTC)
KNOWN = CLOSED + timedelta(days=1, hours=3)
SEED = "07 12 23 31 44 58 bonus 9"
TOKENS = st.lists(st.text(st.characters(codec="utf-8"), min_size=1), min_size=1, max_size=30, unique=True)


def announced(entries: list[str] | None = None, **more: Any) -> dict[str, Any]:
    given_: dict[str, Any] = {
        "take": 1,
        "seed_source": "UK Lotto of Saturday 5 December 2026: six numbers and the bonus, as drawn",
        "closed_at": CLOSED,
        "seed_from": KNOWN,
    }
    return lottery.announce("Advert 12, tie for the first place", entries or list("abcdef"), **{**given_, **more})


def drawn(record: dict[str, Any] | None = None, seed: str = SEED) -> dict[str, Any]:
    return lottery.conclude(
        record or announced(), seed, entered_by="ines", witnessed_by="a councillor", drawn_at=KNOWN + timedelta(hours=1)
    )


@given(TOKENS, st.text(min_size=8))
def test_every_draw_is_right_and_takes_everyone_once(entries: list[str], seed: str) -> None:
    if len(lottery_verifier.seed_as_drawn(seed)) < 4:
        seed += " 1234"
    record = drawn(announced(entries, take=len(entries)), seed)
    assert lottery_verifier.faults(record) == []
    assert sorted(record["order"]) == sorted(entries) == sorted(lottery.taken(record))


def test_the_order_is_known_for_ever() -> None:
    """A vector: another order of the same entries would be another rule, and yesterday's draws would be wrong."""
    record = drawn()
    assert record["commitment"] == "9f905573a21abe24a55ebd155b0ff9e85c2197e884fdf423580ff9a0be425cd8"
    assert record["order"] == list("fdbcae")


def test_the_order_people_type_the_list_or_the_seed_in_changes_nothing() -> None:
    assert announced(list("fbdace")) == announced()
    assert drawn(seed="07  12 23 31 44\n58 BONUS 9")["order"] == drawn()["order"]
    assert drawn(seed="07 12 23 31 44 58 bonus 8")["order"] != drawn()["order"]


def test_everyone_is_as_likely_as_anyone() -> None:
    """6,000 seeds, six entries: chi-square with 5 degrees of freedom, 20.5 at one in a thousand."""
    record = announced()
    first = Counter(
        lottery_verifier.order_of(record["commitment"], f"seed {n}", record["entries"])[0] for n in range(6000)
    )
    assert sum((first[each] - 1000) ** 2 / 1000 for each in record["entries"]) < 20.5


CHANGES = {
    "title": "Another tie",
    "entries": list("abcdeg"),
    "take": 2,
    "seed_source": "whatever suits",
    "closed_at": (CLOSED - timedelta(minutes=1)).isoformat(),
    "seed_from": (KNOWN - timedelta(minutes=1)).isoformat(),
    "replaces": "0" * 64,
    "because": "it suited us",
    "commitment": "0" * 64,
    "seed": "07 12 23 31 44 58 bonus 8",
    "drawn_at": CLOSED.isoformat(),
    "entered_by": "a councillor",
    "witnessed_by": " ",
    "order": list("abcdef"),
    "format": "newstart-lottery-0",
    "note": "added",
}


@pytest.mark.parametrize("field", CHANGES)
def test_whatever_is_changed_afterwards_shows(field: str) -> None:
    record = drawn()
    assert record.get(field) != CHANGES[field]
    assert lottery_verifier.faults({**record, field: CHANGES[field]})


@pytest.mark.parametrize("field", [*lottery_verifier.COMMITTED, *lottery_verifier.DRAWN])
def test_whatever_is_missing_shows(field: str) -> None:
    record = drawn()
    del record[field]
    assert lottery_verifier.faults(record)


def test_a_list_made_to_fit_afterwards_is_another_draw() -> None:
    """Whoever makes a new commitment cannot pass it off: the published one was another, and a rerun says so."""
    again = announced(list("abcde"), replaces=announced(), because="F had withdrawn before the list was closed")
    assert again["commitment"] != announced()["commitment"]
    assert again["replaces"] == announced()["commitment"]
    assert lottery_verifier.faults(drawn(again)) == []


@pytest.mark.parametrize(
    ("more", "pointer"),
    [
        ({"entries": ["a", "a"]}, "/entries"),
        ({"entries": ["", "a"]}, "/entries"),
        ({"take": 7}, "/take"),
        ({"take": 0}, "/take"),
        ({"seed_source": " "}, "/seed_source"),
        ({"seed_from": CLOSED}, "/seed_from"),
        ({"because": "no draw is replaced"}, "/because"),
        ({"replaces": {"commitment": "0"}}, "/because"),
    ],
)
def test_what_may_not_be_announced(more: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        announced(**more)
    assert refused.value.errors[0].pointer == pointer


def test_what_may_not_be_concluded() -> None:
    given_: dict[str, Any] = {"entered_by": "ines", "witnessed_by": "a councillor", "drawn_at": KNOWN}
    for seed, more in (
        (SEED, {"drawn_at": KNOWN - timedelta(seconds=1)}),
        ("1 2", {}),
        (SEED, {"witnessed_by": "ines"}),
    ):
        with pytest.raises(Invalid):
            lottery.conclude(announced(), seed, **{**given_, **more})
    for record in (drawn(), {**announced(), "entries": list("abcdeg")}):
        with pytest.raises(Conflict):
            lottery.conclude(record, SEED, **given_)


def _checked(folder: Path, record: Any) -> subprocess.CompletedProcess[str]:
    """By an outsider: that one file in a folder of its own, an interpreter without site packages."""
    shutil.copy(str(lottery_verifier.__file__), folder / "lottery_verifier.py")
    (folder / "record.json").write_text(json.dumps(record), encoding="utf-8")
    command = [sys.executable, "-I", "-S", "lottery_verifier.py", "record.json"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # our own file


def test_an_outsider_checks_it_with_one_file(tmp_path: Path) -> None:
    record = drawn()
    said = _checked(tmp_path, record)
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"     1  {record['order'][0]}" in said.stdout
    tampered = _checked(tmp_path, {**record, "order": list("abcdef")})
    assert tampered.returncode == 1
    assert "The order is not the one that this seed gives these entries." in tampered.stdout
    assert _checked(tmp_path, []).returncode == 1


GROUPS = [["a", "b"], ["b", "c"], ["a", "c"], ["a", "b"]]


def groups_drawn() -> dict[str, Any]:
    found = lottery.announce_groups(
        "A residents' panel of two",
        GROUPS,
        seed_source="UK Lotto of Saturday 5 December 2026: six numbers and the bonus, as drawn",
        closed_at=CLOSED,
        seed_from=KNOWN,
    )
    return lottery.conclude_groups(
        found, SEED, entered_by="ines", witnessed_by="a councillor", drawn_at=KNOWN + timedelta(hours=1)
    )


def test_a_group_is_drawn_and_an_outsider_gets_the_same(tmp_path: Path) -> None:
    file = groups_drawn()
    assert lottery_verifier.faults_of_groups(file) == []
    assert lottery.group_taken(file) in GROUPS
    assert lottery_verifier.counts_of(file["groups"]) == {"a": 3, "b": 3, "c": 2}
    shutil.copy(str(lottery_verifier.__file__), tmp_path / "lottery_verifier.py")
    (tmp_path / "draw.json").write_bytes(lottery_verifier.written(file))
    said = subprocess.run(  # our own file
        [sys.executable, "-I", "-S", "lottery_verifier.py", "draw.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout
    assert all(f"{token}   in" in said.stdout for token in lottery.group_taken(file))


@pytest.mark.parametrize("every", [11, pytest.param(1, marks=pytest.mark.full)])
def test_not_one_byte_of_a_draw_of_groups_can_be_another(
    every: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    right = lottery_verifier.written(groups_drawn())
    path = tmp_path / "draw.json"
    for place in range(0, len(right), every):
        path.write_bytes(right[:place] + bytes([right[place] ^ 1]) + right[place + 1 :])
        assert lottery_verifier.main([str(path)]) != 0, (place, right[place : place + 1])
    capsys.readouterr()
