"""Finding help by what somebody says: is a right service among the first five, and how long does the call take?

181 everyday sentences (demo/directory/sentences.tsv: dialect, slips, whole stories) among the demo's 101 services.
Ours is the directory's own `find` on the kept half, whose misses nobody looked at while search was made better. The
peer is plain full text as most directories have it (a word of the sentence is enough, ranked by ts_rank); as the limit,
ours on the seen half, whose misses went into the vocabulary.
"""

import math
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import UUID

import uvloop
from sqlalchemy import text

from benchmarks.ground import Ground, apart
from benchmarks.rounds import Size
from benchmarks.table import Row
from demo.directory import feed
from kit import clock
from kit.store.db import Database
from kit.store.unit import Cause, UnitOfWork, unit_of_work
from services.triage.directory import commands, hsds, meaning
from services.triage.directory.finding import ranked
from services.triage.directory.models import DirectoryService, Feed
from services.triage.directory.queries import Wanted, find

_FIRST = 5
_MANY = {"tiny": 200, "full": 5_000}
"""Services of a large borough's directory, for the time it takes."""
_CAUSE = Cause("bench", "public", "triage.directory.read")

Contender = Callable[[UnitOfWork, str], Awaitable[list[UUID]]]


@dataclass
class Measured:
    """Hits of one way of looking by half, and how long each look took in milliseconds."""

    hits: dict[bool, list[bool]] = field(default_factory=lambda: {True: [], False: []})
    took: list[float] = field(default_factory=list)

    def share(self, *halves: bool) -> float:
        """Of sentences with a right service among the first five."""
        found = [hit for half in halves for hit in self.hits[half]]
        return sum(found) / len(found)

    def p95(self) -> float:
        """Milliseconds."""
        took = sorted(self.took)
        return took[min(len(took) - 1, math.floor(len(took) * 0.95))]


@dataclass
class Result:
    """What the fork tells its parent."""

    ways: dict[str, Measured]
    many: list[float]
    first: float
    grown: float
    one: float


def run(size: Size, ground: Ground) -> list[Row]:
    """Recall at five, the time of a search, and what the model costs."""
    url = ground.migrated("triage")
    result = apart("directory-search", lambda: uvloop.run(_measure(url, size)))
    ours, peer, strict = (result.ways[name] for name in ("ours", "full text", "every word"))
    parts = ", ".join(
        f"{name} {each.share(False):.2f}/{each.share(True):.2f}" for name, each in result.ways.items() if name != "ours"
    )
    kept, p95 = ours.share(False), ours.p95()
    many = sorted(result.many)
    large = many[min(len(many) - 1, math.floor(len(many) * 0.95))]
    return [
        Row(
            "Directory, everyday sentences: a right service in the first five",
            kept,
            peer.share(False),
            ours.share(True),
            "share",
            "0.75",
            f"The {len(ours.hits[False])} kept sentences; as the limit ours on the {len(ours.hits[True])} seen. Peer:"
            f" PostgreSQL full text, any word. Kept/seen of each way: {parts}. Every word demanded, as a search box"
            f" does: {strict.share(False):.2f}.",
            kept >= 0.75,
        ),
        Row(
            "Directory, everyday sentences: p95 of a search",
            p95,
            peer.p95(),
            None,
            "ms",
            "under 100",
            f"Among 101 services, the whole look-up; median {statistics.median(ours.took):.1f} ms. Among"
            f" {_MANY[size.name]:,} services median {statistics.median(many):.0f}, p95 {large:.0f} ms.",
            p95 < 100,
        ),
        Row(
            "Directory: loading the sentence model",
            result.first * 1000,
            None,
            None,
            "ms",
            "under 1,000",
            f"Once in a process, with the first sentence. It grows by {result.grown:.0f} MB, the mapped weights it"
            f" touched included; a sentence takes {result.one * 1000:.1f} ms of processor time.",
            result.first < 1,
        ),
    ]


