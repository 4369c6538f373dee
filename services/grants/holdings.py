"""What grants holds about somebody, where its tables don't say it all (`kit.store.holdings`)."""

from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule
from services.grants.tables import Base

RIGHTS = Rights(
    "grants",
    Holdings(
        Base.metadata,
        rules={
            "applicant_contact": Rule(title="That we write to you about a group's grants", retention="grants"),
            # By consent: whoever takes it back leaves nothing but a token that says nothing.
            "panel_volunteer": Rule(title="That you put your name forward for a residents' panel", retention="grants"),
            "hardship_payment": Rule(
                title="Hardship payments", retention="grants", left_out=frozenset({"sampled", "check_at"})
            ),
            "panel_seat": Rule(title="Residents' panels you sat on", retention="grants"),
        },
    ),
)
