"""Plans: that something was agreed or reached, and never what."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer

_HOW: Final = {"face_to_face": ", face to face", "phone": ", by phone"}
_WHOSE: Final = {"theirs": "by them", "ours": "by us", "partners": "by a partner"}


def _agreed(data: Mapping[str, Any]) -> str:
    again = f" anew (version {data['agreed_number']})" if data["agreed_number"] > 1 else ""
    return f"Plan agreed{again}{_HOW.get(data.get('how') or '', '')}"


def _task(became: str) -> Writer:
    return lambda data: f"A task of the plan {became} {_WHOSE.get(data['whose'], '')}".rstrip()


WRITERS: Final[Mapping[str, Writer]] = {
    "plan.agreed": _agreed,
    "goal.achieved": lambda data: "A goal of the plan was reached",
    "goal.reopened": lambda data: "A goal of the plan is open again",
    "task.completed": _task("was done"),
    "task.reopened": lambda data: "A task of the plan is open again",
    "reply.received": lambda data: "Answered us by text message",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "reply.received": ("reply_id", "person_id"),
    "plan.agreed": ("plan_id", "agreed_number", "how", "review_on"),
    **dict.fromkeys(("goal.achieved", "goal.reopened"), ("goal_id", "plan_id", "state", "achieved_on")),
    **dict.fromkeys(("task.completed", "task.reopened"), ("task_id", "plan_id", "whose", "state", "done_on")),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "plan": ("plans/{}", "plan_id"),
    "goal": ("plans/{}", "plan_id"),
    "task": ("plans/{}", "plan_id"),
    "reply": ("replies/{}", "reply_id"),
}
