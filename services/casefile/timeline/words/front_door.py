"""The first conversation, and what follows on the same day."""

from collections.abc import Mapping
from typing import Any, Final

from services.casefile.timeline.words.plain import SEALED_TOPICS, PartOf, Writer, day, sealed_by, words

_OUTCOMES: Final = {
    "resolved": "solved there and then",
    "advice_only": "advice given",
    "no_further_action": "no further action",
    "universal": "an account manager will work through it (universal)",
    "targeted": "targeted support",
    "statutory": "statutory service",
    "partner": "a partner organisation",
}
_CHANNELS: Final = {
    "walk_in": "walked in",
    "phone": "phoned",
    "web": "wrote by web form",
    "partner": "came through a partner",
    "duty_to_refer": "was referred by a public body",
    "outreach": "answered an offer of help",
}


def _contact_received(data: Mapping[str, Any]) -> str:
    hub = f" at {words(data['hub'])}" if data.get("hub") else ""
    # A sealed topic is not named to whoever reads the page.
    told = {each["domain"] for each in data.get("needs", ())} - set(SEALED_TOPICS)
    needs = ", ".join(sorted(words(each) for each in told))
    return f"Contact: {_CHANNELS.get(data['channel'], 'made contact')}{hub}" + (f" about {needs}" if needs else "")


def _contact_changed(data: Mapping[str, Any]) -> str:
    return "Contact updated"


def _contact_decided(data: Mapping[str, Any]) -> str:
    decision = data["decision"]
    where = decision.get("specialism") or decision.get("statutory_service")
    extra = f": {words(where)}" if where else ""
    return f"Decision ({words(decision['stage'])}): {_OUTCOMES.get(decision['outcome'], decision['outcome'])}{extra}"


def _need_recorded(data: Mapping[str, Any]) -> str:
    return f"Need recorded: {words(data['domain'])}, {words(data['urgency'])}"


def _concern(state: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        whom = f" about {'an adult' if data['kind'] == 'adult' else 'a child'}" if data["kind"] != "unknown" else ""
        return f"Safeguarding concern{whom} {state}"

    return write


def _applied(data: Mapping[str, Any]) -> str:
    tonight = {"house_tonight": ": a roof is owed tonight", "ask": ": tonight is still to be asked"}
    return f"Applied as homeless on {day(data['made_on'])}{tonight.get(data['tonight'], '')}"


def _handover(became: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        again = ", they had to tell it again" if data.get("retold") else ""
        return f"Handover {became}{again}"

    return write


def _task(became: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        chased = data.get("chase_on")
        asked = f", to be asked about on {day(chased)}" if chased else ""
        return f"{words(data['kind']).capitalize()}: {became}{asked}"

    return write


def _referred(data: Mapping[str, Any]) -> str:
    # Not by whom: a prison or a psychiatric ward is not for every reader of the page.
    lost = data.get("homeless_on")
    return "Referred by a public body as homeless or threatened with it" + (f", from {day(lost)}" if lost else "")


WRITERS: Final[Mapping[str, Writer]] = {
    "contact.received": _contact_received,
    "contact.changed": _contact_changed,
    "contact.decided": _contact_decided,
    "need.recorded": _need_recorded,
    "need.met": lambda data: f"Need met: {words(data['domain'])}",
    "safeguarding.raised": _concern("raised"),
    "safeguarding.acknowledged": _concern("taken by the statutory team"),
    "safeguarding.escalated": _concern("escalated: nobody took it in time"),
    "homelessness_application.opened": _applied,
    "handover.offered": _handover("offered: the sender goes on helping until it is accepted"),
    "handover.accepted": _handover("accepted by name"),
    "handover.declined": _handover("declined: the sender goes on helping"),
    "handover.withdrawn": _handover("withdrawn: the sender goes on helping"),
    "handover.lapsed": _handover("lapsed: the sender goes on helping"),
    "handover.escalated": _handover("not answered in time and gone to a manager"),
    "everyday_task.booked": _task("booked"),
    "everyday_task.changed": _task("booked"),
    "everyday_task.done": _task("done"),
    "everyday_task.due": _task("not done yet, somebody asks"),
    "everyday_task.chased": _task("the team was asked"),
    "everyday_task.not_done": _task("not done"),
    "duty_to_refer.received": _referred,
    "duty_to_refer.matched": _referred,
}
SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "contact.received": ("contact_id", "channel", "hub", "stage", "urgency"),
    "contact.changed": ("contact_id", "stage", "urgency", "state"),
    "contact.decided": ("contact_id", "decision"),
    "need.recorded": ("need_id", "contact_id", "domain", "kind", "urgency", "status"),
    "need.met": ("need_id", "contact_id", "domain", "kind", "status"),
    "homelessness_application.opened": ("application_id", "contact_id", "made_on", "tonight"),
    **dict.fromkeys(
        (f"handover.{event}" for event in ("offered", "accepted", "declined", "withdrawn", "lapsed", "escalated")),
        ("handover_id", "contact_id", "state", "resident", "retold"),
    ),
    **dict.fromkeys(
        (f"everyday_task.{event}" for event in ("booked", "changed", "done", "due", "chased", "not_done")),
        ("everyday_task_id", "contact_id", "kind", "state", "chase_on"),
    ),
    **dict.fromkeys(
        (f"duty_to_refer.{event}" for event in ("received", "matched")),
        ("duty_to_refer_id", "contact_id", "reason", "homeless_on"),
    ),
}
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "contact": ("contacts/{}", "contact_id"),
    "need": ("contacts/{}", "contact_id"),
    "homelessness_application": ("contacts/{}/homelessness-application", "contact_id"),
    "handover": ("handovers/{}", "handover_id"),
    "everyday_task": ("everyday-tasks/{}", "everyday_task_id"),
    "duty_to_refer": ("duty-to-refer/{}", "duty_to_refer_id"),
    "safeguarding": ("safeguarding-concerns/{}", "concern_id"),
}
PARTS: Final[Mapping[str, PartOf]] = {
    "contact.decided": lambda data: SEALED_TOPICS.get(data["decision"].get("specialism") or ""),
    "need.recorded": sealed_by("domain"),
    "need.met": sealed_by("domain"),
}
