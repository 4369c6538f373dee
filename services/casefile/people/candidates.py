"""Finding the people worth comparing with a search: each typed word is widened, then nets are cast, narrow to wide.

A net is a condition that one scan of the one inverted index answers. With each goes the best score that anyone
outside it could reach, so the search stops as soon as a wider net can bring nobody better.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.identifiers import DateClue, PartialDate
from services.casefile.people.likeness import ALIKE, INITIAL, word_likeness
from services.casefile.people.names import NameTokens
from services.casefile.people.scoring import ABSENT_BITS, NAME_BITS, best_near_miss, birth_evidence, birth_possible
from services.casefile.people.search_index import (
    UNBORN,
    birthday_mark,
    mark,
    recorded_date,
    token_keys,
    unpacked,
    year_mark,
)
from services.casefile.people.search_models import PersonSearch
from services.casefile.people.search_query import Fit, SearchQuery, fit

_WORDS_A_WORD = 150
"""Recorded words that one typed word may stand for; the likest are kept."""
_BEGINNINGS = 400
"""Recorded words that begin with a typed one and are looked at."""
_CLOSE = 0.9
_FINDING, _PAIRED = 5, 4
"""Words that nets are made of, and those of which any two may do."""
_SHORTEST_HALF = 3
_ROWS_BY_NAME = 300
"""Rows that a name alone may bring in: where more fit, nothing tells them apart, and the searcher must say more."""
_ROWS = 1000
"""Rows that a net with a date or an identifier may bring in; the commonest names among 250,000 people bring 700."""
_COMPARED = 60
"""Of a net's rows, how many are compared word by word: those whose marks promise most."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone whom a net brought in, as the index knows them, and how well they fit the query."""

    person_id: UUID
    names: tuple[NameTokens, ...]
    born: PartialDate | None
    marks: frozenset[int]
    searchable: bool
    fit: Fit


async def candidates(
    session: AsyncSession,
    query: SearchQuery,
    shown: Sequence[ColumnElement[bool]] = (),
    *,
    words: "Sequence[Word] | None" = None,
    last_resorts: bool = True,
) -> list[Candidate]:
    """The people worth showing for a query, best first. `shown` are conditions on PersonSearch that all must meet.

    `words` are those of `widen`, if the same query is asked again. Without `last_resorts` nobody is looked for whose
    name or date is another one altogether.
    """
    if words is None:
        words = await widen(session, query)
    found: dict[UUID, Candidate] = {}
    best = 0.0
    by_index_only = False
    for net in _nets(query, words, last_resorts):
        if not net.narrow and not by_index_only:
            # To the planner a scan until some rows are found looks cheap. Comparing arrays is not.
            await session.execute(text("set local enable_seqscan = off"))
            by_index_only = True
        rows = await session.execute(
            _COLUMNS.where(*shown, net.condition).limit(_ROWS if net.narrow else _ROWS_BY_NAME)
        )
        for row in _most_promising(rows.all(), query, words):
            if row.person_id in found:
                continue
            names, born, marks = unpacked(row.names), recorded_date(row.born), frozenset(row.marks)
            fits = fit(query, names, born, marks)
            found[row.person_id] = Candidate(row.person_id, names, born, marks, row.searchable, fits)
            best = max(best, fits.score)
        if best > net.beyond:
            break
    if by_index_only:
        await session.execute(text("set local enable_seqscan = on"))
    return sorted(found.values(), key=lambda each: (-each.fit.score, each.person_id))


_COLUMNS = select(
    PersonSearch.person_id, PersonSearch.names, PersonSearch.born, PersonSearch.marks, PersonSearch.searchable
)
_Row = Row[UUID, str, str, list[int], bool]


@dataclass(frozen=True, slots=True)
class Word:
    """What one typed word may stand for: marks of recorded words, with how alike they are, likest first."""

    typed: str
    stands_for: dict[int, float] = field(default_factory=dict)

    @property
    def telling(self) -> bool:
        """One or two letters may be an initial of any name: they help to rank, not to find."""
        return len(self.typed) >= _SHORTEST_HALF

    def marks(self, at_least: float = 0.0) -> list[int]:
        return [mark for mark, value in self.stands_for.items() if value >= at_least]


