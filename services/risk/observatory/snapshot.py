"""The borough as it is counted for one month: a few columns of small numbers, made in a child process, kept whole.

Whole months are counted, not days: two answers of one day are of the same households, and a change of a few of them
between two days is nobody's to see. A snapshot holds no name, no date, no address and no pseudonym; of each household
and resident only 64 bits of a keyed digest, by which two months can be compared (disclosure.py, sketches).

What may be counted was decided before (`commands.wanted`): by factor the sources whose legal gateways cover statistics.
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import numpy as np
import psycopg
from numpy.typing import NDArray

from kit import clock
from kit.ids import new_id
from kit.settings import VaultSettings, load
from services.risk.observatory.lattice import Universe
from services.risk.vault import door, pseudonyms

if TYPE_CHECKING:
    from services.risk.work import Say

Bits = NDArray[np.uint64]
Codes = NDArray[np.int16]
Connection = psycopg.Connection[tuple[Any, ...]]

UNKNOWN: Final = "not known"
YES_NO: Final = ("no", "yes")
AGES: Final = ("0 to 15", "16 to 24", "25 to 44", "45 to 64", "65 and over", UNKNOWN)
_AGE_ENDS: Final = (16, 25, 45, 65)
SEXES: Final = ("female", "male", UNKNOWN)
_SEXES: Final = {"f": "female", "female": "female", "2": "female", "m": "male", "male": "male", "1": "male"}
TENURES: Final = ("council", "other_social", "owned", "private", UNKNOWN)
PAYS: Final = ("low_pay", "no_pay", "other", UNKNOWN)
CHILDREN: Final = ("0", "1", "2", "3 or more")
ADULTS: Final = ("0 or 1", "2", "3 or more")
"""Hardly any household has none; a category in which nobody can be counted would hide much of every table beside it."""
NO_WARD: Final = "none"
_RARE: Final = 100
"""Ethnic groups of fewer residents in the whole borough are counted as "another", for the same reason."""
OTHER: Final = "another"
MONTHS: Final = 12
EVENTS: Final = (
    "adult_care.discharge", "council_tax.missed", "council_tax.summons", "domestic_abuse.incident",
    "early_help.opened", "homelessness.approach", "homelessness.duty", "hub.contact", "rent.notice",
    "school.exclusion", "social_care.referral",
)  # fmt: skip
"""Kinds of facts counted by the month in which they happened: households with at least one."""
AMOUNTS: Final = ("council_tax.arrears", "debt.total", "rent.arrears")
"""Kinds whose newest amounts are added up."""


@dataclass(frozen=True)
class Snapshot:
    """One month, as it is kept."""

    households: Universe
    household_bits: Bits
    residents: Universe
    resident_bits: Bits
    events: Mapping[str, NDArray[np.int64]]
    """`kind month` (`hub.contact 2026-10`): the households' numbers."""
    amounts: Mapping[str, tuple[NDArray[np.int64], NDArray[np.int64]]]
    """By kind: the households' numbers, and whole pounds."""

    def universe(self, name: str) -> tuple[Universe, Bits]:
        """`households`, `residents`, `events KIND MONTH` or `amounts KIND`, with the bits of its things."""
        if name == "households":
            return self.households, self.household_bits
        if name == "residents":
            return self.residents, self.resident_bits
        what, _, rest = name.partition(" ")
        base, bits = self.households, self.household_bits
        nobody = np.empty(0, np.int64)
        if what == "events":
            # A month in which nothing happened looks like one in which little did.
            at = self.events.get(rest, nobody)
            return Universe(base.categories, {each: codes[at] for each, codes in base.codes.items()}), bits[at]
        if what == "amounts":
            at, pounds = self.amounts.get(rest, (nobody, nobody))
            codes = {each: found[at] for each, found in base.codes.items()}
            # Another amount of the same household is a change too.
            turned = bits[at] ^ (pounds.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15))
            return Universe(base.categories, codes, pounds), turned
        raise KeyError(name)

    def kept(self) -> bytes:
        """As bytes."""
        parts: dict[str, NDArray[Any]] = {"hb": self.household_bits, "rb": self.resident_bits}
        for short, universe in (("h", self.households), ("r", self.residents)):
            for name, codes in universe.codes.items():
                parts[f"{short}c {name}"] = codes
                parts[f"{short}n {name}"] = np.array(universe.categories[name])
        parts |= {f"e {name}": at for name, at in self.events.items()}
        for name, (at, pounds) in self.amounts.items():
            parts |= {f"a {name}": at, f"p {name}": pounds}
        buffer = io.BytesIO()
        # By name from a mapping: a dimension may be called anything.
        np.savez_compressed(buffer, **parts)  # type: ignore[arg-type]  # its stub takes the names for options
        return buffer.getvalue()

    @classmethod
    def of(cls, kept: bytes) -> "Snapshot":
        """What `kept` gave."""
        with np.load(io.BytesIO(kept), allow_pickle=False) as found:
            parts = {name: found[name] for name in found.files}

        def universe(short: str) -> Universe:
            names = [name[3:] for name in parts if name.startswith(f"{short}c ")]
            return Universe(
                {name: tuple(map(str, parts[f"{short}n {name}"].tolist())) for name in names},
                {name: parts[f"{short}c {name}"] for name in names},
            )

        return cls(
            universe("h"),
            parts["hb"],
            universe("r"),
            parts["rb"],
            {name[2:]: parts[name] for name in parts if name.startswith("e ")},
            {name[2:]: (parts[name], parts[f"p {name[2:]}"]) for name in parts if name.startswith("a ")},
        )


