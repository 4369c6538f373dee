"""The categories of the Standard Financial Statement: names only. Data, pure.

The Money and Pensions Service keeps the SFS and gives its members the spending guidelines; those figures are theirs and
are loaded by a member body (`localtables`), never shipped. Fixed costs have no guideline; the three flexible groups do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Side = Literal["income", "fixed", "flexible", "savings"]


@dataclass(frozen=True, slots=True)
class Category:
    """One category: on which side it stands, how it reads, and what goes into it."""

    side: Side
    title: str
    items: tuple[str, ...]


CATEGORIES: Final[Mapping[str, Category]] = {
    "earnings": Category("income", "Earnings", ("salary", "self_employment", "other")),
    "benefits": Category(
        "income",
        "Benefits and tax credits",
        (
            "universal_credit",
            "child_benefit",
            "housing_benefit",
            "pension_credit",
            "council_tax_reduction",
            "disability_benefit",
            "carers_allowance",
            "employment_and_support_allowance",
            "jobseekers_allowance",
            "other",
        ),
    ),
    "pensions": Category("income", "Pensions", ("state_pension", "private_pension", "other")),
    "other_income": Category(
        "income", "Other income", ("maintenance_received", "boarders_or_lodgers", "household_contribution", "other")
    ),
    "home_and_contents": Category(
        "fixed",
        "Home and contents",
        (
            "rent",
            "mortgage",
            "other_secured_loans",
            "ground_rent_and_service_charges",
            "council_tax",
            "appliance_and_furniture_rental",
            "tv_licence",
            "other",
        ),
    ),
    "utilities": Category("fixed", "Utilities", ("gas", "electricity", "water", "other_fuel", "other")),
    "care_and_health": Category(
        "fixed",
        "Care and health",
        ("childcare", "adult_care", "maintenance_paid", "prescriptions", "dentist_and_optician", "other"),
    ),
    "transport_and_travel": Category(
        "fixed",
        "Transport and travel",
        (
            "public_transport",
            "car_purchase",
            "car_insurance",
            "vehicle_tax",
            "mot_and_maintenance",
            "breakdown_cover",
            "fuel_and_parking",
            "other",
        ),
    ),
    "school": Category("fixed", "School", ("uniform", "meals_and_clubs", "trips", "other")),
    "pensions_and_insurance": Category(
        "fixed",
        "Pensions and insurance",
        ("pension_payments", "life_insurance", "payment_protection", "home_insurance", "health_insurance", "other"),
    ),
    "professional": Category("fixed", "Professional", ("courses", "union_fees", "professional_fees", "other")),
    "other_essential": Category("fixed", "Other essential", ("court_fines", "debts_that_come_first", "other")),
    "communications_and_leisure": Category(
        "flexible",
        "Communications and leisure",
        (
            "mobile_phone",
            "home_phone_and_internet",
            "hobbies_and_outings",
            "gifts",
            "pocket_money",
            "newspapers",
            "other",
        ),
    ),
    "food_and_housekeeping": Category(
        "flexible",
        "Food and housekeeping",
        ("groceries", "nappies_and_baby", "laundry", "house_repairs", "pets", "smoking", "school_meals", "other"),
    ),
    "personal": Category("flexible", "Personal", ("clothing_and_footwear", "hairdressing", "toiletries", "other")),
    "savings": Category("savings", "Savings", ("monthly_saving",)),
}
