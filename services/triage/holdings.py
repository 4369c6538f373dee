"""What triage holds about somebody, where its tables don't say it all (`kit.store.holdings`)."""

from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule
from services.triage.tables import Base

_SAFEGUARDING = Rule(part="safeguarding", retention="safeguarding")

RIGHTS = Rights(
    "triage",
    Holdings(
        Base.metadata,
        rules={
            "contact": Rule(title="What you told us at the front door", left_out=frozenset({"stage"})),
            "need": Rule(title="What you needed"),
            "decision": Rule(title="What was decided"),
            "safeguarding_concern": _SAFEGUARDING,
            "immigration_answer": Rule(title="What you said about your right to help", part="immigration"),
            "no_recourse_route": Rule(part="immigration"),
            # How somebody is met safely tells of the danger they are thought to be.
            "meeting_plan": Rule(part="safeguarding"),
            "objection": Rule(title="What you objected to", retention="rights_request"),
            "lone_visit": Rule(title="Visits to you", part="safeguarding"),
            "queue_entry": Rule(title="Your place in our work list", given=False),
            "landlord_message": Rule(title="Letters to your landlord"),
        },
    ),
)
