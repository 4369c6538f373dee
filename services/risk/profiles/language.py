"""Definitions compiled to SQL: one text of rules for PostgreSQL (a household) and DuckDB (the borough).

The compiled text reads a relation `facts` with the columns `FACTS`, of facts up to the day, and gives rows of
`COLUMNS`. It uses whole numbers only and breaks every tie, so that both engines give the same. Sources are text in
PostgreSQL; over a whole borough they are bits of a number (`BITS`), which is four times as fast.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final, Literal

from services.risk.profiles.domain import (
    FRESH_MONTHS,
    MONTHLY,
    Definition,
    Measure,
    Rule,
    Rulebook,
    Unless,
    month_index,
    months_before,
)

FACTS: Final = (
    "household",
    "record",
    "kind",
    "occurred_on",
    "day",
    "month",
    "until",
    "hundredths",
    "value",
    "source",
    "certainty",
)
"""`day` counts from any day, `month` as `domain.month_index`; `certainty` is 0 confirmed, 1 probable, 2 unlinked."""

COLUMNS: Final = ("household", "factor", "since", "latest_on", "amount", "facts", "sources", "certainty")
"""`amount` in hundredths; `sources` comma-separated, or as bits; `certainty` that of the weakest link it rests on."""

Sources = Literal["text", "bits"]
TEXT: Final[Sources] = "text"
BITS: Final[Sources] = "bits"

CERTAINTIES: Final = ("confirmed", "probable", "unlinked")

# A day and an amount in one whole number: the greatest is the newest, and of one day the highest. 2^36 hundredths are
# 687 million pounds; the offset keeps credits above zero.
_ROOM: Final = 2**36
_ZERO: Final = 2**35


def compiled(book: Rulebook, *, facts: str | None = None, monthly: str | None = None, sources: Sources = TEXT) -> str:
    """The rows of every factor that stands on the book's day, as one statement.

    `facts` is a select that gives the relation `facts`, `monthly` the name of a relation that holds `monthly_totals`;
    without them the one is there already and the other is worked out in place.
    """
    ctes = [] if facts is None else [f"facts as ({facts})"]
    if monthly is None and any(each.rule.measure in MONTHLY for each in book.definitions):
        ctes.append(f"monthly as ({monthly_totals(book, sources)})")
    parts = [_select(each, book.day, monthly or "monthly", sources) for each in book.definitions]
    head = f"with {', '.join(ctes)}\n" if ctes else ""
    return head + "\nunion all\n".join(parts)


def needed(book: Rulebook, fact: str) -> str:
    """A condition on a table (or alias) of facts: what some rule looks at. Most months of most balances fall away."""
    parts = [f"({each})" for each in needed_by_kind(book, fact)]
    return f"({' or '.join(parts)}) and {fact}.occurred_on <= {_date(book.day)}"


def needed_by_kind(book: Rulebook, fact: str) -> list[str]:
    """The same kind by kind, without the day itself: a scan for each skips what a scan for all must look at."""
    oldest: dict[str, date | None] = {}
    for definition in book.definitions:
        rule = definition.rule
        for kind in rule.kinds:
            _widen(oldest, kind, _since(rule, book.day))
        for undo in rule.unless:
            for kind in undo.kinds:
                _widen(oldest, kind, months_before(book.day, undo.months))
    return [
        f"{fact}.kind = '{kind}'" + (f" and {fact}.occurred_on > {_date(since)}" if since is not None else "")
        for kind, since in sorted(oldest.items())
    ]


def _since(rule: Rule, day: date) -> date | None:
    """The last day too early for a rule to look at; None when it looks at everything that stands."""
    if rule.months is None:
        return None
    if rule.measure in MONTHLY:
        return months_before(day.replace(day=1), rule.months - 1) - timedelta(days=1)
    return months_before(day, rule.months)


def _widen(oldest: dict[str, date | None], kind: str, since: date | None) -> None:
    known = oldest.setdefault(kind, since)
    if known is not None and (since is None or since < known):
        oldest[kind] = since


def monthly_totals(book: Rulebook, sources: Sources = TEXT) -> str:
    """Each household's total of each monthly kind, month by month, as far back as any rule looks.

    A record counts once a month, with its newest amount: an extract may put a month's amount right.
    """
    rules = [each.rule for each in book.definitions if each.rule.measure in MONTHLY]
    kinds = sorted({kind for rule in rules for kind in rule.kinds})
    months = max(rule.months or 0 for rule in rules)
    return f"""
    select household, kind, month, cast(sum(newest % {_ROOM} - {_ZERO}) as bigint) as total,
           min(first_on) as first_on, max(last_on) as last_on, cast(sum(facts) as bigint) as facts,
           max(certainty) as certainty, {_merged_sources(sources)} as sources
    from (select household, kind, record, month, {_sources(sources)} as sources,
                 max(day * cast({_ROOM} as bigint) + hundredths + {_ZERO}) as newest,
                 min(occurred_on) as first_on, max(occurred_on) as last_on, count(*) as facts,
                 max(certainty) as certainty
          from facts
          where kind in ({_texts(kinds)}) and hundredths is not null
            and month > {month_index(book.day) - months}
          group by household, kind, record, month) as months
    group by household, kind, month"""


def _select(definition: Definition, day: date, monthly: str, sources: Sources) -> str:
    rule = definition.rule
    head = f"select household, cast('{definition.code}' as text) as factor"
    if rule.measure in MONTHLY:
        return (_level if rule.measure is Measure.LEVEL else _trend)(head, rule, day, monthly, sources)
    bodies = {Measure.STANDING: _standing, Measure.LATEST: _latest, Measure.RECENT: _recent}
    return bodies[rule.measure](head, rule, day, sources)


def _standing(head: str, rule: Rule, day: date, sources: Sources) -> str:
    conditions = [*_about(rule), f"(until is null or until > {_date(day)})"]
    if rule.months is not None:
        conditions.append(f"occurred_on > {_date(months_before(day, rule.months))}")
    conditions += [_unless(each, day) for each in rule.unless]
    held = ""
    if rule.held_months is not None:
        held = f"having min(occurred_on) <= {_date(months_before(day, rule.held_months))}"
    return f"""{head}, min(occurred_on) as since, max(occurred_on) as latest_on, {_shown(rule)} as amount,
       count(*) as facts, {_sources(sources)} as sources, max(certainty) as certainty
