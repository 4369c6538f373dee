"""Tolerant person search: a name in any spelling and order, part of a birth date, a second identifier.

Three steps, each explainable. *Expand*: each typed word becomes the words of the vocabulary that it may stand for.
*Find*: people who bear such words and fit the date, by one scan of one inverted index; wider nets only when a
narrow one found nobody convincing. *Weigh*: every candidate is compared word by word (`scoring`) and ranked.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.identifiers import DateClue, PartialDate
from services.casefile.people.likeness import ALIKE, word_likeness
from services.casefile.people.names import TypedName, typed_name
from services.casefile.people.scoring import (
    ABSENT_BITS,
    NAME_BITS,
    best_near_miss,
    birth_evidence,
    birth_possible,
    name_evidence,
)
from services.casefile.people.search_index import UNBORN, birthday_mark, mark, token_keys, unpacked, year_mark
from services.casefile.people.search_models import PersonSearch


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is known of the person sought. Identifiers in their normal form (`identifiers`, phones as E.164)."""

    name: str = ""
    date_of_birth: DateClue | None = None
    postcode: str | None = None
    uprn: str | None = None
    phone: str | None = None
    nhs_number: str | None = None
    nino: str | None = None
    upn: str | None = None

    @property
    def identifiers(self) -> tuple[tuple[str, str], ...]:
        return tuple((kind, value) for kind, _, _, value in self._kinds() if value)

    def _kinds(self) -> tuple[tuple[str, str, float, str | None], ...]:
        return (
            ("nhs", "NHS number matches", 24.0, self.nhs_number),
            ("nino", "National Insurance number matches", 24.0, self.nino),
            ("upn", "unique pupil number matches", 24.0, self.upn),
            ("phone", "phone number matches", 12.0, self.phone),
            ("uprn", "address matches", 12.0, self.uprn),
            ("postcode", "postcode matches", 9.0, self.postcode),
        )


@dataclass(frozen=True, slots=True)
class Match:
    """One person found. `score` is from 0 to 1; `reasons` speak only of what was typed."""

    person_id: UUID
    score: float
    reasons: tuple[str, ...]
    second_identifier_matched: bool
    """Two things that each point to one person agree: the name and a full birth date, address, phone or number."""


_WORDS_A_WORD = 150
"""Recorded words that one typed word may stand for; the likest are kept."""
_CLOSE = 0.9
_FETCHED = 1000
"""Rows that one net may bring in; the widest net, for the commonest names in a borough of 250,000, brings about 700."""
_COMPARED = 100
"""Of a net's rows, how many are compared word by word: those whose marks promise most."""


async def find_people(
    session: AsyncSession,
    query: SearchQuery,
    *,
    visible: ColumnElement[bool] | None = None,
    excluded: Collection[UUID] = (),
    limit: int = 20,
) -> list[Match]:
    """The people who fit best, best first.

    `visible` is a condition on `PersonSearch.person_id`; `excluded` are ids nobody may see here. Both, like
    `searchable`, are part of the index query: hidden people take no places and change no counts.
    """
    typed = typed_name(query.name)
    # Conditions on arrays look cheap to the planner and are not: only the index may answer them.
    await session.execute(text("set local enable_seqscan = off"))
    words = await _expand(session, typed) if typed.tokens else []
    shown: list[ColumnElement[bool]] = [PersonSearch.searchable]
    if visible is not None:
        shown.append(visible)
    if excluded:
        shown.append(PersonSearch.person_id.not_in(list(excluded)))
    found: dict[UUID, Match] = {}
    best = 0.0
    for net in _nets(query, words):
        rows = await session.execute(
            select(PersonSearch.person_id, PersonSearch.names, PersonSearch.born, PersonSearch.marks)
            .where(*shown, net.condition)
            .limit(_FETCHED)
        )
        for person_id, names, born, marks in _most_promising(rows.all(), query, words):
            if person_id not in found:
                match = _weigh(query, typed, person_id, names, born, marks)
                found[person_id] = match
                best = max(best, match.score)
        if best > net.beyond:
            break
    await session.execute(text("set local enable_seqscan = on"))
    ranked = sorted(found.values(), key=lambda match: (-match.score, match.person_id))
    return [match for match in ranked[:limit] if match.score > 0]


@dataclass(frozen=True, slots=True)
class _Word:
    """What one typed word may stand for: marks of recorded words, with how alike they are, likest first."""

    typed: str
    marks: dict[int, float]

    @property
    def telling(self) -> bool:
        """One or two letters may be an initial of any name: they help to rank, not to find."""
        return len(self.typed) > 2

    def list(self, at_least: float = 0.0) -> list[int]:
        return [mark for mark, value in self.marks.items() if value >= at_least]


