"""What groups people belong to, for checking a model's errors by group: read from the vault, never fed to a model.

Of a household, the oldest adult stands for it in age and sex (by title where no source says it), and any of it in
ethnicity and disability: nobody records these for a household. What leaves the child process is figures by group,
under disclosure control; no row is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
import psycopg

if TYPE_CHECKING:
    import duckdb

_PEOPLE: Final = """
    select res.pseudonym,
           percentile_disc(0.5) within group (order by r.born) filter (where r.born is not null),
           coalesce(
               mode() within group (order by upper(left(r.sex, 1))) filter (where r.sex is not null and r.sex <> ''),
               mode() within group (order by case when upper(r.title) = 'MR' then 'M' else 'F' end)
                   filter (where upper(r.title) in ('MR', 'MRS', 'MS', 'MISS'))
           ),
           mode() within group (order by upper(r.ethnicity))
               filter (where r.ethnicity is not null and r.ethnicity <> '')
    from resident as res
    join record_resident as held on held.resident_id = res.resident_id
    join record as r on r.record_id = held.record_id and r.withdrawn_at is null
    where res.erased_at is null and res.joined_into is null and res.pseudonym is not null
    group by res.pseudonym"""

_GROUPS: Final = {
    "W": "White",
    "M": "Mixed",
    "A": "Asian",
    "C": "Asian",
    "B": "Black",
    "O": "Other",
}
NOT_KNOWN: Final = "not known"
BANDS: Final = ((18, 25, "18 to 24"), (25, 45, "25 to 44"), (45, 65, "45 to 64"), (65, 200, "65+"))


def ethnic_group(code: str | None) -> str:
    """One of the census's five broad groups, from a school census code or words; "not known"."""
    text = (code or "").strip()
    if not text or text[:4] in {"REFU", "NOBT"} or text.startswith(("NOT ", "UNKNOWN", "PREFER")):
        return NOT_KNOWN
    return _GROUPS.get(text[0], NOT_KNOWN)


def age_band(born: date | None, day: date) -> str:
    """The age on a day, in bands. Where only a child's is known, the adults' is not."""
    if born is None:
        return NOT_KNOWN
    age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return next((name for low, high, name in BANDS if low <= age < high), NOT_KNOWN)


def groups_of(
    vault_dsn: str,
    engine: duckdb.DuckDBPyConnection,
    subjects: Sequence[str],
    days: Sequence[date],
    wards: Sequence[str | None],
    *,
    of_person: bool,
) -> dict[str, np.ndarray[Any, Any]]:
    """The group of each row, by kind of group. `engine` has the tables `lives` and `disabled` (residents)."""
    with psycopg.connect(vault_dsn, autocommit=True, application_name="risk-models") as vault:
        people = {UUID(str(row[0])): row[1:] for row in vault.execute(_PEOPLE).fetchall()}
    disabled = {UUID(str(row[0])) for row in engine.execute("select resident from disabled").fetchall()}
    if of_person:
        told = {subject: [UUID(subject)] for subject in set(subjects)}
    else:
        told = {subject: [] for subject in set(subjects)}
        for resident, household in engine.execute("select resident, household from lives").fetchall():
            if str(household) in told:
                told[str(household)].append(UUID(str(resident)))
    faces = {subject: _face(members, people, disabled) for subject, members in told.items()}
    rows = [faces[subject] for subject in subjects]
    return {
        "age": np.asarray([age_band(face[0], day) for face, day in zip(rows, days, strict=True)]),
        "sex": np.asarray([face[1] for face in rows]),
        "ethnicity": np.asarray([face[2] for face in rows]),
        "disability": np.asarray([face[3] for face in rows]),
        "ward": np.asarray([ward or NOT_KNOWN for ward in wards]),
    }


def _face(
    members: Sequence[UUID], people: Mapping[UUID, tuple[Any, ...]], disabled: set[UUID]
) -> tuple[date | None, str, str, str]:
    known = [people[each] for each in members if each in people]
    aged = sorted((each for each in known if each[0] is not None), key=lambda each: each[0])
    first = aged[0] if aged else (known[0] if known else (None, None, None))
    sex = {"F": "women", "M": "men"}.get(str(first[1] or ""), NOT_KNOWN)
    groups = sorted(group for each in known if (group := ethnic_group(each[2])) != NOT_KNOWN)
    care = "known to adult care" if any(each in disabled for each in members) else "not known to adult care"
    return first[0], sex, groups[0] if groups else NOT_KNOWN, care
