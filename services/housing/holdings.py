"""What housing holds about somebody, where its tables don't say it all (`kit.store.holdings`)."""

from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule
from services.housing.tables import Base

RIGHTS = Rights(
    "housing",
    Holdings(
        Base.metadata,
        rules={
            # A duty that was owed is argued about, and counted back to, for years.
            **dict.fromkeys(
                (
                    "homelessness_member",
                    "homelessness_duty",
                    "homelessness_activity",
                    "housing_plan",
                    "housing_plan_step",
                ),
                Rule(retention="homelessness"),
            ),
            "homelessness_case": Rule(
                title="Your application as homeless",
                retention="homelessness",
                left_out=frozenset({"announced", "told_by"}),
            ),
            "homelessness_assessment": Rule(title="What was found", retention="homelessness"),
            "homelessness_decision": Rule(title="Decisions and their letters", retention="homelessness"),
            "homelessness_review": Rule(title="Reviews you asked for", retention="homelessness"),
            "illegal_eviction": Rule(title="Lock-outs we reported", retention="homelessness"),
            # The token of a bid is public, its receipt theirs alone; both are told to them.
            "bid": Rule(title="Homes you bid for", retention="homelessness"),
            # Digests: whoever held them could do nothing with them, and nobody could read them.
            "bidding_code": Rule(
                title="That you have a code to bid with", retention="homelessness", left_out=frozenset({"mark"})
            ),
            "bidding_pass": Rule(
                title="When you were signed in to bid", retention="homelessness", left_out=frozenset({"mark"})
            ),
            "auto_bid": Rule(title="That we bid for you", retention="homelessness"),
            "shortlist_line": Rule(title="Your places on shortlists", retention="homelessness"),
            "offer": Rule(title="Homes you were offered", retention="homelessness"),
            "offer_step": Rule(title="What became of offers to you", retention="homelessness"),
            "letting": Rule(title="Your tenancy", retention="homelessness"),
            "core_log": Rule(title="What you told us for government's count of lettings", retention="homelessness"),
            # Where somebody stayed counts towards six weeks and local connection for years.
            "placement": Rule(title="Where you stayed", retention="homelessness", left_out=frozenset({"past_from"})),
            "placement_rate": Rule(title="What your stays cost", retention="homelessness"),
            "placement_alarm": Rule(title="How long you were in bed and breakfast", retention="homelessness"),
            "placement_notice": Rule(title="Whom we told of your stay", retention="homelessness"),
            "street_stay": Rule(title="Your way off the street", retention="homelessness"),
            "street_night": Rule(title="When we met you", retention="homelessness"),
            "bed_offer": Rule(title="Beds we held for you", retention="homelessness"),
            # A right to return and what was charged are owed, and argued about, for years.
            "rent": Rule(retention="homelessness", left_out=frozenset({"unsure"})),
            "rent_period": Rule(retention="homelessness"),
            "decant": Rule(retention="homelessness", left_out=frozenset({"home_loss_unsure"})),
            "decant_step": Rule(retention="homelessness"),
            # Of whom the officer who took it might not know is that officer's matter, and nobody else's to read.
            "register_application": Rule(
                title="Your application for a home",
                retention="homelessness",
                left_out=frozenset({"blind_by", "unknown_ids"}),
            ),
            "register_member": Rule(title="Who is to live with you", retention="homelessness"),
            "register_band_stay": Rule(title="The bands you were in", retention="homelessness"),
            "register_decision": Rule(title="Decisions on your application for a home", retention="homelessness"),
            "register_review": Rule(title="Decisions looked at again", retention="homelessness"),
            # Whoever checks a package reads of somebody's health only if that is theirs to read.
            "medical_assessment": Rule(title="Your medical assessments", part="health", retention="homelessness"),
        },
    ),
)
