"""Council tax, rent and benefits: who lives where, who owes, who has little pay."""

from typing import Final

from services.risk.sources.maps.reasons import shocks
from services.risk.sources.maps.shape import Column, Fact, Map, Person

_KEY = Column("key", required=True)
_NAME, _LINE, _UPRN, _POSTCODE = Column("name"), Column("line"), Column("uprn"), Column("postcode")
_BORN, _DATE, _MONEY, _FLAG, _WORD = Column("born"), Column("date"), Column("money"), Column("flag"), Column("word")
_DAY = Column("date", required=True)

LOW_PAY_A_WEEK: Final = 445
"""Pounds a week: the National Living Wage of April 2026 (12.71) for 35 hours. Who earns up to that has low pay."""
PENSION_AGE: Final = 66


def lines(*columns: str) -> str:
    """An address of several lines as one text."""
    return f"nullif(concat_ws(', ', {', '.join(columns)}), '')"


COUNCIL_TAX_ACCOUNTS = Map(
    source="council_tax_accounts",
    records="council_tax_accounts",
    reference="account_ref",
    key=("account_ref",),
    numbered=True,
    columns={
        "account_ref": _KEY,
        "liable_1_title": _NAME,
        "liable_1_forename": _NAME,
        "liable_1_surname": Column("name", required=True),
        "liable_2_forename": _NAME,
        "liable_2_surname": _NAME,
        "uprn": _UPRN,
        "address_1": _LINE,
        "address_2": _LINE,
        "address_3": _LINE,
        "postcode": _POSTCODE,
        "liability_from": _DAY,
        "liability_to": _DATE,
        "discount": _WORD,
        "phone": Column("phone"),
        "email": Column("email"),
    },
    people=(
        Person(
            1,
            "true",
            {
                "household_reference": "account_ref",
                "title": "liable_1_title",
                "given": "liable_1_forename",
                "family": "liable_1_surname",
                "phone": "phone",
                "email": "email",
                "uprn": "uprn",
                "address": lines("address_1", "address_2", "address_3"),
                "postcode": "postcode",
                "valid_from": "liability_from",
                "valid_to": "liability_to",
            },
        ),
        Person(
            2,
            "coalesce(liable_2_forename, liable_2_surname) is not null",
            {
                "household_reference": "account_ref",
                "given": "liable_2_forename",
                "family": "coalesce(liable_2_surname, liable_1_surname)",
                "uprn": "uprn",
                "address": lines("address_1", "address_2", "address_3"),
                "postcode": "postcode",
                "valid_from": "liability_from",
                "valid_to": "liability_to",
            },
        ),
    ),
    facts=(
        Fact(
            "council_tax.account",
            on="liability_from",
            until="liability_to",
            value="case when coalesce(liable_2_forename, liable_2_surname) is null then 'single' else 'joint' end",
        ),
    ),
)

_NOTHING: Final = "balance <= 0 and coalesce(was, 0) <= 0"
"""Nothing is owed, and nothing was by the row before: what came back to nil is told, what stays there is not."""

COUNCIL_TAX_ARREARS = Map(
    source="council_tax_arrears",
    records="council_tax_accounts",
    reference="account_ref",
    key=("account_ref", "month"),
    numbered=True,
    columns={
        "account_ref": _KEY,
        "month": Column("month", required=True),
        "charge": _MONEY,
        "paid": _MONEY,
        "balance": Column("money", required=True),
        "instalment_missed": _FLAG,
        "stage": Column("code", codes=("reminder_1", "reminder_2", "final", "summons", "liability_order")),
    },
    extra={"was": "lag(balance) over (partition by account_ref order by month, n)"},
    facts=(
        Fact("council_tax.arrears", on="month", amount="greatest(balance, 0)", blank=_NOTHING),
        Fact(
            "council_tax.missed",
            on="month",
            amount="greatest(coalesce(charge, 0) - coalesce(paid, 0), 0)",
            when="instalment_missed",
        ),
        Fact(
            "council_tax.summons",
            on="month",
            value="stage",
            when="stage in ('summons', 'liability_order')",
        ),
        Fact("debt.total", on="month", amount="greatest(balance, 0)", blank=_NOTHING),
    ),
)

RENT_ACCOUNTS = Map(
    source="rent_accounts",
    records="rent_accounts",
    reference="tenancy_ref",
    key=("tenancy_ref",),
    numbered=True,
    columns={
        "tenancy_ref": _KEY,
        "tenant_forename": _NAME,
        "tenant_surname": Column("name", required=True),
        "tenant_dob": _BORN,
        "joint_forename": _NAME,
        "joint_surname": _NAME,
        "joint_dob": _BORN,
        "uprn": _UPRN,
        "address": _LINE,
        "postcode": _POSTCODE,
        "tenancy_start": _DAY,
        "tenancy_end": _DATE,
        "landlord": Column("code", required=True, codes=("council", "other_social", "private_council_known")),
        "weekly_rent": _MONEY,
    },
    people=tuple(
        Person(
            number,
            when,
            {
                "household_reference": "tenancy_ref",
                "given": f"{who}_forename",
                "family": f"{who}_surname",
                "born": f"{who}_dob",
                "uprn": "uprn",
                "address": "address",
                "postcode": "postcode",
                "valid_from": "tenancy_start",
                "valid_to": "tenancy_end",
            },
        )
        for number, who, when in (
            (1, "tenant", "true"),
            (2, "joint", "coalesce(joint_forename, joint_surname) is not null"),
        )
    ),
    facts=(
        Fact("rent.account", on="tenancy_start", until="tenancy_end", amount="weekly_rent", value="landlord"),
        Fact(
            "tenure",
            on="tenancy_start",
            until="tenancy_end",
            value="case landlord when 'private_council_known' then 'private' else landlord end",
        ),
    ),
)

