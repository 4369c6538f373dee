"""The business clock of a test: here, and for whatever follows its row."""

from datetime import datetime, timedelta
from uuid import uuid4

from kit import clock
from tests.grants.doors import Grants


def stand_at(grants: Grants, moment: datetime) -> None:
    """It is that moment now."""
    seconds = int((moment - clock.now()).total_seconds())
    grants.stored.execute("delete from business_clock")
    grants.stored.execute(
        "insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)", [uuid4(), seconds]
    )
    clock.set_offset(timedelta(seconds=seconds))