async def _measure(url: str, size: Size) -> Result:
    before, began = _resident_megabytes(), time.perf_counter()
    meaning.meaning("my landlord wants me out and I can't pay")
    first, grown = time.perf_counter() - began, _resident_megabytes() - before
    busy = time.process_time()
    for each in feed.sentences():
        meaning.meaning(each.said)
    one = (time.process_time() - busy) / len(feed.sentences())
    database = Database(url, pool=1)
    try:
        await _load(database)
        ways = await _ask(database)
        await _grow(database, _MANY[size.name] // len(feed.written()))
        many = []
        for each in feed.sentences()[:: 4 if size.name == "full" else 40]:
            async with unit_of_work(database, "triage", _CAUSE) as unit:
                start = time.perf_counter()
                await find(unit, Wanted(search=each.said))
                many.append((time.perf_counter() - start) * 1000)
        return Result(ways, many, first, grown, one)
    finally:
        await database.close()


async def _load(database: Database) -> None:
    """The demo's services, as a feed."""
    load, today = feed.id_of("load", "1"), clock.today()
    async with unit_of_work(database, "triage", _CAUSE) as unit:
        if await unit.session.get(Feed, feed.FEED) is None:
            entry = {"name": feed.NAME, "licence": feed.LICENCE, "active": True, "url": None}
            await commands.put_feed(unit, feed.FEED, entry, None)
        for slug in feed.written():
            made = hsds.Service.model_validate(feed.service(slug, today))
            await commands.take_in(unit, feed.FEED, load, made)


async def _grow(database: Database, copies: int) -> None:
    """The same services again and again under other ids: a large borough's number, not its variety."""
    async with unit_of_work(database, "triage", _CAUSE) as unit:
        columns = ", ".join(each.name for each in DirectoryService.__table__.columns if each.name != "id")
        into = f"insert into directory_service (id, {columns}) select gen_random_uuid(), {columns}"
        await unit.session.execute(text(f"{into} from directory_service, generate_series(2, :n)"), {"n": copies})
    async with database.engine.connect() as connection:
        apart_ = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await apart_.execute(text("vacuum analyze directory_service"))


async def _ask(database: Database) -> dict[str, Measured]:
    among = [feed.id_of("service", slug) for slug in feed.written()]

    async def ours(unit: UnitOfWork, said: str) -> list[UUID]:
        return (await find(unit, Wanted(search=said))).ids

    async def full_text(unit: UnitOfWork, said: str) -> list[UUID]:
        return list(await unit.session.scalars(_ANY_WORD, {"said": said}))

    async def every_word(unit: UnitOfWork, said: str) -> list[UUID]:
        return list(await unit.session.scalars(_EVERY_WORD, {"said": said}))

    async def vectors(unit: UnitOfWork, said: str) -> list[UUID]:
        asked = meaning.as_text(meaning.meaning(said))
        return list(await unit.session.scalars(_VECTORS, {"asked": asked}))

    ways: dict[str, Contender] = {
        "ours": ours,
        "full text": full_text,
        "every word": every_word,
        "vectors alone": vectors,
    }
    measured = {name: Measured() for name in ways}
    async with unit_of_work(database, "triage", _CAUSE) as unit:
        await ranked(unit, "a warm-up", among)
    for each in feed.sentences():
        right = {feed.id_of("service", slug) for slug in each.services}
        for name, way in ways.items():
            async with unit_of_work(database, "triage", _CAUSE) as unit:
                began = time.perf_counter()
                found = await way(unit, each.said)
                measured[name].took.append((time.perf_counter() - began) * 1000)
            measured[name].hits[each.seen].append(bool(right & set(found[:_FIRST])))
    return measured


_ANY_WORD = text("""
    with asked as (
        select to_tsquery('english', string_agg(quote_literal(lexeme), ' | ')) as query
        from unnest(to_tsvector('english', :said))
    )
    select id from directory_service, asked where words @@ query order by ts_rank(words, query) desc, id limit 5
""")
_EVERY_WORD = text("""
    select id from directory_service, websearch_to_tsquery('english', :said) as query
    where words @@ query order by ts_rank(words, query) desc, id limit 5
""")
_VECTORS = text("select id from directory_service order by meaning <=> cast(:asked as vector), id limit 5")


def _resident_megabytes() -> float:
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4096 / 1e6
