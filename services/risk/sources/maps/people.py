"""School, early help, social care, adult care, domestic abuse, homelessness, the hubs."""

from typing import Final

from services.risk.sources.maps.council import shocks
from services.risk.sources.maps.shape import Column, Fact, Map, Person

_KEY = Column("key", required=True)
_NAME, _LINE, _UPRN, _POSTCODE = Column("name"), Column("line"), Column("uprn"), Column("postcode")
_BORN, _DATE, _WORD, _SEX = Column("born"), Column("date"), Column("word"), Column("sex")
_SURNAME = Column("name", required=True)
_DAY = Column("date", required=True)


def discreet(word: str) -> str:
    """A reason as a fact shows it: abuse and violence stay with the source that may tell of them."""
    return f"case when regexp_matches({word}, 'abuse|domestic|violen|harass') then null else {word} end"


SCHOOL_CENSUS = Map(
    source="school_census",
    records="school_census",
    reference="upn",
    key=("upn", "entry_date"),
    numbered=True,
    columns={
        "upn": _KEY,
        "former_upn": Column("upn"),
        "surname": _SURNAME,
        "forename": _NAME,
        "middle": _NAME,
        "preferred_surname": _NAME,
        "dob": _BORN,
        "sex": _SEX,
        "address": _LINE,
        "postcode": _POSTCODE,
        "uprn": _UPRN,
        "fsm": Column("flag"),
        "ethnicity": _NAME,
        "year_group": _WORD,
        "school_urn": _NAME,
        "entry_date": _DAY,
        "leaving_date": _DATE,
        "attendance_percent": Column("number"),
        "guardian_1_name": _NAME,
        "guardian_1_phone": Column("phone"),
    },
    # A census counts the term it is taken in: January, May, October.
    extra={
        "term": "make_date(year(extracted_on), case when month(extracted_on) >= 9 then 9"
        " when month(extracted_on) >= 5 then 5 else 1 end, 1)"
    },
    people=(
        Person(
            1,
            "true",
            {
                "household_reference": "upn",
                "given": "forename",
                "middle": "middle",
                "family": "surname",
                "known_as": "case when preferred_surname <> surname then preferred_surname end",
                "sex": "sex",
                "born": "dob",
                "upn": "case when regexp_full_match(upper(upn), '[A-Z]\\d{11}[0-9A-Z]') then upper(upn) end",
                "uprn": "uprn",
                "address": "address",
                "postcode": "postcode",
                "ethnicity": "ethnicity",
                "valid_from": "entry_date",
                "valid_to": "leaving_date",
            },
        ),
        Person(
            2,
            "guardian_1_name is not null",
            {
                "household_reference": "upn",
                "given": "nullif(trim(regexp_replace(guardian_1_name, '\\s*\\S+$', '')), '')",
                "family": "regexp_extract(guardian_1_name, '(\\S+)$', 1)",
                "phone": "guardian_1_phone",
                "uprn": "uprn",
                "address": "address",
                "postcode": "postcode",
                "valid_from": "entry_date",
                "valid_to": "leaving_date",
            },
        ),
    ),
    facts=(
        Fact("school.pupil", on="entry_date", until="leaving_date", value="year_group"),
        Fact(
            "school.absence",
            on="term",
            amount="100 - attendance_percent",
            when="attendance_percent between 0 and 100 and leaving_date is null",
        ),
    ),
)

SCHOOL_EXCLUSIONS = Map(
    source="school_exclusions",
    records="school_census",
    reference="upn",
    key=("upn", "start", "category"),
    numbered=True,
    columns={
        "upn": _KEY,
        "start": _DAY,
        "category": Column("code", required=True, codes=("sus", "pex")),
        "reason": _WORD,
        "sessions": Column("number"),
    },
    facts=(
        Fact(
            "school.exclusion",
            on="start",
            amount="sessions",
            value="case category when 'pex' then 'permanent' else 'suspension' end",
        ),
    ),
)

EARLY_HELP = Map(
    source="early_help",
    records="early_help",
    reference="episode_ref",
    key=("episode_ref",),
    numbered=True,
    columns={
        "episode_ref": _KEY,
        "child_surname": _SURNAME,
        "child_forename": _NAME,
        "dob": _BORN,
        "address": _LINE,
        "postcode": _POSTCODE,
        "opened": _DAY,
        "closed": _DATE,
        "presenting": _WORD,
        "parent_name": _NAME,
        "parent_dob": _BORN,
        "phone": Column("phone"),
    },
    people=(
        Person(
            1,
            "true",
            {
                "household_reference": "episode_ref",
                "given": "child_forename",
                "family": "child_surname",
                "born": "dob",
                "address": "address",
                "postcode": "postcode",
                "seen_on": "coalesce(closed, opened)",
            },
        ),
        Person(
            2,
            "parent_name is not null",
            {
                "household_reference": "episode_ref",
                "given": "nullif(trim(regexp_replace(parent_name, '\\s*\\S+$', '')), '')",
                "family": "regexp_extract(parent_name, '(\\S+)$', 1)",
                "born": "parent_dob",
                "phone": "phone",
                "address": "address",
                "postcode": "postcode",
                "seen_on": "coalesce(closed, opened)",
            },
        ),
    ),
    facts=(
        Fact("early_help.opened", on="opened", until="closed", value=discreet("presenting")),
        Fact("early_help.closed", on="closed", when="closed is not null", value=discreet("presenting")),
        *shocks("presenting", "opened"),
    ),
)

_EVENTS = {
    "referral": "social_care.referral",
    "cin": "social_care.child_in_need",
    "cp": "social_care.child_protection",
    "lac": "social_care.child_looked_after",
}

SOCIAL_CARE = Map(
    source="social_care",
    records="social_care",
    reference="person_ref",
    key=("person_ref", "event", "event_start"),
    columns={
        "person_ref": _KEY,
        "surname": _SURNAME,
        "forename": _NAME,
        "dob": _BORN,
        "sex": _SEX,
        "ethnicity": _NAME,
        "address": _LINE,
        "postcode": _POSTCODE,
        "event": Column("code", required=True, codes=tuple(_EVENTS)),
        "event_start": _DAY,
        "event_end": _DATE,
        "need_code": _WORD,
        "nhs_number": Column("nhs"),
    },
    people=(
        Person(
            1,
            "true",
            {
                "given": "forename",
                "family": "surname",
                "sex": "sex",
                "born": "dob",
                "nhs_number": "nhs_number",
                "address": "address",
                "postcode": "postcode",
                "ethnicity": "ethnicity",
                "seen_on": "event_start",
            },
        ),
    ),
    facts=tuple(
        Fact(kind, on="event_start", until="event_end", value="need_code", when=f"event = '{event}'")
        for event, kind in _EVENTS.items()
    ),
)

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

MAPS: Final = (
    SCHOOL_CENSUS,
    SCHOOL_EXCLUSIONS,
    EARLY_HELP,
    SOCIAL_CARE,
    ADULT_CARE,
    DOMESTIC_ABUSE,
    HOMELESSNESS,
    HUB_CONTACTS,
)
