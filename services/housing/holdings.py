"""What housing holds about somebody, where its tables don't say it all (`kit.store.holdings`)."""

from kit.events.rights import Rights
from kit.store.holdings import Holdings, Rule
from services.housing.tables import Base

RIGHTS = Rights(
    "housing",
    Holdings(
        Base.metadata,
        rules={
            # A right to return and what was charged are owed, and argued about, for years.
            "rent": Rule(retention="homelessness", left_out=frozenset({"unsure"})),
            "rent_period": Rule(retention="homelessness"),
            "decant": Rule(retention="homelessness", left_out=frozenset({"home_loss_unsure"})),
            "decant_step": Rule(retention="homelessness"),
        },
    ),
)
