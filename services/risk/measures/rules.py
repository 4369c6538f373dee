"""What each measure counts, as functions over the log. Pure.

Each yields items with their day; whether an item is so (`yes`) is what a share asks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from kit.clock import months_after
from services.risk.measures.domain import Item, Log, Quarter, Told

Rule = Callable[[Log, Quarter], Iterable[Item]]

DAYS_TO_BE_TAKEN: Final = 14
"""Within so many days an application must have become a case in housing; else it was not taken."""
BACK_WITHIN_MONTHS: Final = 6
BACK_AT_THE_DOOR_MONTHS: Final = 3
DUTIES: Final = frozenset({"prevention", "relief", "main"})
ENDED_WELL: Final = "accommodation_secured"
SENT_AWAY: Final = frozenset({"advice_only", "no_further_action"})


def _item(told: Told, on: date, yes: bool = True, person_counts: bool = False) -> Item:
    whose = told.alone if person_counts else told.whose
    return Item(whose, on, yes, told.person, told.household)


def duties_owed(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households to whom a prevention, relief or main duty began to be owed."""
    for each in log.of("duty"):
        started = each.day("started_on")
        if each.data["duty"] in DUTIES and started is not None and quarter.has(started):
            yield _item(each, started)


def homelessness_ended(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Prevention and relief duties that ended; whether with a home."""
    for each in log.of("duty"):
        ended = each.day("ended_on")
        if each.data["duty"] in {"prevention", "relief"} and ended is not None and quarter.has(ended):
            yield _item(each, ended, each.data.get("end_reason") == ENDED_WELL)


def applications_not_taken(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Applications as homeless at any desk; whether two weeks later there was neither a duty nor a decision.

    Also contacts about housing that ended in advice or in nothing without an application: what was turned away at the
    desk is what this measure looks for.
    """
    answered = _answered(log)
    cases: dict[str, str] = {}
    for case in log.of("approach"):
        if case.data.get("application_id"):
            cases[case.data["application_id"]] = f"case:{case.data['case_id']}"
    applied = {each.data["contact_id"] for each in log.of("application")}
    for each in log.of("application"):
        made = each.day("made_on")
        if made is not None and quarter.has(made):
            until = made + timedelta(days=DAYS_TO_BE_TAKEN)
            keys = {each.whose, cases.get(str(each.data["application_id"]), each.whose)}
            spans = [span for key in sorted(keys) for span in answered.get(key, ())]
            # A duty that was owed to them already is an answer too.
            taken = any(since <= until and (ended is None or ended >= made) for since, ended in spans)
            yield _item(each, made, not taken)
    for each in log.of("contact"):
        on = each.day("occurred_at")
        if on is None or not quarter.has(on) or str(each.id) in applied:
            continue
        housing = {need["need_id"] for need in each.data["needs"] if need["housing"]}
        away = {
            need
            for decision in each.data["decisions"]
            if decision["stage"] == "final" and decision["outcome"] in SENT_AWAY
            for need in decision["need_ids"] or sorted(housing)
        }
        if housing & away:
            yield _item(each, on)


def _answered(log: Log) -> dict[str, list[tuple[date, date | None]]]:
    """By household and by case: from when to when a duty was owed, and the days on which they were told a decision."""
    found: dict[str, list[tuple[date, date | None]]] = {}
    for kind, since, until in (("duty", "started_on", "ended_on"), ("decision", "notified_on", "notified_on")):
        for each in log.of(kind):
            first = each.day(since)
            if first is not None:
                for key in (each.whose, f"case:{each.data['case_id']}"):
                    found.setdefault(key, []).append((first, each.day(until)))
    return found


def back_within_six_months(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households that applied as homeless; whether they had applied, or had a duty end, in the half year before."""
    before: dict[str, list[tuple[date, UUID]]] = {}
    for each in log.of("approach"):
        made = each.day("made_on")
        if made is not None:
            before.setdefault(each.whose, []).append((made, each.id))
    ended: dict[str, list[date]] = {}
    for each in log.of("duty"):
        on = each.day("ended_on")
        if on is not None:
            ended.setdefault(each.whose, []).append(on)
    for each in log.of("approach"):
        made = each.day("made_on")
        if made is None or not quarter.has(made):
            continue
        since = months_after(made, -BACK_WITHIN_MONTHS)
        again = any(since <= on < made for on, id_ in before[each.whose] if id_ != each.id)
        again = again or any(since <= on <= made for on in ended.get(each.whose, ()))
        yield _item(each, made, again)


def _stays(log: Log) -> Iterator[tuple[Told, date, date | None]]:
    for each in log.of("placement"):
        entered = each.day("entered_on")
        # One recorded by mistake never was.
        if entered is not None and each.data.get("end_reason") != "recorded_by_mistake":
            yield each, entered, each.day("left_on")


def temporary_accommodation(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households that spent the last night of the quarter in temporary accommodation."""
    for each, entered, left in _stays(log):
        if entered <= quarter.until and (left is None or left > quarter.until):
            yield _item(each, quarter.until)


def out_of_borough(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households placed in the quarter; whether outside the borough. Sealed stays don't say where, and don't count."""
    for each, entered, _ in _stays(log):
        if quarter.has(entered) and each.data.get("out_of_area") is not None:
            yield _item(each, entered, bool(each.data["out_of_area"]))


def past_six_weeks(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Families in bed and breakfast at some time of the quarter; whether they passed six weeks in it."""
    for each, entered, left in _stays(log):
        here = entered < quarter.after and (left is None or left > quarter.first_day)
        if here and each.data["family"] and each.data["bed_and_breakfast"]:
            yield _item(each, max(entered, quarter.first_day), quarter.has(each.day("breached_on")))


def reviews_won(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Reviews of homelessness decisions that were decided; whether the decision did not stand."""
    for each in log.of("review"):
        on = each.day("decided_on")
        if each.data["state"] == "decided" and on is not None and quarter.has(on):
            yield _item(each, on, each.data.get("outcome") == "overturned")


def _decided(log: Log, quarter: Quarter) -> Iterator[tuple[Told, date]]:
    for each in log.of("contact"):
        on = each.day("occurred_at")
        if on is not None and quarter.has(on) and any(one["stage"] == "final" for one in each.data["decisions"]):
            yield each, on


def _handed(log: Log) -> set[str]:
    """Contacts that somebody accepted from somebody else."""
    return {str(each.data["contact_id"]) for each in log.of("handover") if each.data["state"] == "accepted"}


def _resolved(contact: Told, handed: set[str]) -> bool:
    final = [each["outcome"] for each in contact.data["decisions"] if each["stage"] == "final"]
    return bool(final) and set(final) == {"resolved"} and str(contact.id) not in handed


def resolved_there_and_then(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Contacts that were decided; whether everything was resolved by whoever took them."""
    handed = _handed(log)
    for each, on in _decided(log, quarter):
        yield _item(each, on, _resolved(each, handed))


def back_at_the_door(log: Log, quarter: Quarter) -> Iterator[Item]:
    """People whose contact was resolved there and then; whether they came again within three months."""
    handed = _handed(log)
    came: dict[str, list[date]] = {}
    for each in log.of("contact"):
        on = each.day("occurred_at")
        if on is not None:
            came.setdefault(each.whose, []).append(on)
    for each, on in _decided(log, quarter):
        # Who was never named can't be seen to come again.
        if _resolved(each, handed) and (each.person or each.household):
            until = months_after(on, BACK_AT_THE_DOOR_MONTHS)
            yield _item(each, on, any(on < again <= until for again in came[each.whose]))


def told_twice(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Handovers that were accepted; whether the resident had to tell it again."""
    for each in log.of("handover"):
        on = each.day("changed_at")
        if each.data["state"] == "accepted" and on is not None and quarter.has(on):
            yield _item(each, on, bool(each.data.get("retold")))


def handovers_avoided(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Contacts with needs of two kinds or more that one person settled without handing anybody over."""
    handed = _handed(log)
    for each, on in _decided(log, quarter):
        if each.data["domains"] > 1 and _resolved(each, handed):
            yield _item(each, on)


def assessments_avoided(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households whose new need joined the case they had: no second file, no second assessment."""
    for each in log.of("case_joined"):
        on = each.day("changed_at")
        if on is not None and quarter.has(on):
            yield _item(each, on)


def _outcomes(kinds: frozenset[str] | None, *, checked: bool) -> Rule:
    def rule(log: Log, quarter: Quarter) -> Iterator[Item]:
        for each in log.of("outcome"):
            wanted = each.data["kind"] in kinds if kinds is not None else True
            on = each.day("checked_on" if checked else "achieved_on")
            if not wanted or each.data["state"] == "struck" or on is None or not quarter.has(on):
                continue
            yield _item(each, on, not checked or each.data["state"] == "sustained", person_counts=True)

    return rule


def homes_kept(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Households that kept their home: an outcome with evidence, or an eviction that was turned away."""
    yield from _outcomes(frozenset({"home_kept"}), checked=False)(log, quarter)
    for each in log.of("support_plan"):
        on = each.day("prevented_on")
        if on is not None and quarter.has(on):
            yield _item(each, on)


def into_work(log: Log, quarter: Quarter) -> Iterator[Item]:
    """People who came into work: an outcome with evidence, or a way to work that ended in a job."""
    yield from _outcomes(frozenset({"employment"}), checked=False)(log, quarter)
    for each in log.of("work_journey"):
        on = each.day("in_work_since")
        if on is not None and quarter.has(on):
            yield _item(each, on, person_counts=True)


def volunteer_hours(log: Log, quarter: Quarter) -> Iterator[Item]:
    """Sessions that volunteers gave at the hubs, with their minutes."""
    for each in log.of("volunteer_session"):
        on = each.day("held_on")
        if each.data["state"] == "given" and on is not None and quarter.has(on):
            yield Item(f"session:{each.id}", on, much=int(each.data["minutes"]), place=each.data["hub"])


RULES: Final[Mapping[str, Rule]] = {
    "duties_owed": duties_owed,
    "homelessness_ended": homelessness_ended,
    "applications_not_taken": applications_not_taken,
    "back_within_six_months": back_within_six_months,
    "temporary_accommodation": temporary_accommodation,
    "out_of_borough": out_of_borough,
    "past_six_weeks": past_six_weeks,
    "reviews_won": reviews_won,
    "resolved_there_and_then": resolved_there_and_then,
    "back_at_the_door": back_at_the_door,
    "told_twice": told_twice,
    "handovers_avoided": handovers_avoided,
    "assessments_avoided": assessments_avoided,
    "families_turned_around": _outcomes(None, checked=False),
    "outcomes_sustained": _outcomes(None, checked=True),
    "homes_kept": homes_kept,
    "homes_still_kept": _outcomes(frozenset({"home_kept"}), checked=True),
    "into_work": into_work,
    "still_in_work": _outcomes(frozenset({"employment"}), checked=True),
    "volunteer_hours": volunteer_hours,
}