RENT_BALANCES = Map(
    source="rent_balances",
    records="rent_accounts",
    reference="tenancy_ref",
    key=("tenancy_ref", "week_ending"),
    numbered=True,
    columns={
        "tenancy_ref": _KEY,
        "week_ending": _DAY,
        "balance": Column("money", required=True),
        "notice": Column("code", codes=("nosp", "court")),
    },
    # A month's arrears are its last week's; a notice is dated by the first week that shows it.
    extra={
        "month": "cast(date_trunc('month', week_ending) as date)",
        "is_last": "row_number() over (partition by tenancy_ref, date_trunc('month', week_ending)"
        " order by week_ending desc, n desc) = 1",
        "was": "lag(balance) over (partition by tenancy_ref order by week_ending, n)",
        "is_fresh": "notice is distinct from lag(notice) over (partition by tenancy_ref order by week_ending, n)",
    },
    facts=(
        Fact("rent.arrears", on="month", amount="greatest(balance, 0)", blank=_NOTHING, when="is_last"),
        Fact("debt.total", on="month", amount="greatest(balance, 0)", blank=_NOTHING, when="is_last"),
        Fact("rent.notice", on="week_ending", value="notice", when="notice is not null and is_fresh"),
    ),
)

_AGED = f'claimant_dob is not null and claimant_dob <= "from" - interval {PENSION_AGE} year'
_STANDS = "coalesce(status, '') not in ('cancelled', 'refused', 'rejected', 'withdrawn')"
_PAY = "coalesce(earned_income_weekly, 0)"

BENEFIT_CLAIMS = Map(
    source="benefit_claims",
    records="benefit_claims",
    reference="claim_ref",
    key=("claim_ref", "benefit", "from"),
    numbered=True,
    columns={
        "claim_ref": _KEY,
        "claimant_nino": Column("nino"),
        "claimant_name": Column("name", required=True),
        "claimant_dob": _BORN,
        "partner_nino": Column("nino"),
        "partner_name": _NAME,
        "partner_dob": _BORN,
        "children": Column("number"),
        "uprn": _UPRN,
        "address": _LINE,
        "postcode": _POSTCODE,
        "tenure": Column("code", codes=("priv", "la", "ha", "own")),
        "benefit": Column("code", required=True, codes=("hb", "cts")),
        "passported": _FLAG,
        "weekly_award": _MONEY,
        "earned_income_weekly": _MONEY,
        "status": _WORD,
        "from": _DAY,
        "to": _DATE,
    },
    # Who has both benefits says the same thing of home and pay twice.
    extra={"is_first": 'row_number() over (partition by claim_ref, "from" order by benefit) = 1'},
    # "SURNAME, Forename"
    people=tuple(
        Person(
            number,
            f"{who}_name is not null",
            {
                "household_reference": "claim_ref",
                "given": f"nullif(trim(split_part({who}_name, ',', 2)), '')",
                "family": f"nullif(trim(split_part({who}_name, ',', 1)), '')",
                "born": f"{who}_dob",
                "nino": f"{who}_nino",
                "uprn": "uprn",
                "address": "address",
                "postcode": "postcode",
                "valid_from": '"from"',
                "valid_to": '"to"',
            },
        )
        for number, who in ((1, "claimant"), (2, "partner"))
    ),
    facts=(
        Fact(
            "benefit.housing_benefit",
            on='"from"',
            until='"to"',
            amount="weekly_award",
            value=f"case when passported then 'passported' when {_PAY} = 0 then 'none-earnings' else 'standard' end",
            when=f"benefit = 'hb' and {_STANDS}",
        ),
        Fact(
            "benefit.council_tax_support",
            on='"from"',
            until='"to"',
            amount="weekly_award",
            value=f"case when {_AGED} then 'pensioner' when {_PAY} > 0 then 'working_age_low_pay'"
            " else 'working_age_no_pay' end",
            when=f"benefit = 'cts' and {_STANDS}",
        ),
        Fact(
            "tenure",
            on='"from"',
            until='"to"',
            value="case tenure when 'priv' then 'private' when 'la' then 'council' when 'ha' then 'other_social'"
            " when 'own' then 'owned' end",
            when=f"tenure is not null and is_first and {_STANDS}",
        ),
        Fact(
            "income",
            on='"from"',
            until='"to"',
            value=f"case when {_AGED} then 'other' when {_PAY} <= 0 then 'no_pay'"
            f" when {_PAY} <= {LOW_PAY_A_WEEK} then 'low_pay' else 'other' end",
            when=f"is_first and {_STANDS}",
        ),
        *shocks("status", '"from"', health=False),
    ),
)

MAPS: Final = (COUNCIL_TAX_ACCOUNTS, COUNCIL_TAX_ARREARS, RENT_ACCOUNTS, RENT_BALANCES, BENEFIT_CLAIMS)