def work(arguments: Mapping[str, Any], say: "Say") -> Mapping[str, Any]:
    """The verb: count the borough as it stands today and keep it as this month's. Safe to repeat."""
    settings = door.of_risk(load(VaultSettings))
    addresses = [
        each.get_secret_value().replace("+psycopg", "", 1)
        for each in (settings.database_url, settings.vault_database_url)
    ]
    with (
        psycopg.connect(addresses[0], autocommit=True) as store,
        psycopg.connect(addresses[1], autocommit=True) as vault,
    ):
        return make(store, vault, arguments, say, clock.today())


def make(store: Connection, vault: Connection, may: Mapping[str, Any], say: "Say", today: date) -> Mapping[str, Any]:
    """Count and keep; `may` is what `commands.wanted` allowed."""
    with store.transaction():
        store.execute("set transaction isolation level repeatable read")
        homes, names = _homes(store, may, _kept_back(store, vault))
        say(1, 4, "households counted")
        events, amounts = _events(store, may, names, today), _amounts(store, may, names)
        living: dict[UUID, UUID] = dict(
            store.execute(
                "select resident, household from placed where household is not null and certainty <> 'unlinked'"
            ).fetchall()
        )
    say(2, 4, "months and amounts counted")
    people, resident_bits = _residents(vault, may, living, homes, names, today)
    say(3, 4, "residents counted")
    bits = np.fromiter((each.int & 0xFFFF_FFFF_FFFF_FFFF for each in names), np.uint64, len(names))
    made = Snapshot(homes, bits, people, resident_bits, events, amounts)
    month = today.replace(day=1)
    row = store.execute(
        "insert into observatory_release (id, month, as_of, households, residents, content, hidden)"
        " values (%s, %s, %s, %s, %s, %s, %s) on conflict (month) do nothing returning id",
        [new_id(), month, today, len(homes), len(people), made.kept(), list(may.get("hidden", ()))],
    ).fetchone()
    say(4, 4, "kept")
    return {"month": month.isoformat(), "made": row is not None, "households": len(homes), "residents": len(people)}


def _kept_back(store: Connection, vault: Connection) -> list[UUID]:
    """Homes that are in no count: `linkage.visibility.homes_kept_back`, where there is no unit of work."""
    people = store.execute("select id from known_person where restricted or cardinality(separated_from) > 0").fetchall()
    residents = vault.execute(
        "select pseudonym from resident where person_id = any(%s) and erased_at is null and pseudonym is not null",
        [[each for (each,) in people]],
    ).fetchall()
    homes = store.execute(
        "select distinct household from placed where resident = any(%s) and household is not null",
        [[each for (each,) in residents]],
    )
    return [each for (each,) in homes.fetchall()]


def _homes(store: Connection, may: Mapping[str, Any], without: Sequence[UUID]) -> tuple[Universe, dict[UUID, int]]:
    rows = store.execute(
        "select household, ward, adults, children, registered from home where household <> all(%s) order by household",
        [list(without)],
    ).fetchall()
    names = {row[0]: at for at, row in enumerate(rows)}
    wards = (*sorted({row[1] for row in rows if row[1]}), NO_WARD)
    categories: dict[str, tuple[str, ...]] = {
        "ward": wards,
        "children": CHILDREN,
        "adults": ADULTS,
        "known": YES_NO,
    }
    codes: dict[str, Codes] = {
        "ward": _coded(wards, (row[1] or NO_WARD for row in rows)),
        "adults": np.clip(_column(row[2] for row in rows), 1, 3) - np.int16(1),
        "children": np.minimum(_column(row[3] for row in rows), 3),
        "known": _column(int(row[4]) for row in rows),
    }
    for name, kind, values in (("tenure", "tenure", TENURES), ("pay", "income", PAYS)):
        if may["kinds"].get(kind):
            categories[name] = values
            codes[name] = _latest(store, kind, may["kinds"][kind], values, names)
    for factor, sources in sorted(may["factors"].items()):
        found = np.zeros(len(names), np.int16)
        for (household,) in store.execute(
            "select household from household_factor where factor = %s and not disputed and sources <@ %s",
            [factor, list(sources)],
        ):
            if household in names:
                found[names[household]] = 1
        categories[f"factor:{factor}"], codes[f"factor:{factor}"] = YES_NO, found
    return Universe(categories, codes), names


def _latest(
    store: Connection, kind: str, sources: Sequence[str], values: tuple[str, ...], names: Mapping[UUID, int]
) -> Codes:
    found = np.full(len(names), len(values) - 1, np.int16)
    for household, value in store.execute(
        "select distinct on (placed.household) placed.household, fact.value from fact join placed using (record)"
        " where fact.kind = %s and fact.source = any(%s) and placed.household is not null"
        " and (fact.until is null or fact.until > current_date)"
        " order by placed.household, fact.occurred_on desc, fact.id",
        [kind, list(sources)],
    ):
        if household in names and value in values:
            found[names[household]] = values.index(value)
    return found


