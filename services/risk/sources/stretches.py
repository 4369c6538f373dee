"""A file's checked rows made ready for both zones, a stretch at a time.

DuckDB makes the next stretch ready while PostgreSQL takes the present one: each is about one core's work.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Final
from uuid import UUID

import duckdb

from services.risk.sources import handover, statements
from services.risk.sources.maps.shape import Map
from services.risk.vault import pseudonyms

FACT: Final = "id, record, source, kind, occurred_on, until, amount, value"
"""What stands of a fact, beside the load that told of it."""
_MIDDLE: Final = f"uuid '{UUID(int=1 << 127)}'"
"""Ids are digests: half of them are below."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The rows of a file up to one of them, ready in files and in the tables of a desk."""

    desk: "Desk"
    upto: int
    good: int
    last: date | None
    """The latest day of its facts."""
    people: Path | None
    places: Path | None
    facts: tuple[Path, ...]
    """As `Desk.fresh` or `Desk.known` writes them."""


class Desk:
    """A place to make one stretch ready: a connection to the stage with its own tables, and its own files."""

    def __init__(
        self, duck: duckdb.DuckDBPyConnection, number: int, mapped: Map, load_id: UUID, room: Path, erased: Path
    ) -> None:
        self._duck, self._number, self._map, self._load_id, self._room = duck, number, mapped, load_id, room
        for macro in (*pseudonyms.duckdb_macros(), statements.FACT_ID):
            duck.execute(macro)
        duck.execute(
            "create or replace temp table erased as select pseudonym from"
            f" read_csv({handover.quoted(erased)}, header = false, auto_detect = false,"
            " columns = {'pseudonym': 'UUID'})"
        )

    def ready(self, first: int, upto: int, fresh: bool) -> Stretch:
        """The rows after `first`; the facts as of a source that has none yet (`fresh`), or to be compared."""
        self._duck.execute(statements.stretch(self._map, first, upto))
        people, places = self._people(), self._places()
        self._duck.execute(statements.facts(self._map))
        good, last = self._duck.execute(
            "select (select count(*) from stretch), (select max(occurred_on) from facts)"
        ).fetchall()[0]
        return Stretch(self, upto, int(good), last, people, places, self.fresh() if fresh else self.known())

    def fresh(self) -> tuple[Path, Path]:
        """The facts as rows of `fact`, in two halves for two connections."""
        rows = f"select {FACT}, uuid '{self._load_id}' from facts where not blank and id"
        return self._written(f"{rows} < {_MIDDLE}", "facts"), self._written(f"{rows} >= {_MIDDLE}", "facts-too")

    def known(self) -> tuple[Path]:
        """The facts with all that comparing takes."""
        return (self._written("select * from facts", "facts"),)

    def news(self, entered: Iterable[str] | None, taken: Iterable[str] | None) -> int:
        """How many rows told something new: of these facts (ids), of these people (pseudonyms); None: of all."""
        given = {"facts": entered, "people": taken}
        told = {name: list(ids) for name, ids in given.items() if ids is not None}
        found = self._duck.execute(statements.news(entered is None, taken is None), told)
        return int(found.fetchall()[0][0])

    def _people(self) -> Path | None:
        statement = statements.identities(self._map, str(self._load_id))
        self._duck.execute(statement or statements.NOBODY)
        return None if statement is None else self._written("select * exclude (n) from people", "people")

    def _places(self) -> Path | None:
        """Which wards the stretch's addresses lie in, for the vault: addresses are said there alone."""
        statement = statements.places(self._map)
        return None if statement is None else self._written(statement, "places")

    def _written(self, query: str, name: str) -> Path:
        return handover.written(self._duck, query, self._room / f"{name}-{self._number}.csv")


def ready(desks: Sequence[Desk], first: int, last: int, rows: int, fresh: bool) -> Iterator[Stretch]:
    """The rows after `first`, so many at a time, in order. One desk's stretch is given out while the next is made
    ready at another: it holds until the next one is asked for."""
    with ThreadPoolExecutor(1) as beside:
        ahead = None
        for desk, start in zip(cycle(desks), range(first, last, rows), strict=False):
            following = beside.submit(desk.ready, start, min(start + rows, last), fresh)
            if ahead is not None:
                yield ahead.result()
            ahead = following
        if ahead is not None:
            yield ahead.result()
