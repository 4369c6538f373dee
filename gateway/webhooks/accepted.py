"""What partners' systems may tell us, and to which ordinary route each is carried. There is no other way in.

A message's `type` chooses the route, its `data` is the route's own body (the id it is about apart). Its owner says what
is right and wrong with it, as to anybody who asks at the door.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.routes.referrals import ANSWER_CAPACITY, MOVE_REFERRAL


@dataclass(frozen=True, slots=True)
class Accepted:
    """One type: `about` is the field of `data` that stands in the path."""

    summary: str
    path: str
    purpose: str
    about: str | None = None


TYPES: Final[Mapping[str, Accepted]] = {
    "referral.answered": Accepted("An answer to a referral", MOVE_REFERRAL, "partner_referral", "referral_id"),
    "capacity.answered": Accepted("Whether you could help", ANSWER_CAPACITY, "partner_referral", "question_id"),
    "discharge.notified": Accepted(
        "Somebody comes home from hospital", "/v1/triage/discharge-notices", "partner_referral"
    ),
    "duty_to_refer.sent": Accepted(
        "Somebody is homeless or may become it (Housing Act 1996 s213B)", "/v1/triage/duty-to-refer", "duty_to_refer"
    ),
}


class NotAccepted(Exception):
    """It can never be carried, however often it is tried; `problem` is a word for the console."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Command:
    """Where it goes, and what is sent there."""

    path: str
    purpose: str
    body: bytes


def command_of(body: bytes) -> Command:
    """What a message asks for. Raises NotAccepted."""
    try:
        message = json.loads(body)
    except ValueError:
        raise NotAccepted("not_json") from None
    if not isinstance(message, dict) or not isinstance(data := message.get("data"), dict):
        raise NotAccepted("no_data")
    accepted = TYPES.get(message["type"]) if isinstance(message.get("type"), str) else None
    if accepted is None:
        raise NotAccepted("type_not_accepted")
    path, rest = accepted.path, dict[str, Any](data)
    if accepted.about is not None:
        try:
            about = UUID(str(rest.pop(accepted.about, "")))
        except ValueError:
            raise NotAccepted(f"{accepted.about}_missing") from None
        path = path.replace(f"{{{accepted.about}}}", str(about))
    return Command(path, accepted.purpose, json.dumps(rest).encode())