from facts where {_all(conditions)} group by household {held}"""


def _latest(head: str, rule: Rule, day: date, sources: Sources) -> str:
    chosen = f"value in ({_texts(rule.values)})"
    conditions = [f"kind in ({_texts(rule.kinds)})", f"(until is null or until > {_date(day)})"]
    if rule.months is not None:
        conditions.append(f"occurred_on > {_date(months_before(day, rule.months))}")
    # The last bit says whether the newest one is among the values; of one day, one that is.
    newest = f"max(day * 2 + case when {chosen} then 1 else 0 end)"
    return f"""{head}, min(occurred_on) filter (where {chosen}) as since,
       max(occurred_on) filter (where {chosen}) as latest_on, cast(null as bigint) as amount,
       count(*) filter (where {chosen}) as facts,
       {_sources(sources, chosen)} as sources, max(certainty) filter (where {chosen}) as certainty
from facts where {_all(conditions)} group by household having {newest} % 2 = 1"""


def _recent(head: str, rule: Rule, day: date, sources: Sources) -> str:
    assert rule.months is not None
    conditions = [*_about(rule), f"occurred_on > {_date(months_before(day, rule.months))}"]
    enough = f"having count(*) >= {rule.at_least}" if rule.at_least > 1 else ""
    return f"""{head}, min(occurred_on) as since, max(occurred_on) as latest_on, {_shown(rule)} as amount,
       count(*) as facts, {_sources(sources)} as sources, max(certainty) as certainty
from facts where {_all(conditions)} group by household {enough}"""


def _level(head: str, rule: Rule, day: date, monthly: str, sources: Sources) -> str:
    assert rule.months is not None
    assert rule.amount is not None
    over = f"total >= {rule.amount}"
    return f"""{head}, min(first_on) filter (where {over}) as since, max(last_on) as latest_on,
       {_newest_total()} as amount, cast(sum(facts) as bigint) as facts,
       {_merged_sources(sources)} as sources, max(certainty) as certainty
