"""Kinds of debt: which come first and why, and how far a creditor can go, stage by stage. Data, pure.

*Priority* is what not paying can cost: the home, liberty, what a household cannot do without. It is a convention of
debt advice, not a statute; each kind says the consequence and the law it rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_COUNCIL_TAX: Final = (
    "missed_instalment",
    "reminder",
    "second_reminder",
    "final_notice",
    "summons",
    "liability_order",
    "attachment",
    "enforcement_agent",
    "committal",
)
_RENT: Final = ("arrears", "letter", "notice", "claim", "possession_order", "warrant", "evicted")
_MORTGAGE: Final = ("arrears", "letter", "claim", "possession_order", "warrant", "evicted")
_SUPPLY: Final = ("arrears", "letter", "prepayment_meter", "warrant_of_entry", "disconnected")
_FINE: Final = ("arrears", "further_steps_notice", "attachment", "enforcement_agent", "committal")
_PENALTY: Final = ("notice_to_owner", "charge_certificate", "order_for_recovery", "enforcement_agent")
_RECOVERY: Final = ("arrears", "letter", "deduction", "claim", "judgment", "enforcement_agent")
_GOODS: Final = ("arrears", "default_notice", "claim", "return_order", "goods_taken")
_CREDIT: Final = ("arrears", "default_notice", "collection", "claim", "judgment", "attachment", "charging_order")
_ANY: Final = ("arrears", "letter")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: how it reads, its stages in order, and for a priority what is at stake and by which law."""

    title: str
    stages: tuple[str, ...]
    at_stake: str | None = None
    law: str | None = None
    breathing_space: bool = True

    @property
    def priority(self) -> bool:
        """Does it come before others?"""
        return self.at_stake is not None


KINDS: Final[Mapping[str, Kind]] = {
    "council_tax": Kind(
        "council tax",
        _COUNCIL_TAX,
        "deductions, enforcement agents and in the end prison",
        "Council Tax (Administration and Enforcement) Regulations 1992 (SI 1992/613) Parts 5 and 6",
    ),
    "rent_council": Kind("rent to the council", _RENT, "the home", "Housing Act 1985 Sch 2 ground 1"),
    "rent_social": Kind("rent to a housing association", _RENT, "the home", "Housing Act 1988 Sch 2"),
    "rent_private": Kind("rent to a private landlord", _RENT, "the home", "Housing Act 1988 Sch 2 ground 8"),
    "mortgage": Kind("mortgage arrears", _MORTGAGE, "the home", "Administration of Justice Act 1970 s36"),
    "secured_loan": Kind("a loan secured on the home", _MORTGAGE, "the home", "Consumer Credit Act 1974 s126"),
    "gas_or_electricity": Kind(
        "gas or electricity", _SUPPLY, "the supply", "Gas Act 1986 and Electricity Act 1989 Sch 6"
    ),
    "court_fine": Kind(
        "a fine of a magistrates' court",
        _FINE,
        "enforcement agents and in the end prison",
        "Magistrates' Courts Act 1980 s76",
        breathing_space=False,
    ),
    "child_maintenance": Kind(
        "child maintenance",
        _RECOVERY,
        "deductions from pay, and in the end prison",
        "Child Support Act 1991 ss31 to 40",
        breathing_space=False,
    ),
    "hmrc": Kind("tax", _RECOVERY, "goods taken without a court", "Tribunals, Courts and Enforcement Act 2007 s62"),
    "tv_licence": Kind("TV licence", _ANY, "a fine", "Communications Act 2003 s363"),
    "essential_goods": Kind(
        "hire purchase of what the household needs", _GOODS, "the goods", "Consumer Credit Act 1974 s90"
    ),
    "parking_penalty": Kind(
        "a parking or traffic penalty",
        _PENALTY,
        "enforcement agents; the car may be taken",
        "Traffic Management Act 2004 Part 6",
    ),
    "benefit_overpayment": Kind("benefit overpaid by DWP", _RECOVERY),
    "housing_benefit_overpayment": Kind("Housing Benefit overpaid", _RECOVERY),
    "universal_credit_advance": Kind("an advance of Universal Credit", _RECOVERY, breathing_space=False),
    "social_fund": Kind("a Social Fund or budgeting loan", _RECOVERY, breathing_space=False),
    "student_loan": Kind("a student loan", _RECOVERY, breathing_space=False),
    "water": Kind("water", _CREDIT),
    "phone_or_internet": Kind("phone or internet", _CREDIT),
    "credit_card": Kind("a credit card", _CREDIT),
    "store_card_or_catalogue": Kind("a store card or catalogue", _CREDIT),
    "loan": Kind("a loan", _CREDIT),
    "high_cost_credit": Kind("a payday or doorstep loan", _CREDIT),
    "buy_now_pay_later": Kind("buy now pay later", _CREDIT),
    "overdraft": Kind("an overdraft", _CREDIT),
    "hire_purchase": Kind("hire purchase", _GOODS),
    "former_rent": Kind("rent of an earlier home", _CREDIT),
    "family_or_friend": Kind("family or friends", _ANY),
    "illegal_lender": Kind("an illegal lender", _ANY),
    "other": Kind("another debt", _CREDIT),
}
"""The code of a kind to what is known of it. What a Breathing Space leaves out: SI 2020/1311 reg 5(4)."""
