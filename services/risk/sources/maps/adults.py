"""Adult care, domestic abuse, homelessness, the hubs."""

from typing import Final

from services.risk.sources.maps.reasons import discreet, shocks
from services.risk.sources.maps.shape import Column, Fact, Map, Person

_KEY = Column("key", required=True)
_NAME = Column("name")
_LINE = Column("line")
_UPRN = Column("uprn")
_POSTCODE = Column("postcode")
_BORN = Column("born")
_DATE = Column("date")
_WORD = Column("word")
_SURNAME = Column("name", required=True)
_DAY = Column("date", required=True)

ADULT_CARE = Map(
    source="adult_care",
    records="adult_care",
    reference="client_ref",
    key=("client_ref", "service", "start"),
    columns={
        "client_ref": _KEY,
        "surname": _SURNAME,
        "forename": _NAME,
        "dob": _BORN,
        "nhs_number": Column("nhs"),
        "address": _LINE,
        "postcode": _POSTCODE,
        "uprn": _UPRN,
        "service": Column("word", required=True),
        "start": _DAY,
        "end": _DATE,
        "primary_need": _WORD,
    },
    people=(
        Person(
            1,
            "true",
            {
                "given": "forename",
                "family": "surname",
                "born": "dob",
                "nhs_number": "nhs_number",
                "uprn": "uprn",
                "address": "address",
                "postcode": "postcode",
            },
        ),
    ),
    facts=(
        Fact(
            "adult_care.package",
            on="start",
            until='"end"',
            value="service",
            when="not regexp_matches(service, 'discharge')",
        ),
        Fact("adult_care.discharge", on="start", value="service", when="regexp_matches(service, 'discharge')"),
        Fact("mental_health.shock", on="start", when="coalesce(regexp_matches(primary_need, 'mental|psych'), false)"),
    ),
)

DOMESTIC_ABUSE = Map(
    source="domestic_abuse",
    records="domestic_abuse",
    reference="incident_ref",
    key=("incident_ref",),
    columns={
        "incident_ref": _KEY,
        "role": Column("code", required=True, codes=("victim", "perpetrator", "child")),
        "surname": _SURNAME,
        "forename": _NAME,
        "dob": _BORN,
        "address": _LINE,
        "postcode": _POSTCODE,
        "incident_date": _DAY,
        "risk": Column("code", codes=("standard", "medium", "high")),
    },
    people=(
        Person(
            1,
            "true",
            {
                "given": "forename",
                "family": "surname",
                "born": "dob",
                "address": "address",
                "postcode": "postcode",
                "seen_on": "incident_date",
            },
        ),
    ),
    facts=(Fact("domestic_abuse.incident", on="incident_date", value="role"),),
)

HOMELESSNESS = Map(
    source="homelessness",
    records="homelessness",
    reference="case_ref",
    key=("case_ref", "duty"),
    columns={
        "case_ref": _KEY,
        "surname": _SURNAME,
        "forename": _NAME,
        "dob": _BORN,
        "nino": Column("nino"),
        "phone": Column("phone"),
        "email": Column("email"),
        "last_settled_address": _LINE,
        "postcode": _POSTCODE,
        "approach_date": _DAY,
        "reason": _WORD,
        "duty": Column("code", codes=("prevention", "relief", "main")),
        "duty_start": _DATE,
        "duty_end": _DATE,
        "outcome": _WORD,
        "household_type": _WORD,
    },
    people=(
        Person(
            1,
            "true",
            {
                "given": "forename",
                "family": "surname",
                "born": "dob",
                "nino": "nino",
                "phone": "phone",
                "email": "email",
                "address": "last_settled_address",
                "postcode": "postcode",
                "seen_on": "approach_date",
            },
        ),
    ),
    facts=(
        Fact("homelessness.approach", on="approach_date", value=discreet("reason")),
        Fact(
            "homelessness.duty",
            on="coalesce(duty_start, approach_date)",
            until="duty_end",
            value="duty",
            when="duty is not null",
        ),
        Fact("homelessness.ended", on="duty_end", value=discreet("outcome"), when="duty_end is not null"),
        *shocks("reason", "approach_date", health=False),
    ),
)

HUB_CONTACTS = Map(
    source="hub_contacts",
    records="hub_contacts",
    reference="contact_ref",
    key=("contact_ref",),
    columns={
        "contact_ref": _KEY,
        "hub": _NAME,
        "contact_date": _DAY,
        "given_name": _NAME,
        "family_name": _NAME,
        "known_as": _NAME,
        "dob": _BORN,
        "phone": Column("phone"),
        "email": Column("email"),
        "postcode": _POSTCODE,
        "need": _WORD,
    },
    people=(
        Person(
            1,
            "coalesce(given_name, family_name, known_as) is not null",
            {
                "given": "given_name",
                "family": "family_name",
                "known_as": "known_as",
                "born": "dob",
                "phone": "phone",
                "email": "email",
                "postcode": "postcode",
                "seen_on": "contact_date",
            },
        ),
    ),
    facts=(
        Fact("hub.contact", on="contact_date", value="need"),
        *shocks("need", "contact_date", health=False),
    ),
)

MAPS: Final = (ADULT_CARE, DOMESTIC_ABUSE, HOMELESSNESS, HUB_CONTACTS)
