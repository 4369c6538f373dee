"""Housing as a caller and as the bus see it (`tests/service_doors.py`), and what its tests do besides."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from kit import clock
from kit.store import business_clock
from services.housing.app import SERVICE
from tests.service_doors import ServiceDoors


@dataclass
class Housing(ServiceDoors):
    """Housing under test; an officer of the register usually asks."""

    service = SERVICE
    actor = "officer-1"
    purpose = "housing_register"
    roles = ("housing_officer",)

    def know(
        self,
        person_id: UUID | str,
        *households: UUID | str,
        restricted: bool = False,
        barred: Iterable[str] = (),
        merged_into: UUID | str | None = None,
    ) -> None:
        """What casefile's events would have told housing of a person, and of the households they belong to."""
        since = "2020-01-01"
        there = [{"household_id": str(each), "from": since, "to": None} for each in households]
        self.stored.execute(
            "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers,"
            " merged_into) values (%s, 1, %s, %s, '{}', %s, %s) on conflict (id) do update set"
            " restricted = excluded.restricted, barred_workers = excluded.barred_workers,"
            " merged_into = excluded.merged_into",
            [str(person_id), json.dumps(there), restricted, list(barred), merged_into and str(merged_into)],
        )
        for each in households:
            member = json.dumps([{"person_id": str(person_id), "from": since, "to": None}])
            self.stored.execute(
                "insert into known_household (id, sequence, members) values (%s, 1, %s)"
                " on conflict (id) do update set members = known_household.members || excluded.members",
                [str(each), member],
            )

    def looks(self) -> list[tuple[str, str, list[UUID]]]:
        """What the record of access says: action, record, people."""
        rows = self.stored.rows("select action, record, person_ids from audit_entry order by id")
        return [(row["action"], row["record"], row["person_ids"]) for row in rows]

    def on(self, day: date, at: time = time(12)) -> None:
        """The business clock stands at that time of that day (noon), here and for whoever follows its row."""
        offset = datetime.combine(day, at, clock.LONDON) - clock.now()
        # In one statement: whoever follows the row must not find none, and with it the real time, in between.
        self.stored.execute(
            "with before as (delete from business_clock)"
            " insert into business_clock (id, sequence, offset_seconds) values (%s, 1, %s)",
            [uuid4(), int(offset.total_seconds())],
        )
        clock.set_offset(timedelta(seconds=int(offset.total_seconds())))

    async def ring(self) -> int:
        """Fire every alarm that is due; how many."""
        # Whoever follows the clock's row may just have put back what it read before `on`.
        await business_clock.load(self.database)
        return await super().ring()
