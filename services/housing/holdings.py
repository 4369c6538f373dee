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
                title="Your application as homeless", retention="homelessness", left_out=frozenset({"announced"})
            ),
            "homelessness_assessment": Rule(title="What was found", retention="homelessness"),
            "homelessness_decision": Rule(title="Decisions and their letters", retention="homelessness"),
            "homelessness_review": Rule(title="Reviews you asked for", retention="homelessness"),
            "illegal_eviction": Rule(title="Lock-outs we reported", retention="homelessness"),
            "known_duty_to_refer": Rule(given=False),
            # A right to return and what was charged are owed, and argued about, for years.
            "rent": Rule(retention="homelessness", left_out=frozenset({"unsure"})),
            "rent_period": Rule(retention="homelessness"),
            "decant": Rule(retention="homelessness", left_out=frozenset({"home_loss_unsure"})),
            "decant_step": Rule(retention="homelessness"),
        },
    ),
)
