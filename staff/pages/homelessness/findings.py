"""What may be found of a household that applied, in words; the codes are the statutory return's (housing's codes)."""

from typing import Final

from staff.pages.contacts.choices import choices

YES_NO: Final = choices([("yes", "Yes"), ("no", "No"), ("unknown", "Not known yet")])
HOMELESSNESS: Final = choices(
    [
        ("homeless", "Homeless"),
        ("threatened", "Threatened with homelessness within 56 days"),
        ("neither", "Neither"),
        ("unknown", "Not known yet"),
    ]
)
LOSS: Final = choices(
    [
        ("family_or_friends_no_longer_willing", "Family or friends no longer willing"),
        ("end_of_private_rented_ast", "End of a private tenancy (assured shorthold)"),
        ("end_of_private_rented_not_ast", "End of another private tenancy"),
        ("domestic_abuse", "Domestic abuse"),
        ("non_violent_relationship_breakdown", "A relationship ended"),
        ("end_of_social_tenancy", "End of a social tenancy"),
        ("eviction_from_supported_housing", "Eviction from supported housing"),
        ("other_violence_or_harassment", "Other violence or harassment"),
        ("left_institution_without_accommodation", "Left an institution with nowhere to go"),
        ("left_home_office_asylum_accommodation", "Left Home Office accommodation"),
        ("home_no_longer_suitable_ill_health", "The home no longer suits their health"),
        ("loss_of_placement_or_sponsorship", "Lost a placement or sponsor"),
        ("other_or_not_known", "Another reason, or not known"),
    ]
)
LIVING: Final = choices(
    [
        ("private_rented_self_contained", "Private rented home"),
        ("private_rented_hmo", "Room in a shared private house"),
        ("private_rented_lodging", "Lodging"),
        ("council_tenant", "Council home"),
        ("registered_provider_tenant", "Housing association home"),
        ("supported_housing_or_hostel", "Supported housing or hostel"),
        ("with_family", "With family"),
        ("with_friends", "With friends"),
        ("rough_sleeping", "Sleeping rough"),
        ("owner_occupier_or_shared_ownership", "Own home"),
        ("temporary_accommodation", "Temporary accommodation"),
        ("student_accommodation", "Student accommodation"),
        ("refuge", "Refuge"),
        ("asylum_support", "Asylum support"),
        ("no_fixed_abode", "No fixed abode"),
        ("caravan_or_houseboat", "Caravan or houseboat"),
        ("left_custody", "Custody"),
        ("left_general_hospital", "General hospital"),
        ("left_psychiatric_hospital", "Psychiatric hospital"),
        ("left_looked_after_placement", "A placement in care"),
        ("other_or_not_known", "Another, or not known"),
    ]
)
CAUSES: Final = choices(
    [
        ("rent_arrears", "Rent arrears"),
        ("other_debt", "Other debt"),
        ("benefit_problem", "A problem with benefits"),
        ("lost_job_or_hours", "Lost work or hours"),
        ("landlord_selling", "The landlord is selling"),
        ("landlord_dispute", "A dispute with the landlord"),
        ("disrepair", "Disrepair"),
        ("overcrowding", "Overcrowding"),
        ("family_conflict", "Conflict in the family"),
        ("abuse_or_violence", "Abuse or violence"),
        ("health", "Health"),
        ("illegal_eviction", "Illegal eviction"),
        ("other", "Something else"),
    ]
)
ACTIVITIES: Final = choices(
    [
        ("landlord_mediation", "Mediation with the landlord"),
        ("negotiation_or_advocacy_to_prevent_eviction", "Advocacy to stop an eviction"),
        ("debts_restructured", "Debts put in order"),
        ("discretionary_housing_payment", "Discretionary housing payment"),
        ("other_financial_payment", "A small sum that keeps the home"),
        ("negotiation_to_return_to_family", "Talking with family or friends"),
        ("housing_related_support", "Support to keep a home"),
        ("safety_measures_at_home", "Safety measures at home"),
        ("helped_to_secure_with_payment", "Help to find a home, with a payment"),
        ("helped_to_secure_without_payment", "Help to find a home"),
        ("supported_housing_provided", "Supported housing"),
        ("accommodation_secured", "A home secured by us"),
        ("other", "Something else"),
    ]
)
ENDINGS: Final = choices(
    [
        ("home_kept", "They keep their home"),
        ("home_found", "They have a home"),
        ("time_won", "It won time"),
        ("no_change", "Nothing changed"),
        ("worse", "It got worse"),
    ]
)
FUNDS: Final = choices(
    [
        ("crisis_and_resilience_fund", "Crisis and Resilience Fund"),
        ("homelessness_prevention_grant", "Homelessness Prevention Grant"),
        ("discretionary_housing_payment", "Discretionary housing payment"),
        ("charity", "A charity"),
        ("other", "Another fund"),
    ]
)
WORDS: Final = {
    each["value"]: each["text"]
    for every in (HOMELESSNESS, LOSS, LIVING, CAUSES, ACTIVITIES, ENDINGS, FUNDS)
    for each in every
}
