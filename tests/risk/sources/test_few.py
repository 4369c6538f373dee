"""A load that brought little is followed at once, by what it touches alone; one that brought much by everything."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import pytest

from kit.store.unit import UnitOfWork
from services.risk import pipeline
from services.risk.linkage import commands as linking
from services.risk.signals import whose
from services.risk.sources import commands, loads
from services.risk.vault import pseudonyms
from tests.risk.sources.ground import ACCOUNT, ARREARS, Loading, as_csv, work_here

FAMILIES = "Okafor Nowak Patel Mensah Demir Costa Thapa Diallo Murphy Haddad Begum Popescu".split()


def account(number: int) -> dict[str, str]:
    """Somebody's account; nobody is like anybody else."""
    family = FAMILIES[number % len(FAMILIES)] + "abcdefgh"[number // len(FAMILIES)]
    return ACCOUNT | {
        "account_ref": f"CT-{number}",
        "liable_1_forename": f"{family[:3]}a{'xyz'[number % 3]}o",
        "liable_1_surname": family,
        "uprn": f"9990000001{number:02d}",
        "address_1": f"{number} Example Street",
        "phone": f"020 7946 01{number:02d}",
        "email": f"{family}{number}@example.org",
    }


@pytest.fixture
async def followed(loading: Loading, monkeypatch: pytest.MonkeyPatch) -> Loading:
    """Forty accounts are loaded, linked and profiled; from now on no child may be started for what follows a load."""

    async def introduce(unit: UnitOfWork, residents: Collection[UUID]) -> None:
        return None

    async def no_child(*told: Any) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(whose, "introduce", introduce)
    monkeypatch.setattr(linking, "SHARE", 20)
    work_here(monkeypatch, commands, loads, pipeline)
    await loading.load("council_tax_accounts", as_csv("council_tax_accounts", map(account, range(1, 41))))
    arrears = [ARREARS | {"account_ref": f"CT-{number}", "instalment_missed": "N"} for number in range(1, 41)]
    await loading.load("council_tax_arrears", as_csv("council_tax_arrears", arrears))
    await loading.work_off("refresh")
    monkeypatch.setattr(pipeline, "look_after", no_child)
    return loading


def versions(loading: Loading) -> dict[UUID, int]:
    return {row["household"]: row["version"] for row in loading.risk.stored.rows("select * from profile")}


def household(loading: Loading, number: int) -> UUID:
    record = pseudonyms.of_record("council_tax_accounts", f"CT-{number}#1")
    (row,) = loading.risk.stored.rows("select household from placed where record = %s", [record])
    return UUID(str(row["household"]))


@pytest.mark.full
async def test_a_late_row_changes_its_household_alone_and_is_a_signal(followed: Loading) -> None:
    before = versions(followed)
    late = [ARREARS | {"account_ref": "CT-7", "month": "2026-12"}]
    await followed.load("council_tax_arrears", as_csv("council_tax_arrears", late))
    await followed.work_off("refresh")
    after = versions(followed)
    assert {each for each in after if after[each] != before.get(each)} == {household(followed, 7)}
    signals = followed.risk.stored.rows("select kind, household from signal")
    assert signals == [{"kind": "first_missed_council_tax", "household": household(followed, 7)}]
    # And it is not followed again.
    await followed.load("council_tax_arrears", as_csv("council_tax_arrears", late))
    await followed.work_off("refresh")
    assert versions(followed) == after


async def test_somebody_new_is_linked_and_has_a_profile(followed: Loading) -> None:
    before = versions(followed)
    await followed.load("council_tax_accounts", as_csv("council_tax_accounts", [account(41)]), query="?extract=delta")
    await followed.load(
        "council_tax_arrears",
        as_csv("council_tax_arrears", [ARREARS | {"account_ref": "CT-41", "month": "2026-12"}]),
    )
    await followed.work_off("refresh")
    home = household(followed, 41)
    assert versions(followed).keys() - before.keys() == {home}
    factors = followed.risk.stored.rows("select factor from household_factor where household = %s", [home])
    assert factors
    states = followed.risk.stored.rows("select distinct state from job where kind = 'refresh'")
    assert states == [{"state": "succeeded"}]


@pytest.mark.full
async def test_much_is_followed_by_everything(followed: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    async def child(step: Any, verb: str, arguments: Any) -> Any:
        asked.append(verb)
        return await real(step, verb, arguments)

    work_here(monkeypatch, pipeline)
    real = pipeline.look_after
    monkeypatch.setattr(pipeline, "look_after", child)
    await followed.load(
        "council_tax_accounts",
        as_csv("council_tax_accounts", map(account, range(41, 61))),
        query="?extract=delta",
    )
    await followed.work_off("refresh")
    assert asked == ["link", "profiles"]
    # Few people, but many facts: the profiles alone.
    monkeypatch.setattr(pipeline, "FEW_FACTS", 1)
    asked.clear()
    arrears = [ARREARS | {"account_ref": f"CT-{number}", "balance": "7.00"} for number in range(1, 11)]
    await followed.load("council_tax_arrears", as_csv("council_tax_arrears", arrears))
    await followed.work_off("refresh")
    assert asked == ["profiles"]
