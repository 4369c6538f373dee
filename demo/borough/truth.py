"""The truth that no service ever sees: who is who in every extract, where they lived, what happened to each household."""

from pathlib import Path

import numpy as np

from demo.borough.identifiers import nhs_number, nino
from demo.borough.names import COMMUNITIES, names
from demo.borough.noise import dates
from demo.borough.place import GROUPS, TENURES, place
from demo.borough.world import MAN, NEVER, OPEN_END, Array, Calendar, World
from demo.borough.writing import Extract, write_table

INCOMES = np.array(["other", "low_pay", "no_pay", "pensioner"])


def write_truth(world: World, extracts_truth: list[tuple[str, Extract]], folder: Path) -> None:
    """people, households, residents and moves as Parquet."""
    write_table(_people(extracts_truth), folder / "people.parquet")
    write_table(households(world), folder / "households.parquet")
    write_table(_residents(world), folder / "residents.parquet")
    write_table(_lived(world), folder / "residence.parquet")


def _people(extracts: list[tuple[str, Extract]]) -> dict[str, Array]:
    parts = [(name, each) for name, extract in extracts for each in extract.truth]
    return {
        "source": np.concatenate([np.full(len(each.person), name) for name, each in parts]),
        "reference": np.concatenate([each.reference for _, each in parts]),
        "person_no": np.concatenate([each.person_no for _, each in parts]).astype(np.int64),
        "person": np.concatenate([each.person for _, each in parts]).astype(np.int64),
        "household": np.concatenate([each.household for _, each in parts]).astype(np.int64),
        "valid_from": dates(np.concatenate([each.since for _, each in parts])),
        "valid_to": dates(np.concatenate([each.until for _, each in parts])),
    }


def households(world: World) -> dict[str, Array]:
    """Each household in each month it lived in the borough."""
    log, here = world.log.table("truth"), place()
    months = np.array([world.calendar.word(month) for month in range(int(log["month"].max()) + 1)])
    kinds = (TENURES, (0, 0, 1, 2, 3, 4))
    return {
        "household": log["household"].astype(np.int64),
        "month": months[log["month"]],
        "ward": np.array(here.ward_codes)[here.ward[log["area"]]],
        "lsoa": np.array(here.lsoa)[log["area"]],
        "tenure": np.array(["owned", "owned", "shared_ownership", "council", "other_social", "private"])[log["tenure"]]
        if kinds
        else log["tenure"],
        "income": INCOMES[log["income"]],
        "claims_support": log["claims"],
        "arrears": log["arrears"],
        "rising": log["rising"],
        "shock": log["shock"],
        "lived_shock": log["lived_shock"],
        "combination": log["combination"],
        "into_care": log["into_care"],
        "known": log["known"],
        "people": log["people"].astype(np.int64),
        "children": log["children"].astype(np.int64),
    }


def _residents(world: World) -> dict[str, Array]:
    """Every person as they truly are."""
    rows, words = world.people, names().words
    number = np.arange(len(rows))
    return {
        "person": number,
        "given": words[rows.given],
        "family": words[rows.family],
        "former_family": np.where(rows.former >= 0, words[rows.former.clip(0)], ""),
        "sex": np.where(rows.sex == MAN, "M", "F"),
        "born": dates(rows.born),
        "group": np.array(GROUPS)[[GROUPS.index(COMMUNITIES[each].group) for each in range(len(COMMUNITIES))]][
            rows.community
        ],
        "community": np.array([each.name for each in COMMUNITIES])[rows.community],
        "disabled": rows.disabled > 0,
        "nino": nino(number),
        "nhs_number": nhs_number(number),
        "fate": np.array(["lives here", "died", "left"])[np.where(rows.went == NEVER, 0, rows.fate)],
    }


def _lived(world: World) -> dict[str, Array]:
    """Which household each person was in, from and to which month."""
    log = world.log.table("lives")
    order = np.lexsort((np.arange(len(log["person"])), log["month"], log["person"]))
    person, household, month = (log[name][order] for name in ("person", "household", "month"))
    same = np.concatenate([person[1:] == person[:-1], [False]])
    until = np.where(same, np.concatenate([month[1:], [0]]), NEVER)
    held = np.flatnonzero((household >= 0) & (until > month))
    start, end = _first_days(world.calendar, month[held]), until[held]
    ends = np.where(end == NEVER, OPEN_END, _first_days(world.calendar, np.where(end == NEVER, 0, end)))
    return {
        "person": person[held].astype(np.int64),
        "household": household[held].astype(np.int64),
        "valid_from": dates(start),
        "valid_to": dates(ends),
    }


def _first_days(calendar: Calendar, months: Array) -> Array:
    return np.asarray(calendar.starts(months))
