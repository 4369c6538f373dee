"""Children: school census and exclusions, early help, social care."""

import numpy as np

from demo.borough.extracts.office import Office, named, reference
from demo.borough.identifiers import nhs_number, upn
from demo.borough.names import COMMUNITIES
from demo.borough.noise import dates
from demo.borough.services import ABUSE_NEED, FAMILY_NEED, LOOKED_AFTER, MIND_NEED
from demo.borough.world import MAN, NEVER, NOBODY, OPEN_END, Array, Numbers
from demo.borough.writing import Extract

SCHOOL_CODES = np.array([each.school for each in COMMUNITIES])
NHS_CODES = np.array([each.nhs for each in COMMUNITIES])
EVENTS = np.array(["referral", "cin", "cp", "lac"])
CENSUS_MONTHS = (1, 5, 10)
_REASONS = np.array("PP PA VP VA BU RA LG DS SM DA DM TH MT DB".split())


def _school_year(day: Array) -> Numbers:
    """The calendar year in which the school year of a day began."""
    month = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(1970 + month // 12 - (month % 12 < 8))


def _first_of(year: Array, month: int, day: int) -> Numbers:
    start = ((np.asarray(year, np.int64) - 1970) * 12 + month - 1).astype("datetime64[M]").astype("datetime64[D]")
    return np.asarray(start.astype(np.int64) + day - 1)


def pupils(office: Office) -> tuple[Numbers, ...]:
    """Children with a school place in the history: who, phase (0 primary, 1 secondary), from day, to day."""
    world = office.world
    rows, calendar = world.people, world.calendar
    child = np.flatnonzero(world.draws.happens(0.93, "school/state", np.arange(len(rows))) & (rows.mother != -2))
    reception = _school_year(rows.born[child]) + 5
    first_day, last_day = int(calendar.starts(0)), office.last_day
    came = np.where(rows.came[child] < 0, 0, calendar.day(rows.came[child].clip(0), 0.5))
    went = np.where(
        rows.went[child] == NEVER, OPEN_END, calendar.day(np.where(rows.went[child] == NEVER, 0, rows.went[child]), 0.5)
    )
    stays_on = np.where(world.draws.happens(0.5, "school/sixth form", child), 14, 12)
    parts = []
    ends = (np.full(len(child), 7), stays_on)
    for phase, (start, end) in enumerate(zip((0, 7), ends, strict=True)):
        entry = np.maximum(_first_of(reception + start, 9, 3), came)
        leaves = np.minimum(_first_of(reception + end, 7, 20), went)
        there = (leaves > first_day) & (entry <= last_day) & (leaves > entry)
        parts.append((child[there], np.full(there.sum(), phase), entry[there], leaves[there]))
    return tuple(np.concatenate([part[place] for part in parts]) for place in range(4))


def pupil_number(office: Office, child: Numbers, phase: Numbers) -> tuple[Array, Array]:
    """UPN and former UPN: a few got a second number at their next school, fewer still without a word of the first."""
    draws, rows = office.world.draws, office.world.people
    year = rows.born[child].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    second = (phase == 1) & draws.happens(0.014, "school/second upn", child)
    lost = draws.happens(0.3, "school/lost upn", child)
    own, other = upn(child.astype(np.int64), year), upn(child.astype(np.int64) + 500_000, year + 7)
    return np.where(second, other, own), np.where(second & ~lost, own, "")


def school_census(office: Office) -> Extract:
    """One row a pupil and school; sent whole in January, May and October, between these with who came and went."""
    world, scribe = office.world, office.scribe("school_census", accents=True)
    rows, homes, draws = world.people, world.households, world.draws
    who, phase, entry, leaves = pupils(office)
    key = who.astype(np.int64) * 2 + phase
    month = _month_of(office, entry).clip(0, office.until)
    family = _family_at(office, who, month)
    held = np.flatnonzero(family >= 0)
    who, phase, entry, leaves, key, month, family = (
        each[held] for each in (who, phase, entry, leaves, key, month, family)
    )
    left = leaves <= office.last_day
    own, former = pupil_number(office, who, phase)
    given, surname = scribe.names(who, month, key)
    parent = rows.mother[who]
    given_p, family_p = scribe.names(parent, month, key, "/2")
    home = scribe.home(family, month, key)
    census = max(
        (m for m in range(office.until + 1) if world.calendar.of_year(m) in CENSUS_MONTHS), default=office.until
    )
    seen = np.minimum(leaves, int(world.calendar.ends(census)))
    grade = _school_year(seen) - _school_year(rows.born[who]) - 5
    poor = homes.deprived[family] >= 2
    strain = np.where(poor, 2.2, 0.9) * (1 + phase)
    absent = -np.log1p(-draws.uniform("school/absent", key)) * 3.2 * strain
    words = _middle(office, who)
    changes = draws.happens(0.012, "school/preferred", key) & (parent >= 0)
    ref = own
    year_group = np.where(grade.clip(0) == 0, "R", grade.clip(0).astype(str))
    extract = Extract(
        "school_census",
        {
            "upn": own,
            "former_upn": former,
            "surname": surname,
            "forename": given,
            "middle": words,
            "preferred_surname": np.where(changes, family_p, ""),
            "dob": scribe.born(who, key),
            "sex": np.where(rows.sex[who] == MAN, "M", "F"),
            "address": home.line,
            "postcode": home.postcode,
            "uprn": home.uprn,
            "fsm": np.where(poor & (key % 5 != 0), "Y", "N"),
            "ethnicity": np.where(
                draws.happens(0.02, "school/refused", key), "REFU", SCHOOL_CODES[rows.community[who]]
            ),
            "year_group": year_group,
            "school_urn": (990_000 + phase * 500 + world.spaces.area[home.space] // (3 + 9 * phase)).astype(np.int64),
            "entry_date": dates(entry),
            "leaving_date": dates(np.where(left, leaves, OPEN_END)),
            "attendance_percent": np.round((100 - absent).clip(35, 100), 1),
            "guardian_1_name": np.where(parent >= 0, np.char.add(np.char.add(given_p, " "), family_p), ""),
            "guardian_1_phone": scribe.phone(parent, family, key),
        },
        [
            named(ref, 1, who, family, entry, np.where(left, leaves, OPEN_END), suffix=True),
            named(ref, 2, parent, family, entry, np.where(left, leaves, OPEN_END), suffix=True),
        ],
    )
    gone = np.where(left, _month_of(office, leaves), -1)
    if office.only is not None and world.calendar.of_year(office.only) in CENSUS_MONTHS:
        return extract.only(np.flatnonzero(~left | (gone == office.only)))
    return office.news(extract, _month_of(office, entry), gone)


def _middle(office: Office, who: Numbers) -> Array:
    from demo.borough.names import names

    middle = office.world.people.middle[who]
    return np.where(middle >= 0, names().words[middle.clip(0)], "")


def _month_of(office: Office, day: Array) -> Numbers:
    """The month of the history a day is in; before it negative."""
    months = np.asarray(np.minimum(day, 40_000)).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    start = np.array(office.world.calendar.starts(0)).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months - start)


def _family_at(office: Office, who: Numbers, month: Numbers) -> Numbers:
    """The household a person lived in that month; of one who came later the first, of one who left the last."""
    log = office.table("lives")
    held = log["household"] >= 0
    key = log["person"][held].astype(np.int64) * 1000 + log["month"][held] + 100
    order = np.argsort(key, kind="stable")
    key, household = key[order], log["household"][held][order]
    row = np.searchsorted(key, who.astype(np.int64) * 1000 + month + 100, side="right") - 1
    first = np.searchsorted(key, who.astype(np.int64) * 1000)
    row = np.minimum(np.maximum(row, first), len(key) - 1)
    return np.where(key[row] // 1000 == who, household[row], NOBODY)


def school_exclusions(office: Office) -> Extract:
    """Suspensions and exclusions by pupil number."""
    log, draws = office.table("exclusion", "person", "month", "permanent"), office.world.draws
    who, phase, entry, leaves = pupils(office)
    start = office.world.calendar.day(log["month"], draws.uniform("excluded/day", log["person"], log["month"]))
    row = _place_at(who, entry, leaves, log["person"], start)
    enrolled = np.flatnonzero(row >= 0)
    log, start, row = {name: column[enrolled] for name, column in log.items()}, start[enrolled], row[enrolled]
    own, _ = pupil_number(office, who[row], phase[row])
    length = 2 * (1 + draws.below(5, "excluded/length", log["person"], log["month"]))
    extract = Extract(
        "school_exclusions",
        {
            "upn": own,
            "start": dates(start),
            "category": np.where(log["permanent"] > 0, "PEX", "SUS"),
            "reason": _REASONS[draws.below(len(_REASONS), "excluded/reason", log["person"], log["month"])],
            "sessions": np.where(log["permanent"] > 0, 0, length),
        },
    )
    return office.news(extract, log["month"])


def _place_at(who: Numbers, entry: Numbers, leaves: Numbers, person: Array, day: Array) -> Numbers:
    """The row of the school place a person had on a day; -1: none."""
    found = np.full(len(person), NOBODY)
    order = np.argsort(who, kind="stable")
    start = np.searchsorted(who[order], person)
    for step in range(2):
        row = np.minimum(start + step, len(who) - 1)
        at = order[row] if len(order) else row
        fits = (who[at] == person) & (entry[at] <= day) & (leaves[at] >= day)
        found = np.where(fits & (found < 0), at, found)
    return found


def early_help(office: Office) -> Extract:
    """One row an episode and child, with the parent who was spoken to."""
    log = office.table("early_help", "episode", "person", "parent", "household", "month", "until", "need")
    world, scribe = office.world, office.scribe("early_help")
    key, month = log["episode"], log["month"]
    given, surname = scribe.names(log["person"], month, key)
    given_p, family_p = scribe.names(log["parent"], month, key, "/2")
    home = scribe.home(log["household"], month, key)
    opened = world.calendar.day(month, world.draws.uniform("early help/day", log["household"], month))
    closed = np.where(log["until"] <= office.until, world.calendar.day(log["until"], 0.5), OPEN_END)
    recent = month - world.people.abused[log["parent"]] < 4
    lot = world.draws.choose((0.4, 0.3, 0.15, 0.15), "early help/reason", key)
    reason = np.array(["parenting", "behaviour", "housing", "money"])[lot]
    presenting = np.select(
        [log["need"] == MIND_NEED, recent & (log["need"] == FAMILY_NEED)], ["mental_health", "domestic_abuse"], reason
    )
    ref = reference("EH", key, 6)
    extract = Extract(
        "early_help",
        {
            "episode_ref": ref,
            "child_surname": surname,
            "child_forename": given,
            "dob": scribe.born(log["person"], key),
            "address": home.line,
            "postcode": home.postcode,
            "opened": dates(opened),
            "closed": dates(closed),
            "presenting": presenting,
            "parent_name": np.char.add(np.char.add(given_p, " "), family_p),
            "parent_dob": scribe.born(log["parent"], key, "/2"),
            "phone": scribe.phone(log["parent"], log["household"], key),
        },
        [
            named(ref, 1, log["person"], log["household"], opened, closed, suffix=True),
            named(ref, 2, log["parent"], log["household"], opened, closed, suffix=True),
        ],
    )
    return office.news(extract, month, log["until"])


def social_care(office: Office) -> Extract:
    """One row an event of a child. The home's address even when placed: placements are not told."""
    log = office.table("social_care", "person", "household", "month", "event", "space")
    world, scribe = office.world, office.scribe("social_care", accents=True)
    rows, draws = world.people, world.draws
    child, month, event = log["person"], log["month"], log["event"]
    again = draws.happens(scribe.rates.duplicate, "social care/again", child) & (month % 2 == 1)
    key = child.astype(np.int64) * 2 + again
    given, surname = scribe.names(child, month, key)
    home = scribe.home(log["household"], month, key, np.where(log["space"] >= 0, log["space"], 0))
    # A month's events of one child stand in order: referral, plan, care.
    start = world.calendar.day(month, 0.1 + 0.2 * event + 0.15 * draws.uniform("social care/day", child, month))
    ends = office.table("plan_end", "person", "month")
    closes = _next_end(child, month, ends["person"], ends["month"])
    lasts = np.isin(event, (1, 2))
    end = np.where(lasts & (closes < NEVER), world.calendar.day(np.where(closes < NEVER, closes, 0), 0.9), OPEN_END)
    end = np.where(event == 0, np.minimum(start + 10, office.last_day), end)
    ref = reference("P", key, 7)
    need = np.where(
        event == LOOKED_AFTER,
        0,
        draws.choose((0.5, 0.08, 0.1, 0.1, 0.14, 0.03, 0.01, 0.02, 0.02), "social care/need", child),
    )
    extract = Extract(
        "social_care",
        {
            "person_ref": ref,
            "surname": surname,
            "forename": given,
            "dob": scribe.born(child, key),
            "sex": np.where(rows.sex[child] == MAN, "M", "F"),
            "ethnicity": SCHOOL_CODES[rows.community[child]],
            "address": home.line,
            "postcode": home.postcode,
            "event": EVENTS[event],
            "event_start": dates(start),
            "event_end": dates(end),
            "need_code": np.char.add("N", (need + 1).astype(str)),
            "nhs_number": np.where(draws.happens(0.7, "social care/nhs", key), nhs_number(child.astype(np.int64)), ""),
        },
        [named(*_once(ref, child, log["household"], start), np.full(len(np.unique(ref)), OPEN_END))],
    )
    return office.news(extract, month, np.where(lasts, closes, -1))


def _once(ref: Array, person: Array, household: Array, since: Array) -> tuple[Array, int, Array, Array, Array]:
    """The first row of each reference."""
    _, first = np.unique(ref, return_index=True)
    return ref[first], 1, person[first], household[first], since[first]


def _next_end(person: Array, month: Array, ended: Array, when: Array) -> Numbers:
    """The first month at or after which a plan of the person ended; NEVER: not yet."""
    key = np.sort(ended.astype(np.int64) * 100_000 + when)
    wanted = person.astype(np.int64) * 100_000 + month
    row = np.searchsorted(key, wanted)
    inside = np.minimum(row, max(len(key) - 1, 0))
    if len(key) == 0:
        return np.full(len(person), NEVER)
    return np.where((row < len(key)) & (key[inside] // 100_000 == person), key[inside] % 100_000, NEVER)


__all__ = ["ABUSE_NEED", "early_help", "school_census", "school_exclusions", "social_care"]
