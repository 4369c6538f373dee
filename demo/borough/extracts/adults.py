"""Adults: care, domestic abuse incidents, homelessness, contacts at the hubs."""

import numpy as np

from demo.borough.extracts.office import Office, named, reference
from demo.borough.identifiers import nhs_number, nino
from demo.borough.noise import dates
from demo.borough.place import COUNCIL, OTHER_SOCIAL, PRIVATE
from demo.borough.services import DEBT, FAMILY, VIOLENCE
from demo.borough.world import NOBODY, OPEN_END, WOMAN
from demo.borough.writing import Extract

_CARE = np.array(["home care", "direct payment", "mental health support", "hospital discharge"])
_CARE_NEED = np.array(["frailty", "physical disability", "mental_health", "hospital_discharge"])
_DUTY = np.array(["", "prevention", "relief", "main"])
_OUTCOME = np.array(
    ["secured accommodation 6+ months", "56 days elapsed", "contact lost", "withdrew / deceased", "homeless"]
)
_NEED = np.array(
    "money domestic_abuse mental_health work_and_skills housing food_and_fuel".split()
    + "family_and_children loneliness health".split()
)
_OTHER = np.array(
    [
        "non-violent relationship breakdown with partner",
        "other violence or harassment",
        "required to leave Home Office asylum accommodation",
        "home no longer suitable - disability/ill health",
        "other / not known",
    ]
)

_LINES = 9
"""People of one incident at most."""


def adult_care(office: Office) -> Extract:
    """One row a service; the same person keeps the number."""
    log = office.table("adult_care", "person", "household", "space", "month", "need", "until")
    world, scribe = office.world, office.scribe("adult_care")
    person, month = log["person"], log["month"]
    key = person.astype(np.int64)
    given, surname = scribe.names(person, month, key)
    home = scribe.home(log["household"], month, key, log["space"])
    start = world.calendar.day(month, world.draws.uniform("care/day", person, month))
    end = np.where(log["until"] <= office.until, world.calendar.day(log["until"], 0.6), OPEN_END)
    ref = reference("A", key)
    _, first = np.unique(ref, return_index=True)
    extract = Extract(
        "adult_care",
        {
            "client_ref": ref,
            "surname": surname,
            "forename": given,
            "dob": scribe.born(person, key),
            "nhs_number": np.where(world.draws.happens(0.85, "care/nhs", key), nhs_number(key), ""),
            "address": home.line,
            "postcode": home.postcode,
            "uprn": home.uprn,
            "service": _CARE[log["need"]],
            "start": dates(start),
            "end": dates(end),
            "primary_need": _CARE_NEED[log["need"]],
        },
        [named(ref[first], 1, person[first], log["household"][first], start[first], np.full(len(first), OPEN_END))],
    )
    return office.news(extract, month, log["until"])


def domestic_abuse(office: Office) -> Extract:
    """One row for each person of an incident, as the police send it: the part after the stroke is the person's line."""
    log = office.table("abuse", "incident", "person", "other", "household", "month")
    world, scribe = office.world, office.scribe("domestic_abuse")
    draws = world.draws
    child = office.table("abuse_child", "incident", "person")
    # Victim, the other, then the children in order: the place of each among its incident's.
    place = np.arange(len(child["incident"])) - np.searchsorted(child["incident"], child["incident"])
    incident = np.concatenate([log["incident"], log["incident"], child["incident"]])
    person = np.concatenate([log["person"], log["other"], child["person"]])
    line = np.concatenate(
        [np.zeros(len(log["incident"]), np.int64), np.ones(len(log["incident"]), np.int64), 2 + place]
    )
    order = np.lexsort((line, incident))
    order = order[(person[order] >= 0) & (line[order] < _LINES)]
    incident, person, line = incident[order], person[order], line[order]
    month, household = log["month"][incident], log["household"][incident]
    key = log["incident"][incident].astype(np.int64) * _LINES + line
    given, surname = scribe.names(person, month, key)
    home = scribe.home(household, month, key)
    day = world.calendar.day(month, draws.uniform("abuse/day", log["incident"][incident]))
    number = reference("DA", log["incident"][incident], 6)
    ref = np.char.add(np.char.add(number, "/"), (line + 1).astype(str))
    extract = Extract(
        "domestic_abuse",
        {
            "incident_ref": ref,
            "role": np.array(["victim", "perpetrator"] + ["child"] * 7)[line],
            "surname": np.char.upper(surname),
            "forename": given,
            "dob": scribe.born(person, key),
            "address": home.line,
            "postcode": home.postcode,
            "incident_date": dates(day),
            "risk": np.array(["standard", "medium", "high"])[
                draws.choose((0.62, 0.28, 0.10), "abuse/risk", log["incident"][incident])
            ],
        },
        [named(ref, 1, person, household, day, day)],
    )
    return office.news(extract, month)