async def widen(session: AsyncSession, query: SearchQuery) -> list[Word]:
    """Each typed word with the recorded words that it may stand for."""
    typed = query.typed
    if not typed.tokens:
        return []
    units = [*typed.tokens, *typed.joined]
    parts: list[str] = []
    values: dict[str, object] = {}
    for i, unit in enumerate(units):
        parts.append(f"select {i} as place, token from name_token where keys && cast(:keys{i} as bigint[])")
        values[f"keys{i}"] = token_keys(unit)
        if len(unit) >= _SHORTEST_HALF:
            parts.append(
                f"(select {i}, token from name_token"
                f" where token ~>=~ :from{i} and token ~<~ :to{i} limit {_BEGINNINGS})"
            )
            values[f"from{i}"], values[f"to{i}"] = unit, unit[:-1] + chr(ord(unit[-1]) + 1)
    alike: list[list[tuple[float, str]]] = [[] for _ in units]
    for place, token in await session.execute(text(" union ".join(parts)), values):
        value = word_likeness(units[place], token).value
        if value >= ALIKE:
            alike[place].append((value, token))
    found = [
        {mark("name", token): value for value, token in sorted(each, reverse=True)[:_WORDS_A_WORD]} for each in alike
    ]
    words = [Word(token, found[i]) for i, token in enumerate(typed.tokens)]
    for word in words:
        for joined, stands_for in zip(typed.joined, found[len(words) :], strict=True):
            if word.typed in joined:
                for each, value in stands_for.items():
                    word.stands_for.setdefault(each, value)
        # Two names run together: either half, if anyone bears it.
        for i in range(_SHORTEST_HALF, len(word.typed) - _SHORTEST_HALF + 1):
            for half in (word.typed[:i], word.typed[i:]):
                word.stands_for.setdefault(mark("name", half), _CLOSE)
    return words


@dataclass(frozen=True, slots=True)
class _Net:
    """A condition that finds candidates, and the best score that anyone outside it could have.

    A narrow net has a date or an identifier in it.
    """

    condition: ColumnElement[bool]
    beyond: float
    narrow: bool = False


def _nets(query: SearchQuery, words: Sequence[Word], last_resorts: bool) -> Iterator[_Net]:
    marks = PersonSearch.marks
    clue = query.date_of_birth
    dates = _date_marks(clue)
    name, date = NAME_BITS * len(words), birth_possible(clue)
    possible = name + date + sum(each.worth for each in query.identifiers)
    if not possible:
        return
    lacking_a_word = (name + date - NAME_BITS + ABSENT_BITS) / possible
    wrong_date = (name + best_near_miss(clue)) / possible
    # Long words are rarer. Five find as well as eight, and cost far less.
    telling = sorted([word for word in words if word.telling] or words, key=lambda word: -len(word.typed))[:_FINDING]
    borne = [marks.overlap(found) for word in telling if (found := word.marks())]
    # Where nobody bears one of the words, the others and the date decide.
    every = and_(*borne) if borne and len(borne) == len(telling) else None

    if query.identifiers:
        numbers = marks.overlap([each.mark for each in query.identifiers])
        yield _Net(numbers, (name + date) / possible, narrow=True)
    if dates:
        either = [marks.contains(dates)] if len(dates) == 2 or not words else []
        if every is not None:
            either.append(and_(every, marks.overlap([*dates, UNBORN])))
        if either:
            yield _Net(or_(*either), max(lacking_a_word, wrong_date), narrow=True)
        if not last_resorts:
            return
        if borne:
            yield _Net(and_(or_(*borne), marks.overlap(dates)), wrong_date, narrow=True)
    close = [marks.overlap(found) for word in telling if (found := word.marks(_CLOSE))]
    if every is not None:
        yield _Net(marks.contains([mark("name", word.typed) for word in telling]), 0.99)
        if len(close) == len(telling):
            yield _Net(and_(*close), (name + date - 2 * NAME_BITS * (1 - _CLOSE)) / possible)
        yield _Net(every, lacking_a_word)
    if not last_resorts:
        return
    if len(borne) > 2:
        if pairs := [and_(one, other) for one, other in combinations(close[:_PAIRED], 2)]:
            yield _Net(or_(*pairs), 0.0)
    elif len(words) > 1 and close:
        yield _Net(or_(*close), 0.0)


def _date_marks(clue: DateClue | None) -> list[int]:
    if clue is None:
        return []
    marks = [year_mark(clue.year)] if clue.year is not None else []
    if clue.month is not None and clue.day is not None:
        marks.append(birthday_mark(clue.month, clue.day))
    return marks


def _most_promising(rows: Sequence[_Row], query: SearchQuery, words: Sequence[Word]) -> Sequence[_Row]:
    """Comparing words is dear: of many rows only those whose marks and date promise most."""
    if len(rows) <= _COMPARED:
        return rows
    numbers = {each.mark for each in query.identifiers}
    initials = [None if word.telling else re.compile(rf"\b{word.typed}") for word in words]

    def promise(row: _Row) -> float:
        alike = 0.0
        for word, initial in zip(words, initials, strict=True):
            best = max([word.stands_for[m] for m in row.marks if m in word.stands_for], default=0.0)
            if not best and initial and initial.search(row.names):
                best = INITIAL
            alike += best
        bits = birth_evidence(query.date_of_birth, recorded_date(row.born)).bits if query.date_of_birth else 0.0
        return NAME_BITS * (alike + 2 * len(numbers.intersection(row.marks))) + bits

    return sorted(rows, key=promise, reverse=True)[:_COMPARED]
