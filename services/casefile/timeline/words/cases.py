"""A household's case."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import Writer, words


def _case_opened(data: Mapping[str, Any]) -> str:
    return f"Case opened ({words(data['layer'])})"


def _workstream_added(data: Mapping[str, Any]) -> str:
    last = data["workstreams"][-1] if data.get("workstreams") else {"layer": data["layer"]}
    where = last.get("specialism") or last.get("statutory_service")
    return f"Case widened: {words(last['layer'])}" + (f", {words(where)}" if where else "")


def _case_closed(data: Mapping[str, Any]) -> str:
    why = words(data.get("close_reason"))
    return f"Case closed: {why}" if why else "Case closed"


WRITERS: Final[Mapping[str, Writer]] = {
    "case.opened": _case_opened,
    "case.workstream_added": _workstream_added,
    "case.allocated": lambda data: "Case given to a worker",
    "case.closed": _case_closed,
    "case.reopened": lambda data: f"Case reopened (episode {data['episode']})",
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "case.opened": ("case_id", "layer", "decision_ids", "episode"),
    "case.workstream_added": ("case_id", "layer", "decision_ids", "workstreams"),
    "case.allocated": ("case_id", "account_manager", "lead"),
    "case.closed": ("case_id", "close_reason", "closed_at"),
    "case.reopened": ("case_id", "episode"),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "case": ("cases/{}", "case_id"),
}
