"""Whether rules may go live: every fault with the place it stands at and the rule it breaks. Pure.

Beyond slips of the pen, it refuses what no council may publish: rules under which danger waits, a clock that runs out
unseen, or somebody who is put first, or last, for what the law protects.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from kit.errors import FieldError, Invalid
from services.triage.queue.domain import ANY_CLOCK, Clock, Condition, Rule, Rules, Until

LONGEST_HEAD_START: Final = 60 * 24 * 60
"""Minutes. Nobody who waits may be overtaken for longer than this by one rule."""

LONGEST_CLOCK: Final = 90 * 24 * 60
_NEVER: Final[Mapping[str, frozenset[str]]] = {"domain": frozenset({"immigration"})}
_ONE_VALUE: Final = frozenset({"urgency", "kind", "channel", "homelessness", "level", "named"})


def check(rules: Rules, known: Mapping[str, frozenset[str]]) -> None:
    """`Invalid` with every fault. `known` says which facts there are and which values each may have."""
    found = list(faults(rules, known))
    if found:
        raise Invalid(f"These rules cannot go live: {len(found)} thing(s) to put right", *found)


def faults(rules: Rules, known: Mapping[str, frozenset[str]]) -> Iterator[FieldError]:
    """All that is wrong with them."""
    yield from _repeated("bands", [each.code for each in rules.bands])
    yield from _repeated("rules", [each.code for each in rules.rules])
    yield from _repeated("clocks", [each.code for each in rules.clocks])
    if len(rules.bands) < 2:
        yield FieldError("/bands", "There must be a band to be put forward into, and one for the rest", "two-bands")
    for number, clock in enumerate(rules.clocks):
        yield from _clock(f"/clocks/{number}", clock)
        yield from _conditions(f"/clocks/{number}/when", clock.when, known)
    for number, team in enumerate(rules.teams):
        yield from _conditions(f"/teams/{number}/when", team.when, known)
    for number, rule in enumerate(rules.rules):
        yield from _rule(f"/rules/{number}", rule, rules)
        yield from _conditions(f"/rules/{number}/when", rule.when, known)
    yield from _unreachable(rules)
    yield from _danger_waits(rules)
    yield from _unseen_clocks(rules)


def _repeated(what: str, codes: Sequence[str]) -> Iterator[FieldError]:
    for code, times in Counter(codes).items():
        if times > 1:
            yield FieldError(f"/{what}", f"{code} stands {times} times", "code-once")


def _clock(pointer: str, clock: Clock) -> Iterator[FieldError]:
    counted = clock.until in (Until.MINUTES, Until.WORKING_DAYS)
    if counted and clock.amount < 1:
        yield FieldError(f"{pointer}/amount", f"Say how many {clock.until.value.replace('_', ' ')}", "missing")
    if not counted and clock.amount:
        yield FieldError(f"{pointer}/amount", f"A clock until {clock.until} has no amount", "fits-until")
    if clock.until is Until.MINUTES and clock.amount > LONGEST_CLOCK:
        yield FieldError(f"{pointer}/amount", f"At most {LONGEST_CLOCK} minutes (90 days)", "too-long")
    if clock.until is Until.WORKING_DAYS and clock.amount > 60:
        yield FieldError(f"{pointer}/amount", "At most 60 working days", "too-long")


def _rule(pointer: str, rule: Rule, rules: Rules) -> Iterator[FieldError]:
    if (rule.band is None) == (rule.head_start == 0):
        yield FieldError(pointer, "A rule gives either a band or a head start", "one-effect")
    if rule.band is not None and rule.band not in {each.code for each in rules.bands}:
        yield FieldError(f"{pointer}/band", f"There is no band {rule.band}", "known-band")
    if not 0 <= rule.head_start <= LONGEST_HEAD_START:
        yield FieldError(
            f"{pointer}/head_start",
            f"A head start is 1 to {LONGEST_HEAD_START} minutes: nobody is put back for what is so about them",
            "only-forward",
        )
    if not rule.when and rule.clock is None:
        yield FieldError(f"{pointer}/when", "It would hold for everybody, and so change nothing", "holds-for-some")
    if rule.clock is not None:
        if rule.clock.clock != ANY_CLOCK and rule.clock.clock not in {each.code for each in rules.clocks}:
            yield FieldError(f"{pointer}/clock/clock", f"There is no clock {rule.clock.clock}", "known-clock")
        if rule.clock.minutes < 0:
            yield FieldError(f"{pointer}/clock/minutes", "0 (as it runs out) or more", "before-it-runs-out")


def _conditions(
    pointer: str, conditions: Sequence[Condition], known: Mapping[str, frozenset[str]]
) -> Iterator[FieldError]:
    for number, condition in enumerate(conditions):
        at = f"{pointer}/{number}"
        values = known.get(condition.fact)
        if values is None:
            yield FieldError(f"{at}/fact", f"The rules may know: {', '.join(sorted(known))}", "known-fact")
            continue
        if unknown := condition.any_of - values:
            yield FieldError(
                f"{at}/any_of",
                f"{condition.fact} is never {', '.join(sorted(unknown))}; it may be {', '.join(sorted(values))}",
                "known-value",
            )
        if barred := condition.any_of & _NEVER.get(condition.fact, frozenset()):
            yield FieldError(
                f"{at}/any_of",
                f"Nobody's place may turn on {', '.join(sorted(barred))}: say it by urgency, or by what they need",
                "never-a-ground",
            )
        if not condition.any_of:
            yield FieldError(f"{at}/any_of", "Name at least one value", "missing")
    for fact in _ONE_VALUE & {each.fact for each in conditions}:
        asked = [each.any_of for each in conditions if each.fact == fact]
        if not frozenset.intersection(*asked):
            yield FieldError(pointer, f"It can never hold: {fact} has one value at a time", "can-hold")


def _unreachable(rules: Rules) -> Iterator[FieldError]:
    given = {rule.band for rule in rules.rules}
    for number, band in enumerate(rules.bands[:-1]):
        if band.code not in given:
            yield FieldError(f"/bands/{number}", f"No rule puts anybody into {band.code}", "band-in-use")


def _first(rules: Rules) -> Iterable[Rule]:
    return [rule for rule in rules.rules if rules.bands and rule.band == rules.bands[0].code]


def _danger_waits(rules: Rules) -> Iterator[FieldError]:
    for rule in _first(rules):
        only = rule.when[0] if len(rule.when) == 1 and rule.clock is None else None
        if only is not None and only.fact == "urgency" and "immediate" in only.any_of:
            return
    yield FieldError("/rules", "Whoever needs help immediately must stand in the first band", "danger-first")


def _unseen_clocks(rules: Rules) -> Iterator[FieldError]:
    seen = {rule.clock.clock for rule in _first(rules) if rule.clock is not None and not rule.when}
    for number, clock in enumerate(rules.clocks):
        if not seen & {clock.code, ANY_CLOCK}:
            yield FieldError(
                f"/clocks/{number}",
                f"No rule puts an entry into the first band before {clock.code} runs out",
                "clock-is-seen",
            )