from {_totals(rule, day, monthly, sources)} group by household
having max(month) >= {month_index(day) - FRESH_MONTHS} and {_newest_total()} >= {rule.amount}"""


def _trend(head: str, rule: Rule, day: date, monthly: str, sources: Sources) -> str:
    assert rule.months is not None
    assert rule.slope is not None
    x = f"(month - {month_index(day) - rule.months})"
    # Slope = rise / run, multiplied out: no division, so no rounding that two engines could do differently.
    rise = f"(count(*) * sum({x} * total) - sum({x}) * sum(total))"
    run = f"(count(*) * sum({x} * {x}) - sum({x}) * sum({x}))"
    steep = f"{rise} {'>=' if rule.slope > 0 else '<='} {rule.slope} * {run}"
    floor = f" and {_newest_total()} >= {rule.amount}" if rule.amount is not None else ""
    return f"""{head}, min(first_on) as since, max(last_on) as latest_on, {_newest_total()} as amount,
       cast(sum(facts) as bigint) as facts, {_merged_sources(sources)} as sources, max(certainty) as certainty
from {_totals(rule, day, monthly, sources)} group by household
having count(*) >= {rule.points} and max(month) >= {month_index(day) - FRESH_MONTHS} and {steep}{floor}"""


# The parts --------------------------------------------------------------------------------------------------------


def _about(rule: Rule) -> list[str]:
    conditions = [f"kind in ({_texts(rule.kinds)})"]
    if rule.values:
        conditions.append(f"value in ({_texts(rule.values)})")
    if rule.amount is not None:
        conditions.append(f"hundredths >= {rule.amount}")
    return conditions


def _unless(undo: Unless, day: date) -> str:
    conditions = [
        "undo.household = facts.household",
        f"undo.kind in ({_texts(undo.kinds)})",
        f"undo.occurred_on > {_date(months_before(day, undo.months))}",
    ]
    if undo.values:
        conditions.append(f"undo.value in ({_texts(undo.values)})")
    if undo.amount is not None:
        conditions.append(f"undo.hundredths >= {undo.amount}")
    if undo.after:
        conditions.append("undo.occurred_on >= facts.occurred_on")
    return f"not exists (select 1 from facts as undo where {_all(conditions)})"


def _totals(rule: Rule, day: date, monthly: str, sources: Sources) -> str:
    since = month_index(day) - (rule.months or 0)
    where = f"kind in ({_texts(rule.kinds)}) and month > {since}"
    if len(rule.kinds) == 1:
        return f"(select * from {monthly} where {where}) as totals"
    return f"""(select household, month, cast(sum(total) as bigint) as total, min(first_on) as first_on,
        max(last_on) as last_on, cast(sum(facts) as bigint) as facts, max(certainty) as certainty,
        {_merged_sources(sources)} as sources
        from {monthly} where {where} group by household, month) as totals"""


def _newest_total() -> str:
    return f"max(month * cast({_ROOM} as bigint) + total + {_ZERO}) % {_ROOM} - {_ZERO}"


def _shown(rule: Rule) -> str:
    return f"cast({rule.shows}(hundredths) as bigint)" if rule.shows else "cast(null as bigint)"


def _sources(how: Sources, where: str | None = None) -> str:
    listed = "bit_or(source)" if how == BITS else "string_agg(distinct source, ',' order by source)"
    return f"{listed}{f' filter (where {where})' if where else ''}"


def _merged_sources(how: Sources) -> str:
    # Every month of an account has its sources: the reader of text makes them one list (`sources_of`).
    return "bit_or(sources)" if how == BITS else "string_agg(distinct sources, ',' order by sources)"


def sources_of(told: str) -> list[str]:
    """The sources in a row's text, each once and in order."""
    return sorted(set(told.split(",")))


def _date(day: date) -> str:
    return f"date '{day.isoformat()}'"


def _texts(words: Iterable[str]) -> str:
    return ", ".join(f"'{word}'" for word in sorted(words))


def _all(conditions: Sequence[str]) -> str:
    return "\n  and ".join(conditions)