def homelessness(office: Office) -> Extract:
    """One row an approach. Reasons in the words of H-CLIC: rent debt shows as the end of a tenancy."""
    log = office.table(
        "homelessness", *("case person household space month reason tenure duty children couple until".split())
    )
    world, scribe = office.world, office.scribe("homelessness")
    draws, person, month, key = world.draws, log["person"], log["month"], log["case"].astype(np.int64)
    given, surname = scribe.names(person, month, key)
    home = scribe.home(log["household"], month, key, np.where(log["space"] >= 0, log["space"], 0))
    approach = world.calendar.day(month, 0.6 * draws.uniform("homeless/day", key))
    done = log["until"] <= office.until
    owed = log["duty"] > 0
    starts = np.where(
        owed, np.minimum(approach + draws.below(12, "homeless/decides", key), world.calendar.ends(month)), OPEN_END
    )
    ends = np.where(owed & done, world.calendar.day(log["until"], 0.4), OPEN_END)
    social = np.isin(log["tenure"], (COUNCIL, OTHER_SOCIAL))
    reason = np.select(
        [log["reason"] == VIOLENCE, log["reason"] == FAMILY, (log["reason"] == DEBT) & social, log["reason"] == DEBT],
        [
            "domestic abuse",
            "family or friends no longer willing/able",
            "end of social rented tenancy",
            "end of private rented - AST",
        ],
        _OTHER[draws.below(len(_OTHER), "homeless/other", key)],
    )
    woman = world.people.sex[person] == WOMAN
    kind = np.select(
        [log["couple"] & (log["children"] > 0), (log["children"] > 0) & woman, log["children"] > 0, log["couple"]],
        ["couple with dependent children", "single parent (female)", "single parent (male)", "all other"],
        np.where(woman, "single adult (female)", "single adult (male)"),
    )
    ref = reference("H", key, 6)
    since = approach
    extract = Extract(
        "homelessness",
        {
            "case_ref": ref,
            "surname": surname,
            "forename": given,
            "dob": scribe.born(person, key),
            "nino": np.where(draws.happens(0.7, "homeless/nino", key), nino(person.astype(np.int64)), ""),
            "phone": scribe.phone(person, log["household"], key),
            "email": scribe.mail(person, key),
            "last_settled_address": home.line,
            "postcode": home.postcode,
            "approach_date": dates(approach),
            "reason": reason,
            "duty": _DUTY[log["duty"]],
            "duty_start": dates(starts),
            "duty_end": dates(ends),
            "outcome": np.where(
                owed & done, _OUTCOME[draws.choose((0.5, 0.2, 0.12, 0.08, 0.1), "homeless/outcome", key)], ""
            ),
            "household_type": kind,
        },
        [named(ref, 1, person, log["household"], since, ends)],
    )
    return office.news(extract, month, np.where(owed, log["until"], -1))


def hub_contacts(office: Office) -> Extract:
    """One row a conversation: what people call themselves, and whatever else they cared to give."""
    log = office.table("hub", "contact", "person", "household", "month", "need")
    world, scribe = office.world, office.scribe("hub_contacts")
    draws, person, month, key = world.draws, log["person"], log["month"], log["contact"].astype(np.int64)
    given, surname = scribe.names(person, month, key)
    called, _ = office.scribe("hub_contacts").names(person, month, key + 50_000_000)
    home = scribe.home(log["household"], month, key)
    day = world.calendar.day(month, draws.uniform("hub/day", key))
    ref = reference("HC", key, 7)
    knows = draws.happens(0.12, "hub/known as", key) & (called != given)
    extract = Extract(
        "hub_contacts",
        {
            "contact_ref": ref,
            "hub": np.where(draws.happens(0.55, "hub/which", log["household"]), "heath", "thames"),
            "contact_date": dates(day),
            "given_name": given,
            "family_name": np.where(draws.happens(0.06, "hub/no surname", key), "", surname),
            "known_as": np.where(knows, called, ""),
            "dob": scribe.born(person, key),
            "phone": scribe.phone(person, log["household"], key),
            "email": scribe.mail(person, key),
            "postcode": np.where(draws.happens(0.2, "hub/no postcode", key), "", home.postcode),
            "need": _NEED[log["need"]],
        },
        [named(ref, 1, person, log["household"], day, day)],
    )
    return office.news(extract, month)


__all__ = ["NOBODY", "PRIVATE", "adult_care", "domestic_abuse", "homelessness", "hub_contacts"]
