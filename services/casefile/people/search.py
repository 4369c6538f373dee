"""Tolerant person search: a name in any spelling and order, part of a birth date, a second identifier.

Three steps, each explainable. *Widen*: each typed word becomes the words of the vocabulary that it may stand for.
*Find*: people who bear such words and fit the date, by scans of one inverted index (`candidates`). *Weigh*: each of
them is compared with the query word by word (`scoring`) and ranked.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlalchemy.ext.asyncio import AsyncSession

from services.casefile.people.candidates import candidates
from services.casefile.people.search_models import PersonSearch
from services.casefile.people.search_query import SearchQuery

__all__ = ["Match", "SearchQuery", "find_people"]


@dataclass(frozen=True, slots=True)
class Match:
    """One person found. `score` is from 0 to 1; `reasons` speak only of what was typed."""

    person_id: UUID
    score: float
    reasons: tuple[str, ...]
    second_identifier_matched: bool
    """Two things that each point to one person agree: the name and a full birth date, address, phone or number."""


async def find_people(
    session: AsyncSession,
    query: SearchQuery,
    *,
    visible: ColumnElement[bool] | None = None,
    also: ColumnElement[bool] | None = None,
    excluded: Collection[UUID] = (),
    limit: int = 20,
) -> list[Match]:
    """The people who fit best, best first.

    `visible` is a condition on `PersonSearch.person_id`; `also` lets in some who are not searchable; `excluded` are
    ids nobody may see here. All, like `searchable`, are part of the index query: hidden people take no places and
    change no counts. Has to run in a transaction, and turns sequential scans off while it runs.
    """
    searchable = PersonSearch.searchable.is_(True)
    shown: list[ColumnElement[bool]] = [searchable if also is None else or_(searchable, also)]
    if visible is not None:
        shown.append(visible)
    if excluded:
        shown.append(PersonSearch.person_id.not_in(list(excluded)))
    found = await candidates(session, query, shown)
    return [
        Match(each.person_id, each.fit.score, each.fit.reasons, each.fit.second_identifier_matched)
        for each in found[:limit]
        if each.fit.score > 0
    ]
