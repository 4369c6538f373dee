"""The rules of the timeline: the chain, and how a case fact reads in words. Pure."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

GENESIS: Final = bytes(32)
"""The chain before the first entry."""


def canonical(fact: Mapping[str, Any]) -> str:
    """The one text of a fact: sorted keys, no spaces."""
    return json.dumps(fact, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def digest_of(salt: bytes, payload: str) -> bytes:
    """Binds an entry without revealing it: once salt and payload are erased, nobody can guess its content."""
    return hashlib.sha256(salt + payload.encode()).digest()


def next_link(chain: bytes, digest: bytes) -> bytes:
    """The chain after an entry."""
    return hashlib.sha256(chain + digest).digest()


@dataclass(frozen=True, slots=True)
class Line:
    """How a fact reads on the page."""

    title: str
    record: str
    facts: Mapping[str, Any]


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


def line_of(type_: str, data: Mapping[str, Any]) -> Line:
    """A fact in plain words, with the address of its owner's record and its codes. Total: any type gives a line."""
    service, kind, event = type_.split(".")
    key = f"{kind}.{event}"
    writer = _WRITERS.get(key)
    title = writer(data) if writer else f"{_words(kind).capitalize()} {_words(event)}"
    return Line(title, _record(service, kind, data), _facts(key, data))


_PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "contact": ("contacts/{}", "contact_id"),
    # A need is read with its contact.
    "need": ("contacts/{}", "contact_id"),
    "homelessness_application": ("contacts/{}/homelessness-application", "contact_id"),
    "handover": ("handovers/{}", "handover_id"),
    "everyday_task": ("everyday-tasks/{}", "everyday_task_id"),
    "duty_to_refer": ("duty-to-refer/{}", "duty_to_refer_id"),
    "safeguarding": ("safeguarding-concerns/{}", "concern_id"),
    "person": ("people/{}", "person_id"),
    "household": ("households/{}", "household_id"),
    "case": ("cases/{}", "case_id"),
    "outreach": ("outreach/{}", "offer_id"),
    "recovery_hold": ("recovery-holds/{}", "hold_id"),
    "appointment": ("appointments/{}", "appointment_id"),
    "breathing_space": ("money/breathing-spaces/{}", "breathing_space_id"),
    "referral": ("referrals/{}", "referral_id"),
    "discharge": ("discharge-notices/{}", "discharge_id"),
    "landlord_message": ("landlord-messages/{}", "landlord_message_id"),
    # What risk knows of a household, and every dispute, stands on its profile.
    "risk.household": ("households/{}/profile", "household_id"),
    "risk.factor": ("households/{}/profile", "household_id"),
}


def _record(service: str, kind: str, data: Mapping[str, Any]) -> str:
    """The address of the owner's record; empty for a kind whose address nobody has told us yet."""
    place, id_name = _PLACES.get(f"{service}.{kind}") or _PLACES.get(kind, ("", ""))
    record_id = data.get(id_name)
    return f"/v1/{service}/{place}".format(record_id) if record_id else ""


def _words(code: str | None) -> str:
    return " ".join((code or "").replace("_", " ").split())


def _contact_received(data: Mapping[str, Any]) -> str:
    hub = f" at {_words(data['hub'])}" if data.get("hub") else ""
    needs = ", ".join(sorted({_words(each["domain"]) for each in data.get("needs", ())}))
    return f"Contact: {_CHANNELS.get(data['channel'], 'made contact')}{hub}" + (f" about {needs}" if needs else "")


def _contact_changed(data: Mapping[str, Any]) -> str:
    return "Contact updated"


def _contact_decided(data: Mapping[str, Any]) -> str:
    decision = data["decision"]
    where = decision.get("specialism") or decision.get("statutory_service")
    extra = f": {_words(where)}" if where else ""
    return f"Decision ({_words(decision['stage'])}): {_OUTCOMES.get(decision['outcome'], decision['outcome'])}{extra}"


def _need_recorded(data: Mapping[str, Any]) -> str:
    return f"Need recorded: {_words(data['domain'])}, {_words(data['urgency'])}"


