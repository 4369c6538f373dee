"""School, early help, children's social care."""

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
_SEX = Column("sex")
_SURNAME = Column("name", required=True)
_DAY = Column("date", required=True)

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

MAPS: Final = (SCHOOL_CENSUS, SCHOOL_EXCLUSIONS, EARLY_HELP, SOCIAL_CARE)
