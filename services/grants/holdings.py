"""What grants holds about somebody, where its tables don't say it all (`kit.store.holdings`)."""

from kit.events.rights import Rights
from kit.store.holdings import Holdings
from services.grants.tables import Base

RIGHTS = Rights("grants", Holdings(Base.metadata))
