"""Why an entry stands where it stands, and what would change that, in plain English. Pure; nothing anyone said."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from kit.clock import LONDON
from kit.contracts.codes import QueueKind
from services.triage.queue.domain import Entry, Place, Rule, Rules, Running

LEAVES: Final = {
    QueueKind.CONTACT: "It leaves the queue when every need has a final decision, made by a named person.",
    QueueKind.SAFEGUARDING: "It leaves the queue when a named person in the statutory team acknowledges it.",
    QueueKind.REFERRAL: "It leaves the queue when somebody has done what comes next for them, or the partner answers.",
}


def why(rules: Rules, entry: Entry, placed: Place, now: datetime) -> list[str]:
    """The reasons for its place, the weightiest first."""
    return [*_bands(rules, placed), *_waiting(entry, placed, now)]


def would_change(rules: Rules, entry: Entry, placed: Place, kind: QueueKind) -> list[str]:
    """What moves it forward by itself, what would if it were so, and how it leaves. Soonest first."""
    coming = [(each.from_, each) for each in placed.standings if not each.holds and each.from_ is not None]
    said = [
        f"{_capital(moment(at))}: {_effect(rules, each.rule)}, because {each.rule.words}."
        for at, each in sorted(coming, key=lambda one: one[0])
        if _matters(rules, each.rule, placed)
    ]
    said += [
        f"If {each.rule.words}: {_effect(rules, each.rule)}."
        for each in placed.standings
        if not each.holds and each.from_ is None and _askable(each.rule, entry) and _matters(rules, each.rule, placed)
    ]
    return [*said, LEAVES[kind]]


def clock(each: Running, now: datetime) -> str:
    """A clock in words: "due Monday 7 December at 17:00, 3 h left"."""
    left = _between(now, each.due_at)
    told = f"{span(left)} left" if left > timedelta(0) else f"overdue by {span(-left)}"
    return f"{each.clock.title}: due {moment(each.due_at).removeprefix('on ')}, {told}" + (
        f" ({each.clock.basis})" if each.clock.basis else ""
    )


def span(length: timedelta) -> str:
    """A length of time, to the minute: "less than a minute", "2 h 10 min", "3 days 4 h"."""
    minutes = int(length.total_seconds()) // 60
    if minutes < 1:
        return "less than a minute"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [f"{days} day{'s' if days > 1 else ''}"] if days else []
    parts += [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes and not days else []
    return " ".join(parts)


def moment(at: datetime) -> str:
    """A moment in London: "on Monday 7 December at 17:00"."""
    local = at.astimezone(LONDON)
    return f"on {local:%A} {local.day} {local:%B} at {local:%H:%M}"


def _bands(rules: Rules, placed: Place) -> Iterator[str]:
    title = rules.bands[placed.band].title
    grounds = [
        each.rule.words
        for each in placed.standings
        if each.holds and each.rule.band is not None and rules.band_number(each.rule.band) == placed.band
    ]
    if grounds:
        yield f"It stands under “{title}” because {'; and because '.join(grounds)}."
    else:
        yield f"It stands under “{title}”: no rule puts it further forward."


def _waiting(entry: Entry, placed: Place, now: datetime) -> Iterator[str]:
    waited = max(_between(entry.arrived_at, now), timedelta(0))
    yield f"It has waited {span(waited)}, since {moment(entry.arrived_at).removeprefix('on ')}."
    started = [each.rule for each in placed.standings if each.holds and each.rule.head_start]
    for rule in started:
        yield f"It counts as having waited {span(timedelta(minutes=rule.head_start))} longer, because {rule.words}."
    if started:
        yield f"So it counts as waiting since {moment(placed.stands_since).removeprefix('on ')}."


def _effect(rules: Rules, rule: Rule) -> str:
    if rule.band is not None:
        return f"it stands under “{rules.bands[rules.band_number(rule.band)].title}”"
    return f"it counts as having waited {span(timedelta(minutes=rule.head_start))} longer"


def _between(earlier: datetime, later: datetime) -> timedelta:
    # In UTC: in one zone Python would count by the clock on the wall.
    return later.astimezone(UTC) - earlier.astimezone(UTC)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _matters(rules: Rules, rule: Rule, placed: Place) -> bool:
    return rule.band is None or rules.band_number(rule.band) < placed.band


def _askable(rule: Rule, entry: Entry) -> bool:
    """Whether facts could come to make it hold. What kind of thing waits, and how it came in, does not change."""
    fixed = ("kind", "channel", "level", "referral")
    return rule.clock is None and all(each.holds(entry.facts) for each in rule.when if each.fact in fixed)
