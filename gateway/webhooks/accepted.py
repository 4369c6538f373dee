"""What partners' systems may tell us, and to which ordinary route each is carried. There is no other way in.

A message's `type` chooses the route, its `data` is the route's own body (the id it is about apart). Its owner says what
is right and wrong with it, as to anybody who asks at the door. Whose systems feed which source of One View is said here
(`WebhookSource.supplies`): a source's own register knows nothing of who holds which key.
"""

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from gateway.routes.referrals import ANSWER_CAPACITY, MOVE_REFERRAL
from gateway.routes.risk import TAKE_RECORD

PARTNER: Final = "partner"
FEED: Final = "source_feed"
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,63}\Z")


@dataclass(frozen=True, slots=True)
class Accepted:
    """One type: `about` is the field of `data` that stands in the path, an id; of a feed, the code of the source."""

    summary: str
    path: str
    purpose: str
    about: str | None = None
    role: str = PARTNER


TYPES: Final[Mapping[str, Accepted]] = {
    "referral.answered": Accepted("An answer to a referral", MOVE_REFERRAL, "partner_referral", "referral_id"),
    "capacity.answered": Accepted("Whether you could help", ANSWER_CAPACITY, "partner_referral", "question_id"),
    "discharge.notified": Accepted(
        "Somebody comes home from hospital", "/v1/triage/discharge-notices", "partner_referral"
    ),
    "duty_to_refer.sent": Accepted(
        "Somebody is homeless or may become it (Housing Act 1996 s213B)", "/v1/triage/duty-to-refer", "duty_to_refer"
    ),
    "source.recorded": Accepted(
        "One record of a source of One View, with its facts", TAKE_RECORD, "data_linkage", "code", FEED
    ),
}


class NotAccepted(Exception):
    """It can never be carried, however often it is tried; `problem` is a word for the console."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Command:
    """Where it goes, what is sent there, and as whom."""

    path: str
    purpose: str
    body: bytes
    role: str = PARTNER


def command_of(body: bytes, supplies: Collection[str] = ()) -> Command:
    """What a message asks for; `supplies`: the sources that its sender may feed. Raises NotAccepted."""
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
        about = _about(accepted, str(rest.pop(accepted.about, "")))
        if accepted.role == FEED and about not in supplies:
            raise NotAccepted("source_not_yours")
        path = path.replace(f"{{{accepted.about}}}", about)
    return Command(path, accepted.purpose, json.dumps(rest).encode(), accepted.role)


def _about(accepted: Accepted, text: str) -> str:
    """What stands in the path: nothing but an id or a code ever does."""
    if accepted.role == FEED:
        if _CODE.match(text):
            return text
    else:
        try:
            return str(UUID(text))
        except ValueError:
            pass
    raise NotAccepted(f"{accepted.about}_missing")
