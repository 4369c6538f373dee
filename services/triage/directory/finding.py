"""Finding services by what somebody says: full text, names misspelt, and meaning, merged by reciprocal rank.

What is asked goes to the database as parameters and is kept nowhere: not in a table, a log or a trace.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from kit.store.unit import UnitOfWork
from services.triage.directory import said
from services.triage.directory.meaning import as_text, meaning

LONGEST = 2000
"""Characters of a sentence that are read."""
_LONGEST_NAME = 6
"""Words of what may be a service's name."""
_MOST = 60
"""Services that each way of looking may name."""
_RANK = 20.0
"""Reciprocal rank fusion: how little the first places differ. Measured on the seen half of the sentences."""


class _Asked(NamedTuple):
    words: str
    meant: str
    meaning: str


def _asked(sentence: str) -> _Asked:
    meant = " ".join(said.meant(sentence))
    words = f"{sentence} {' '.join(said.spelt(said.plain(sentence)))}"
    return _Asked(words, meant, as_text(meaning(f"{sentence} {meant}")))


# Each word counts by how few services have it (of `:among`), twice in a service's name, one and a half times in its
# organisation's; a word of theirs that says nothing ("I", "my") is no lexeme at all.
_BY_WORDS = text("""
    with asked as (
        select lexeme from unnest(to_tsvector('english', :words)) union
        select lexeme from unnest(to_tsvector('english', :meant))
    ), hit as (
        select service.id, count(*) over (partition by asked.lexeme) as among,
            case when service.words @@ (quote_literal(asked.lexeme) || '\\:A')::tsquery then 2.0
                when service.words @@ (quote_literal(asked.lexeme) || '\\:B')::tsquery then 1.5 else 1.0 end as weight
        from asked join directory_service as service on service.words @@ quote_literal(asked.lexeme)::tsquery
        where service.id = any(:among)
    )
    select id from hit group by id
    order by sum(weight * ln(1 + cardinality(:among)::float / among)) desc, id limit :most
""")
_BY_NAME = text("""
    select id from directory_service
    where :name <% line and id = any(:among)
    order by word_similarity(:name, line) desc, id limit 10
""")
_BY_MEANING = text("""
    select id from directory_service where id = any(:among)
    order by meaning <=> cast(:meaning as vector), id limit :most
""")


async def ranked(unit: UnitOfWork, sentence: str, among: Sequence[UUID]) -> list[UUID]:
    """Those of `among` that may be right for a sentence, the likeliest first."""
    sentence = " ".join(sentence[:LONGEST].replace("\x00", " ").split())
    if not said.plain(sentence) or not among:
        return []
    # The first sentence of a process loads the model: not while everyone waits.
    asked = await asyncio.to_thread(_asked, sentence)
    shared = {"among": list(among), "most": _MOST}

    async def ids(query: Any, **more: str) -> Sequence[UUID]:
        return (await unit.session.scalars(query, {**shared, **more})).all()

    rankings = [
        await ids(_BY_WORDS, words=asked.words, meant=asked.meant),
        await ids(_BY_MEANING, meaning=asked.meaning),
    ]
    # Nobody types a name in a whole sentence, and comparing one with every name is what takes long.
    if len(said.plain(sentence)) <= _LONGEST_NAME:
        rankings.append(await ids(_BY_NAME, name=sentence.lower()))
    return merged(*rankings)


def merged(*rankings: Iterable[UUID]) -> list[UUID]:
    """One ranking of several: each names a thing with the reciprocal of its rank (Cormack et al., SIGIR 2009)."""
    scores: dict[UUID, float] = {}
    for ranking in rankings:
        for rank, each in enumerate(ranking, start=1):
            scores[each] = scores.get(each, 0.0) + 1 / (_RANK + rank)
    return sorted(scores, key=lambda each: (-scores[each], each))