def _events(
    store: Connection, may: Mapping[str, Any], names: Mapping[UUID, int], today: date
) -> dict[str, NDArray[np.int64]]:
    """Households with a fact of a kind, for each of the last whole months."""
    last = today.replace(day=1)
    first = date(last.year - 1, last.month, 1)
    found: dict[str, set[int]] = {}
    for kind in EVENTS:
        if not may["kinds"].get(kind):
            continue
        for household, month in store.execute(
            "select distinct placed.household, to_char(fact.occurred_on, 'YYYY-MM')"
            " from fact join placed using (record)"
            " where fact.kind = %s and fact.source = any(%s) and placed.household is not null"
            " and fact.occurred_on >= %s and fact.occurred_on < %s",
            [kind, list(may["kinds"][kind]), first, last],
        ):
            if household in names:
                found.setdefault(f"{kind} {month}", set()).add(names[household])
    return {name: np.array(sorted(at), np.int64) for name, at in sorted(found.items())}


def _amounts(
    store: Connection, may: Mapping[str, Any], names: Mapping[UUID, int]
) -> dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Each household's newest amount of each kind in whole pounds, where there is one."""
    made = {}
    for kind in AMOUNTS:
        if not may["kinds"].get(kind):
            continue
        rows = store.execute(
            "select household, sum(amount) from (select distinct on (fact.record) placed.household, fact.amount"
            "  from fact join placed using (record) where fact.kind = %s and fact.source = any(%s)"
            "  and placed.household is not null order by fact.record, fact.occurred_on desc, fact.loaded_at desc)"
            " newest where amount > 0 group by household",
            [kind, list(may["kinds"][kind])],
        ).fetchall()
        kept = sorted((names[household], round(amount)) for household, amount in rows if household in names)
        made[kind] = (
            np.array([at for at, _ in kept], np.int64),
            np.array([pounds for _, pounds in kept], np.int64),
        )
    return made


def _residents(
    vault: Connection,
    may: Mapping[str, Any],
    living: Mapping[UUID, UUID],
    homes: Universe,
    names: Mapping[UUID, int],
    today: date,
) -> tuple[Universe, Bits]:
    """Residents who live in a household: bands of what most of their records say, and their household's categories."""
    rows = vault.execute(
        "select resident_id, mode() within group (order by year) filter (where year is not null),"
        " mode() within group (order by lower(sex)) filter (where sex is not null),"
        " mode() within group (order by lower(ethnicity)) filter (where ethnicity is not null)"
        " from record_resident join record using (record_id),"
        "  lateral (select coalesce(to_char(born, 'YYYY'), left(born_partial, 4)) as year) as birth"
        " where record.withdrawn_at is null and certainty <> 'probable' and source = any(%s) group by resident_id",
        [list(may["identity"])],
    ).fetchall()
    kept = []
    for resident, born, sex, ethnicity in rows:
        pseudonym = pseudonyms.of_resident(resident)
        household = living.get(pseudonym)
        if household is not None and household in names:
            kept.append((pseudonym.int & 0xFFFF_FFFF_FFFF_FFFF, names[household], born, sex, ethnicity))
    at = np.array([each[1] for each in kept], np.int64)
    groups = _common([each[4] for each in kept])
    categories: dict[str, tuple[str, ...]] = {"age": AGES, "sex": SEXES, "ethnicity": groups}
    codes: dict[str, Codes] = {
        "age": _coded(AGES, (_age(each[2], today) for each in kept)),
        "sex": _coded(SEXES, (_SEXES.get(each[3] or "", UNKNOWN) for each in kept)),
        "ethnicity": _coded(groups, (_group(each[4], groups) for each in kept)),
    }
    for name in homes.categories:
        if name in ("adults", "children", "known"):
            continue
        categories[name], codes[name] = homes.categories[name], homes.codes[name][at]
    return Universe(categories, codes), np.array([each[0] for each in kept], np.uint64)


def _age(born: str | None, today: date) -> str:
    if born is None or not born.isdigit():
        return UNKNOWN
    # By years: a day of birth has no business here.
    age = today.year - int(born)
    return AGES[sum(age >= end for end in _AGE_ENDS)]


def _common(told: Sequence[str | None]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for each in told:
        if each:
            counts[each] = counts.get(each, 0) + 1
    return (*sorted(each for each, number in counts.items() if number >= _RARE and each != OTHER), OTHER, UNKNOWN)


def _group(told: str | None, groups: Sequence[str]) -> str:
    if not told:
        return UNKNOWN
    return told if told in groups else OTHER


def _column(values: Iterable[int]) -> Codes:
    return np.array(list(values), np.int16)


def _coded(categories: Sequence[str], values: Iterable[str]) -> Codes:
    number = {each: at for at, each in enumerate(categories)}
    return np.array([number[each] for each in values], np.int16)
