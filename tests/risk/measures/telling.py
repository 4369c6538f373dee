"""What the services told, made by hand: ids are numbers, so that the same story is the same events."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from services.risk.measures.domain import Log, Told

WARDS: Final = ("E05014053", "E05014054", "E05014055")
_TOLD_AT: Final = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


def number(kind: str, of: int) -> UUID:
    """An id that says what it is of."""
    return UUID(int=(sum(map(ord, kind)) << 64) + of)


def told(kind: str, of: int, person: int | None = None, household: int | None = None, /, **data: Any) -> Told:
    """One aggregate's state."""
    return Told(
        kind,
        number(kind, of),
        number("person", person) if person is not None else None,
        number("household", household) if household is not None else None,
        data,
    )


def log(*all_told: Told) -> Log:
    return Log(all_told)


def contact(of: int, on: str, *needs: str, outcome: str = "resolved", household: int | None = None) -> Told:
    """A contact with needs, all of them decided one way."""
    return told(
        "contact",
        of,
        household,
        household,
        occurred_at=f"{on}T10:00:00Z",
        needs=[{"need_id": f"{of}-{at}", "housing": each == "housing"} for at, each in enumerate(needs)],
        domains=len(set(needs)),
        decisions=[{"stage": "final", "outcome": outcome, "need_ids": []}],
    )


def stay(of: int, entered: str, left: str | None = None, **more: Any) -> Told:
    """A stay in temporary accommodation of household `of`."""
    usual = {
        "entered_on": entered,
        "left_on": left,
        "end_reason": None,
        "out_of_area": False,
        "family": False,
        "bed_and_breakfast": False,
        "breached_on": None,
    }
    return told("placement", of, of, of, **{**usual, **more})


def duty(of: int, started: str, ended: str | None = None, reason: str | None = None, kind: str = "relief") -> Told:
    """A duty owed to household `of`."""
    return told(
        "duty",
        of,
        of,
        of,
        case_id=str(number("case", of)),
        duty=kind,
        started_on=started,
        ended_on=ended,
        end_reason=reason,
    )


class Story:
    """Envelopes of events as the bus carries them, each with its own id, a second after the other."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []

    def tell(
        self, type_: str, about: UUID, data: dict[str, Any], *, sequence: int = 1, at: datetime | None = None
    ) -> None:
        service = type_.partition(".")[0]
        turn = len(self.events) + 1
        self.events.append(
            {
                "specversion": "1.0",
                "id": str(number("event", turn)),
                "source": f"urn:newstart:{service}",
                "type": type_,
                "subject": str(about),
                "time": (at or _TOLD_AT + timedelta(seconds=turn)).isoformat().replace("+00:00", "Z"),
                "actor": "worker-1",
                "purpose": "homelessness",
                "sequence": f"{sequence:020d}",
                "correlationid": str(number("cause", turn)),
                "data": data,
            }
        )

    def duty(self, of: int, started: str, *, ended: str | None = None, person: int | None = None) -> None:
        """A duty that began, and perhaps ended."""
        state = {
            "duty_id": str(number("duty", of)),
            "case_id": str(number("case", of)),
            "person_id": str(number("person", of if person is None else person)),
            "household_id": str(number("household", of)),
            "duty": "relief",
            "section": "s189B",
            "started_on": started,
            "changed_at": f"{started}T10:00:00Z",
        }
        self.tell("housing.duty.started", number("duty", of), state)
        if ended:
            over = {**state, "ended_on": ended, "end_reason": "accommodation_secured"}
            self.tell("housing.duty.ended", number("duty", of), over, sequence=2)

    def applied(self, of: int, on: str, *, taken: str | None = None) -> None:
        """An application at a desk, taken up by housing on a day, or not."""
        who = {"person_id": str(number("person", of)), "household_id": str(number("household", of))}
        application = number("application", of)
        self.tell(
            "triage.homelessness_application.opened",
            application,
            {
                **who,
                "application_id": str(application),
                "contact_id": str(number("contact", of)),
                "made_on": on,
                "how": "said",
                "where_tonight": "family_or_friends",
                "tonight": "ask",
                "opened_at": f"{on}T09:00:00Z",
                "changed_at": f"{on}T09:00:00Z",
            },
        )
        if taken:
            self.tell(
                "housing.approach.made",
                number("case", of),
                {
                    **who,
                    "case_id": str(number("case", of)),
                    "made_on": on,
                    "source": "application",
                    "application_id": str(application),
                    "changed_at": f"{taken}T09:00:00Z",
                },
            )
            self.tell(
                "housing.homelessness_decision.notified",
                number("decision", of),
                {
                    **who,
                    "case_id": str(number("case", of)),
                    "decision_id": str(number("decision", of)),
                    "transition": "relief_owed",
                    "section": "s189B",
                    "made_on": taken,
                    "notified_on": taken,
                    "state": "notified",
                    "changed_at": f"{taken}T09:00:00Z",
                },
            )
