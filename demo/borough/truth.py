"""The truth that no service ever sees: who is who in every extract, who lived where, what each household met."""

from pathlib import Path

import numpy as np

from demo.borough.identifiers import nhs_number, nino
from demo.borough.names import COMMUNITIES, names
from demo.borough.noise import dates
from demo.borough.place import GROUPS, place
from demo.borough.world import MAN, NEVER, OPEN_END, Array, Calendar, World
from demo.borough.writing import Column, Extract, Named, write_sheet

HELD = np.array(["owned", "owned", "shared_ownership", "council", "other_social", "private"])
_AS_THEY_ARE = (
    *("claims", "arrears", "rising", "shock", "lived_shock", "combination", "into_care", "known", "people", "children"),
)
INCOMES = np.array(["other", "low_pay", "no_pay", "pensioner"])


def write_truth(world: World, extracts: list[Extract], folder: Path) -> None:
    """people, households, residents and moves as Parquet."""
    write_sheet((_people(each.name, part) for each in extracts for part in each.truth), folder / "people.parquet")
    write_sheet([households(world)], folder / "households.parquet")
    write_sheet([Extract("residents", _residents(world))], folder / "residents.parquet")
    write_sheet([Extract("residence", _lived(world))], folder / "residence.parquet")


def _people(source: str, part: Named) -> Extract:
    return Extract(
        "people",
        {
            "source": lambda rows: np.full(len(rows), source),
            "reference": part.reference,
            "person_no": part.person_no.astype(np.int64),
            "person": part.person.astype(np.int64),
            "household": part.household.astype(np.int64),
            "valid_from": lambda rows: dates(part.since[rows]),
            "valid_to": lambda rows: dates(part.until[rows]),
        },
    )


def households(world: World) -> Extract:
    """Each household in each month it lived in the borough."""
    log, here = world.log.table("truth"), place()
    months = np.array([world.calendar.word(month) for month in range(int(log["month"].max()) + 1)])
    wards, areas = np.array(here.ward_codes)[here.ward], np.array(here.lsoa)
    return Extract(
        "households",
        {
            "household": log["household"].astype(np.int64),
            "month": lambda rows: months[log["month"][rows]],
            "ward": lambda rows: wards[log["area"][rows]],
            "lsoa": lambda rows: areas[log["area"][rows]],
            "tenure": lambda rows: HELD[log["tenure"][rows]],
            "income": lambda rows: INCOMES[log["income"][rows]],
            **{name: log[name] for name in _AS_THEY_ARE},
        },
    )


def _residents(world: World) -> dict[str, Column]:
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


def _lived(world: World) -> dict[str, Column]:
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
