"""What a route may be used for: sets of purposes (kit/contracts/purposes.toml) that go together."""

HELP = frozenset(
    {
        "front_door",
        "universal_support",
        "targeted_support",
        "domestic_abuse",
        "community_safety",
        "leaving_care",
        "work_and_skills",
        "health_and_wellbeing",
        "outreach",
        "partner_referral",
    }
)
DUTY = frozenset({"safeguarding", "statutory_referral", "emergency_response", "duty_to_refer"})
HOME = frozenset({"homelessness", "housing_register", "lettings", "rents", "regeneration"})
MONEY = frozenset({"debt_advice", "benefit_advice", "revenues_recovery_hold", "hardship"})
SUPERVISE = frozenset({"supervision"})
GOVERN = frozenset({"information_governance"})
COMPLAINT = frozenset({"complaints"})
MIGRATION = frozenset({"data_migration"})
OPERATE = frozenset({"system_operations"})
ADMINISTER = frozenset({"administration"})
LINKAGE = frozenset({"data_linkage"})
COUNTING = LINKAGE | frozenset({"research_statistics"})
NOTHING_PERSONAL = frozenset({"public"})
ANY = frozenset({"*"})

REVIEW = SUPERVISE | GOVERN
CASEWORK = HELP | DUTY | HOME | MONEY
LOOK_UP = CASEWORK | REVIEW | COMPLAINT
STORY = CASEWORK | REVIEW
CONTACT = HELP | DUTY | frozenset({"homelessness", "debt_advice", "benefit_advice", "hardship"})
GUARD = frozenset({"safeguarding", "domestic_abuse"}) | SUPERVISE
CONCERN = frozenset({"safeguarding", "domestic_abuse"}) | SUPERVISE
QUEUE = CONTACT | CONCERN
HUB = frozenset({"hub_running"})
REFER = CONTACT | frozenset({"leaving_care", "community_safety"})
TO_PARTNERS = frozenset({"partner_referral"})
DISCHARGE = TO_PARTNERS | frozenset({"health_and_wellbeing", "universal_support", "targeted_support"})
LANDLORD = frozenset({"homelessness", "debt_advice", "universal_support", "targeted_support"})
GRANTS = frozenset({"hardship", "grants_administration", "universal_support", "debt_advice"})
OUTREACH = frozenset({"outreach"})
DEBT = frozenset({"debt_advice"})
BENEFITS = DEBT | frozenset(
    {"benefit_advice", "front_door", "universal_support", "targeted_support", "work_and_skills", "homelessness"}
)
MONEY_WORK = DEBT | frozenset({"benefit_advice", "universal_support", "targeted_support", "homelessness"})
HOLD = frozenset({"revenues_recovery_hold"})
ASK_FOR_HOLD = OUTREACH | DEBT | frozenset({"universal_support", "targeted_support"})
WRITING = LOOK_UP | MIGRATION | ADMINISTER | frozenset({"grants_administration"})
WATCH = MIGRATION | OPERATE | ADMINISTER | SUPERVISE | frozenset({"data_linkage"})
LOADING = MIGRATION | LINKAGE
STATISTICS = frozenset({"research_statistics"})
REGISTER = LOADING | REVIEW | ADMINISTER | STATISTICS | frozenset({"oversight"})