async def _expand(session: AsyncSession, typed: TypedName) -> list[_Word]:
    units = [*typed.tokens, *typed.joined]
    parts: list[str] = []
    values: dict[str, object] = {}
    for i, unit in enumerate(units):
        parts.append(f"select {i} as place, token from name_token where keys && cast(:keys{i} as bigint[])")
        values[f"keys{i}"] = token_keys(unit)
        if len(unit) >= 3:
            parts.append(
                f"(select {i}, token from name_token where token ~>=~ :from{i} and token ~<~ :to{i} limit 400)"
            )
            values[f"from{i}"], values[f"to{i}"] = unit, unit[:-1] + chr(ord(unit[-1]) + 1)
    rows = await session.execute(text(" union ".join(parts)), values)
    alike: list[list[tuple[float, str]]] = [[] for _ in units]
    for place, token in rows:
        value = word_likeness(units[place], token).value
        if value >= ALIKE:
            alike[place].append((value, token))
    stands_for = [
        {mark("name", token): value for value, token in sorted(found, reverse=True)[:_WORDS_A_WORD]} for found in alike
    ]
    words = stands_for[: len(typed.tokens)]
    for joined, found in zip(typed.joined, stands_for[len(typed.tokens) :], strict=True):
        for place, token in enumerate(typed.tokens):
            if token in joined:
                words[place] = found | words[place]
    for word, token in zip(words, typed.tokens, strict=True):
        # Two names run together: either half, if anyone bears it.
        for i in range(3, len(token) - 2):
            for half in (token[:i], token[i:]):
                word.setdefault(mark("name", half), _CLOSE)
    return [_Word(token, word) for token, word in zip(typed.tokens, words, strict=True)]


@dataclass(frozen=True, slots=True)
class _Net:
    """A condition that finds candidates, and the best score that anyone outside it could have."""

    condition: ColumnElement[bool]
    beyond: float


def _nets(query: SearchQuery, words: Sequence[_Word]) -> list[_Net]:
    """Conditions to try in turn, narrow to wide; the search stops when no wider net could bring anyone better."""
    marks = PersonSearch.marks
    clue = query.date_of_birth
    dates = _date_marks(clue)
    numbers = [mark(kind, value) for kind, value in query.identifiers]
    name = NAME_BITS * len(words)
    date = birth_possible(clue)
    worth = [bits for _, _, bits, value in query._kinds() if value]
    possible = name + date + sum(worth)
    if not possible:
        return []
    nets: list[_Net] = []
    if numbers:
        nets.append(_Net(marks.overlap(numbers), (name + date) / possible))
    telling = [word for word in words if word.telling] or words
    borne = [marks.overlap(word.list()) for word in telling if word.marks]
    # Where nobody bears one of the words, the others and the date decide.
    every = and_(*borne) if borne and len(borne) == len(telling) else None
    lacking_a_word = (name + date - NAME_BITS + ABSENT_BITS) / possible
    wrong_date = (name + best_near_miss(clue)) / possible
    if dates:
        narrow = [marks.contains(dates)] if len(dates) == 2 or not words else []
        if every is not None:
            narrow.append(and_(every, marks.overlap([*dates, UNBORN])))
        if narrow:
            nets.append(_Net(or_(*narrow), max(lacking_a_word, wrong_date)))
        if borne:
            nets.append(_Net(and_(or_(*borne), marks.overlap(dates)), wrong_date))
    if every is not None:
        exact = [mark("name", word.typed) for word in telling]
        nets.append(_Net(marks.contains(exact), 0.99))
        close = [marks.overlap(alike) for word in telling if (alike := word.list(_CLOSE))]
        if len(close) == len(telling):
            nets.append(_Net(and_(*close), (name + date - 2 * NAME_BITS * (1 - _CLOSE)) / possible))
        nets.append(_Net(every, lacking_a_word))
    if len(borne) > 2:
        nets.append(_Net(or_(*(and_(a, b) for i, a in enumerate(borne) for b in borne[i + 1 :])), 0.0))
    elif len(words) > 1:
        near = [marks.overlap(alike) for word in telling if (alike := word.list(_CLOSE))]
        if near:
            nets.append(_Net(or_(*near), 0.0))
    return nets


def _date_marks(clue: DateClue | None) -> list[int]:
    if clue is None:
        return []
    marks = []
    if clue.year is not None:
        marks.append(year_mark(clue.year))
    if clue.month is not None and clue.day is not None:
        marks.append(birthday_mark(clue.month, clue.day))
    return marks


_Row = Row[tuple[UUID, str, str, list[int]]]


def _most_promising(rows: Sequence[_Row], query: SearchQuery, words: Sequence[_Word]) -> Sequence[_Row]:
    """Comparing words is dear: of many rows only those whose marks and date promise most."""
    if len(rows) <= _COMPARED:
        return rows
    numbers = {mark(kind, value) for kind, value in query.identifiers}
    initials = [re.compile(rf"\b{word.typed}") for word in words if not word.telling]

    def promise(row: _Row) -> float:
        alike = sum(max((word.marks.get(m, 0.0) for m in row.marks), default=0.0) for word in words if word.telling)
        alike += sum(bool(initial.search(row.names)) for initial in initials)
        birth = birth_evidence(query.date_of_birth, PartialDate.parse(row.born) if row.born else None)
        return NAME_BITS * (alike + 2 * len(numbers.intersection(row.marks))) + birth.bits

    return sorted(rows, key=promise, reverse=True)[:_COMPARED]


def _weigh(query: SearchQuery, typed: TypedName, person_id: UUID, names: str, born: str, marks: list[int]) -> Match:
    name = name_evidence(typed, unpacked(names))
    birth = birth_evidence(query.date_of_birth, PartialDate.parse(born) if born else None)
    bits, possible = name.bits + birth.bits, name.possible + birth.possible
    reasons = [*name.reasons, *birth.reasons]
    exact = int(name.share >= 0.8) + int(bool(query.date_of_birth and query.date_of_birth.full and birth.share == 1))
    for kind, words, worth, value in query._kinds():
        if value:
            possible += worth
            if mark(kind, value) in marks:
                bits += worth
                exact += 1
                reasons.append(words)
    score = max(0.0, min(1.0, bits / possible)) if possible else 0.0
    return Match(person_id, score, tuple(reasons), exact >= 2)
