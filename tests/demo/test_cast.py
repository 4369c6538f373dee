"""Whom a trainer looks for: in every extract that would know her, the same however long the history, nobody before."""

import csv
from datetime import date
from pathlib import Path

from demo.borough import cast
from demo.borough.life import Plan, live
from demo.borough.making import make
from demo.borough.names import names

PLAN = Plan(200, 3, date(2023, 11, 1))


def hers(folder: Path, extract: str) -> list[dict[str, str]]:
    with (folder / f"{extract}.csv").open(encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.DictReader(file) if "pike" in " ".join(row.values()).lower()]


def test_the_councils_own_records_know_her_and_her_children(tmp_path: Path) -> None:
    make(200, 3, date(2026, 10, 31), tmp_path)
    assert hers(tmp_path, "council_tax_accounts")
    assert any("1988-06-21" in row.values() for row in hers(tmp_path, "benefit_claims"))
    pupils = hers(tmp_path, "school_census")
    assert pupils
    # By name and birthday alone she would not be found for certain: her telephone is the one the desk knows.
    told = "".join("".join(row.values()).replace(" ", "") for row in (*pupils, *hers(tmp_path, "council_tax_accounts")))
    assert "07700900318" in told


def test_a_month_more_has_the_same_person_and_a_shorter_history_has_nobody() -> None:
    book = names()
    kelly, pike = (int(list(book.words).index(word)) for word in ("Kelly", "Pike"))

    def found(plan: Plan) -> list[int]:
        people = live(plan).people
        return [at for at in range(len(people)) if (people.given[at], people.family[at]) == (kelly, pike)]

    whole = found(PLAN)
    assert len(whole) == 1
    assert found(Plan(PLAN.households, PLAN.seed, PLAN.first, PLAN.months + 1)) == whole
    assert found(Plan(PLAN.households, PLAN.seed, PLAN.first, cast.NAMED_AT)) == []