def _concern(state: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        whom = f" about {'an adult' if data['kind'] == 'adult' else 'a child'}" if data["kind"] != "unknown" else ""
        return f"Safeguarding concern{whom} {state}"

    return write


def _case_opened(data: Mapping[str, Any]) -> str:
    return f"Case opened ({_words(data['layer'])})"


def _workstream_added(data: Mapping[str, Any]) -> str:
    last = data["workstreams"][-1] if data.get("workstreams") else {"layer": data["layer"]}
    where = last.get("specialism") or last.get("statutory_service")
    return f"Case widened: {_words(last['layer'])}" + (f", {_words(where)}" if where else "")


def _case_closed(data: Mapping[str, Any]) -> str:
    why = _words(data.get("close_reason"))
    return f"Case closed: {why}" if why else "Case closed"


def _disputed(data: Mapping[str, Any]) -> str:
    # Not which factor: it may tell of what only some may know.
    return f"A factor of One View {_words(data['state']) or 'disputed'}"


# What a call for an offer was, in words that anybody may read; of a cohort nothing is told.
_SIGNALS: Final = {
    "first_missed_council_tax": "a council tax payment was missed",
    "rent_arrears_jump": "rent arrears went up",
}


def _outreach(begins: str, *, why: str = "") -> Any:
    """`why` names the field whose code says why."""

    def write(data: Mapping[str, Any]) -> str:
        reason = _words(data.get(why))
        return f"{begins} ({_words(data['offer'])})" + (f": {reason}" if reason else "")

    return write


def _offered(data: Mapping[str, Any]) -> str:
    signal = _SIGNALS.get(data["kind"])
    return f"Help to be offered ({_words(data['offer'])})" + (f": {signal}" if signal else "")


def _attempted(data: Mapping[str, Any]) -> str:
    said = ", ".join(filter(None, (_words(data.get("last_channel")), _words(data.get("last_outcome")))))
    return f"Tried to reach them with an offer of help, {_words(data['offer'])}" + (f": {said}" if said else "")


def _recovery_hold(state: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        until = data.get("until")
        ends = f" until {_day(until)}" if until and state == "granted" else ""
        return f"Hold on recovery {state}{ends}: {_words(data['creditor'])}"

    return write


_MEETINGS: Final = {"at_hub": "Appointment", "home_visit": "Visit", "phone": "Call"}
_BECAME: Final = {
    "arrived": "they arrived",
    "to_rearrange": "to be arranged anew",
}


def _appointment_booked(data: Mapping[str, Any]) -> str:
    return f"{_MEETINGS.get(data['kind'], 'Appointment')} booked for {_day(data['starts_at'][:10])}"


def _appointment_changed(data: Mapping[str, Any]) -> str:
    # Why one has to be arranged anew is nobody's to read: it may be somebody else's safety.
    became = _BECAME.get(data["state"], _words(data["state"]))
    if data["state"] == "missed":
        became = "somebody looked after them" if data.get("follow_up") else "nobody looked after them in time"
    return f"{_MEETINGS.get(data['kind'], 'Appointment')} of {_day(data['starts_at'][:10])}: {became}"


def _appointment_missed(data: Mapping[str, Any]) -> str:
    why = _words(data.get("missed_because"))
    said = f"{_MEETINGS.get(data['kind'], 'Appointment')} of {_day(data['starts_at'][:10])} missed"
    return said + (f": {why}" if why else "")


def _applied(data: Mapping[str, Any]) -> str:
    tonight = {"house_tonight": ": a roof is owed tonight", "ask": ": tonight is still to be asked"}
    return f"Applied as homeless on {_day(data['made_on'])}{tonight.get(data['tonight'], '')}"


def _handover(became: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        again = ", they had to tell it again" if data.get("retold") else ""
        return f"Handover {became}{again}"

    return write


def _task(became: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        day = data.get("chase_on")
        return f"{_words(data['kind']).capitalize()}: {became}" + (f", to be asked about on {_day(day)}" if day else "")

    return write


def _referred(data: Mapping[str, Any]) -> str:
    # Not by whom: a prison or a psychiatric ward is not for every reader of the page.
    lost = data.get("homeless_on")
    return "Referred by a public body as homeless or threatened with it" + (f", from {_day(lost)}" if lost else "")


def _referral(says: str, *, why: bool = False) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        # Which kind of need would tell of abuse to whoever reads the household's page.
        about = "" if data["domain"] == "domestic_abuse" else f" ({_words(data['domain'])})"
        reason = _words(data.get("reason")) if why else ""
        return f"{says}{about}" + (f": {reason}" if reason else "")

    return write


def _discharge(says: str) -> Any:
    def write(data: Mapping[str, Any]) -> str:
        left = ", ".join(_words(each) for each in data.get("open_checks", ()))
        return says + (f": to be done: {left}" if left else "")

    return write


def _breathing_space(data: Mapping[str, Any]) -> str:
    # Which kind it is would tell of a crisis: those who advise on debt see it in its record.
    last = data.get("ends_on")
    return f"Breathing Space from {_day(data['starts_on'])}" + (f" to {_day(last)}" if last else "")


def _day(text: str) -> str:
    """A day as people write it; `text` is ISO 8601."""
    year, month, day = text.split("-")
    return f"{int(day)} {_MONTHS[int(month) - 1]} {year}"


_MONTHS: Final = ("January February March April May June July August September October November December").split()


_WRITERS: Final[Mapping[str, Any]] = {
    "contact.received": _contact_received,
    "contact.changed": _contact_changed,
    "contact.decided": _contact_decided,
    "need.recorded": _need_recorded,
    "need.met": lambda data: f"Need met: {_words(data['domain'])}",
    "safeguarding.raised": _concern("raised"),
    "safeguarding.acknowledged": _concern("taken by the statutory team"),
    "safeguarding.escalated": _concern("escalated: nobody took it in time"),
    "case.opened": _case_opened,
    "case.workstream_added": _workstream_added,
    "case.allocated": lambda data: "Case given to a worker",
    "case.closed": _case_closed,
    "case.reopened": lambda data: f"Case reopened (episode {data['episode']})",
    "person.registered": lambda data: "Person registered",
    "person.changed": lambda data: "Personal details or household changed",
    "person.merged": lambda data: "Two records found to be one person",
    "person.unmerged": lambda data: "A merge of two records taken back",
    "household.formed": lambda data: "Household formed",
    "household.changed": lambda data: "Household changed",
    "outreach.offered": _offered,
    "outreach.attempted": _attempted,
    "outreach.held": _outreach("Offer of help waits", why="hold_reason"),
    "outreach.resumed": _outreach("Offer of help goes on"),
    "outreach.accepted": _outreach("Offer of help taken up"),
    "outreach.declined": _outreach("Offer of help declined", why="outcome"),
    "outreach.closed": _outreach("Offer of help closed", why="outcome"),
    "recovery_hold.requested": _recovery_hold("asked for"),
    "recovery_hold.granted": _recovery_hold("granted"),
    "recovery_hold.refused": _recovery_hold("refused"),
    "recovery_hold.unanswered": _recovery_hold("not answered in time"),
    "appointment.booked": _appointment_booked,
    "appointment.changed": _appointment_changed,
    "appointment.missed": _appointment_missed,
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
    "referral.requested": _referral("Help asked of a partner"),
    "referral.changed": _referral("What was asked of a partner changed"),
    "referral.received": _referral("The partner has the referral"),
    "referral.accepted": _referral("The partner accepted"),
    "referral.rejected": _referral("The partner could not take it on", why=True),
    "referral.on_hold": _referral("Help of the partner waits", why=True),
    "referral.in_progress": _referral("The partner has begun"),
    "referral.completed": _referral("Help of the partner is done", why=True),
    "referral.failed": _referral("Help of the partner came to nothing", why=True),
    "referral.cancelled": _referral("The referral was withdrawn", why=True),
    "referral.escalated": _referral("The partner was silent: a manager sees to it"),
    "discharge.received": _discharge("Coming home from hospital"),
    "discharge.changed": _discharge("Coming home from hospital"),
    "discharge.overdue": lambda data: "Home from hospital: something due was not done, and a manager sees to it",
    "discharge.settled": lambda data: "Home from hospital: everything is done",
    "discharge.cancelled": lambda data: "A discharge from hospital did not happen",
    "landlord_message.sent": lambda data: f"Landlord written to: {_words(data['kind'])}",
    "breathing_space.started": _breathing_space,
    "breathing_space.changed": _breathing_space,
    "breathing_space.ended": lambda data: (
        "Breathing Space cancelled" if data["state"] == "cancelled" else "Breathing Space ended"
    ),
    "household.profile_changed": lambda data: "What One View knows of the household changed",
    "factor.disputed": _disputed,
}

_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "contact.received": ("contact_id", "channel", "hub", "stage", "urgency"),
    "contact.changed": ("contact_id", "stage", "urgency", "state"),
    "contact.decided": ("contact_id", "decision"),
    "need.recorded": ("need_id", "contact_id", "domain", "kind", "urgency", "status"),
    "need.met": ("need_id", "contact_id", "domain", "kind", "status"),
    "case.opened": ("case_id", "layer", "decision_ids", "episode"),
    "case.workstream_added": ("case_id", "layer", "decision_ids", "workstreams"),
    "case.allocated": ("case_id", "account_manager", "lead"),
    "case.closed": ("case_id", "close_reason", "closed_at"),
    "case.reopened": ("case_id", "episode"),
    **dict.fromkeys(
        (
            f"outreach.{event}"
            for event in ("offered", "attempted", "held", "resumed", "accepted", "declined", "closed")
        ),
        ("offer_id", "status", "attempts", "held_until"),
    ),
    **dict.fromkeys(
        (f"recovery_hold.{event}" for event in ("requested", "granted", "refused", "unanswered")),
        ("hold_id", "creditor", "state", "until"),
    ),
    **dict.fromkeys(
        (f"appointment.{event}" for event in ("booked", "changed", "missed")),
        ("appointment_id", "kind", "hub", "starts_at", "state"),
    ),
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
    # Without its kind.
    **dict.fromkeys(
        (f"breathing_space.{event}" for event in ("started", "changed", "ended")),
        ("breathing_space_id", "state", "starts_on", "ends_on"),
    ),
}


def _facts(key: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    shown = _SHOWN.get(key)
    return {name: data[name] for name in shown if name in data} if shown else {}
