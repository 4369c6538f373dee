"""A household's case, and the steps up to statutory teams and down from them."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import PartOf, Writer, words

# Work against abuse goes on in the open case, but the page does not say so: others of the household may be read it.
_UNSAID: Final = frozenset({"domestic_abuse"})


def _case_opened(data: Mapping[str, Any]) -> str:
    return f"Case opened ({words(data['layer'])})"


def _workstream_added(data: Mapping[str, Any]) -> str:
    last = data["workstreams"][-1] if data.get("workstreams") else {"layer": data["layer"]}
    where = last.get("specialism") or last.get("statutory_service")
    return f"Case widened: {words(last['layer'])}" + (f", {words(where)}" if where and where not in _UNSAID else "")


def _case_closed(data: Mapping[str, Any]) -> str:
    why = words(data.get("close_reason"))
    return f"Case closed: {why}" if why else "Case closed"


def _step(became: str) -> Writer:
    def write(data: Mapping[str, Any]) -> str:
        way = "up to" if data["direction"] == "up" else "down from"
        return f"Step {way} {words(data['statutory_service'])} {became}"

    return write


_CASE: Final[Mapping[str, Writer]] = {
    "opened": _case_opened,
    "workstream_added": _workstream_added,
    "allocated": lambda data: "Case given to a worker",
    "closed": _case_closed,
    "reopened": lambda data: f"Case reopened (episode {data['episode']})",
}
_CASE_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "opened": ("case_id", "layer", "decision_ids", "episode"),
    "workstream_added": ("case_id", "layer", "decision_ids"),
    "allocated": ("case_id", "account_manager", "lead"),
    "closed": ("case_id", "close_reason", "closed_at"),
    "reopened": ("case_id", "episode"),
}
_STEPS: Final[Mapping[str, Writer]] = {
    "step.offered": _step("offered: whoever helps now goes on until it is accepted"),
    "step.accepted": _step("accepted by name"),
    "step.declined": _step("declined: whoever helps now goes on"),
    "step.withdrawn": _step("withdrawn: whoever helps now goes on"),
    "step.lapsed": _step("lapsed: whoever helps now goes on"),
    "step.escalated": _step("not answered in time: a manager sees to it"),
}
# Sealed work reads alike, on the lines of those who may open its part.
_BOTH: Final = ("case", "sealed_case")

WRITERS: Final[Mapping[str, Writer]] = {
    **{f"{kind}.{event}": writer for kind in _BOTH for event, writer in _CASE.items()},
    **_STEPS,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    **{f"{kind}.{event}": names for kind in _BOTH for event, names in _CASE_SHOWN.items()},
    **dict.fromkeys(_STEPS, ("step_id", "case_id", "direction", "statutory_service", "state", "accepted_by")),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "case": ("cases/{}", "case_id"),
    "sealed_case": ("cases/{}", "case_id"),
    "step": ("steps/{}", "step_id"),
}
PARTS: Final[Mapping[str, PartOf]] = dict.fromkeys(
    (*(f"sealed_case.{event}" for event in _CASE), *_STEPS), lambda data: data.get("compartment")
)
