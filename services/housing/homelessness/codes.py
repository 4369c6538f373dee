"""The words homelessness counts in: the published categories of the statutory return (MHCLG live tables). Pure.

Values are never removed or renamed; the return's own numbers for them are data of `services/housing/returns`.
"""

from enum import StrEnum
from typing import Final


class YesNo(StrEnum):
    """A finding that may still be open."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Homelessness(StrEnum):
    """What s175 says of them."""

    HOMELESS = "homeless"
    THREATENED = "threatened"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class NoticeType(StrEnum):
    """A landlord's notice."""

    S21_LEGACY = "s21_legacy"
    S8 = "s8"
    OTHER = "other"


class Landlord(StrEnum):
    """Whose notice it is."""

    PRIVATE = "private"
    SOCIAL = "social"


class LossReason(StrEnum):
    """Why the last settled home was lost (tables A2P and A2R)."""

    FAMILY_OR_FRIENDS = "family_or_friends_no_longer_willing"
    END_OF_AST = "end_of_private_rented_ast"
    END_OF_PRIVATE_OTHER = "end_of_private_rented_not_ast"
    DOMESTIC_ABUSE = "domestic_abuse"
    RELATIONSHIP_BREAKDOWN = "non_violent_relationship_breakdown"
    END_OF_SOCIAL = "end_of_social_tenancy"
    SUPPORTED_HOUSING = "eviction_from_supported_housing"
    OTHER_VIOLENCE = "other_violence_or_harassment"
    LEFT_INSTITUTION = "left_institution_without_accommodation"
    HOME_OFFICE_ASYLUM = "left_home_office_asylum_accommodation"
    DISABILITY_OR_ILL_HEALTH = "home_no_longer_suitable_ill_health"
    LOSS_OF_PLACEMENT = "loss_of_placement_or_sponsorship"
    OTHER = "other_or_not_known"


class Accommodation(StrEnum):
    """Where they live, lived, or went (tables A4, P2 and R2)."""

    PRIVATE_SELF_CONTAINED = "private_rented_self_contained"
    PRIVATE_HMO = "private_rented_hmo"
    PRIVATE_LODGING = "private_rented_lodging"
    COUNCIL_TENANT = "council_tenant"
    PROVIDER_TENANT = "registered_provider_tenant"
    SUPPORTED_OR_HOSTEL = "supported_housing_or_hostel"
    CUSTODY = "left_custody"
    GENERAL_HOSPITAL = "left_general_hospital"
    PSYCHIATRIC_HOSPITAL = "left_psychiatric_hospital"
    LOOKED_AFTER = "left_looked_after_placement"
    FAMILY = "with_family"
    FRIENDS = "with_friends"
    ROUGH_SLEEPING = "rough_sleeping"
    OWNER_OCCUPIER = "owner_occupier_or_shared_ownership"
    TEMPORARY = "temporary_accommodation"
    STUDENT = "student_accommodation"
    REFUGE = "refuge"
    ASYLUM_SUPPORT = "asylum_support"
    NO_FIXED_ABODE = "no_fixed_abode"
    CARAVAN_OR_BOAT = "caravan_or_houseboat"
    OTHER = "other_or_not_known"


class SupportNeed(StrEnum):
    """What they need help with (table A3)."""

    YOUNG_16_17 = "young_person_16_17"
    YOUNG_18_25 = "young_person_18_25"
    YOUNG_PARENT = "young_parent"
    CARE_LEAVER_18_20 = "care_leaver_18_20"
    CARE_LEAVER_21 = "care_leaver_21_plus"
    PHYSICAL_HEALTH = "physical_ill_health_or_disability"
    MENTAL_HEALTH = "mental_health"
    LEARNING_DISABILITY = "learning_disability"
    SEXUAL_ABUSE = "sexual_abuse_or_exploitation"
    DOMESTIC_ABUSE = "domestic_abuse"
    OTHER_ABUSE = "non_domestic_abuse"
    DRUGS = "drug_dependency"
    ALCOHOL = "alcohol_dependency"
    OFFENDING = "offending"
    REPEAT_HOMELESSNESS = "repeat_homelessness"
    ROUGH_SLEEPING = "rough_sleeping"
    FORMER_ASYLUM_SEEKER = "former_asylum_seeker"
    OLD_AGE = "old_age"
    FORCES = "served_in_hm_forces"
    WORK_AND_EDUCATION = "access_to_education_employment_training"
    BUDGETING = "difficulties_budgeting"
    MODERN_SLAVERY = "victim_of_modern_slavery"


class Cause(StrEnum):
    """Why, beneath the reason: where prevention begins (S9)."""

    RENT_ARREARS = "rent_arrears"
    OTHER_DEBT = "other_debt"
    BENEFIT_PROBLEM = "benefit_problem"
    LOST_JOB_OR_HOURS = "lost_job_or_hours"
    LANDLORD_SELLING = "landlord_selling"
    LANDLORD_DISPUTE = "landlord_dispute"
    DISREPAIR = "disrepair"
    OVERCROWDING = "overcrowding"
    FAMILY_CONFLICT = "family_conflict"
    ABUSE_OR_VIOLENCE = "abuse_or_violence"
    HEALTH = "health"
    ILLEGAL_EVICTION = "illegal_eviction"
    OTHER = "other"


class ActivityKind(StrEnum):
    """What was done to prevent or relieve (tables P3 and R3), and what we count besides."""

    ACCOMMODATION_SECURED = "accommodation_secured"
    HELPED_WITH_PAYMENT = "helped_to_secure_with_payment"
    HELPED_WITHOUT_PAYMENT = "helped_to_secure_without_payment"
    SUPPORTED_HOUSING = "supported_housing_provided"
    FAMILY_NEGOTIATION = "negotiation_to_return_to_family"
    EVICTION_ADVOCACY = "negotiation_or_advocacy_to_prevent_eviction"
    LANDLORD_MEDIATION = "landlord_mediation"
    DEBT_RESTRUCTURED = "debts_restructured"
    HOUSING_PAYMENT = "discretionary_housing_payment"
    SMALL_SUM = "other_financial_payment"
    SUPPORT = "housing_related_support"
    SANCTUARY = "safety_measures_at_home"
    NONE = "no_activity"
    OTHER = "other"


class Role(StrEnum):
    """Who somebody is in a household that applied."""

    MAIN = "main_applicant"
    PARTNER = "partner"
    CHILD = "child"
    OTHER = "other"


class Source(StrEnum):
    """How it came to us."""

    APPLICATION = "application"
    DUTY_TO_REFER = "duty_to_refer"
    OFFICER = "officer"


SECURED: Final = frozenset({"accommodation_secured"})
"""Reasons with which a duty ends in a home: where that is must be said, and only then."""
