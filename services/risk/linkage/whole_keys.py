"""The index of blocking keys of a whole borough: made and written by stretches, so that memory stays bounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from services.risk.linkage import bulk

if TYPE_CHECKING:
    import numpy as np

    from services.risk.linkage.engine.engine import Engine
    from services.risk.linkage.snapshot import Snapshot

_MOST_SHARING = 60
"""A key that more records share says too little (the engine's own limit for a group)."""
_ANEW = 0.3
"""When so many records have new keys, the index is made anew: several times faster than adding to it."""
_CHUNK = 50_000
"""Records whose keys are made at once: what bounds memory."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The blocking keys of records that lack them or say something else since, a row of numbers each, 0 for none; and,
    after a large change, the keys that too many records share."""

    places: list[int]
    """Which records of the snapshot they are of."""
    folded: "np.ndarray[Any, np.dtype[np.int32]]"
    common: "np.ndarray[Any, np.dtype[np.int32]] | None"
    anew: bool = False


def fresh_keys(vault: bulk.Connection, engine: "Engine", snapshot: "Snapshot") -> Keys:
    """Keys of records whose keys are missing or old; of all, when these are many."""
    import numpy as np

    made: dict[UUID, UUID] = dict(vault.execute("select record_id, digest from record_key").fetchall())
    digests = snapshot.records.column("digest").to_pylist()
    stale = [place for place, each in enumerate(snapshot.ids) if str(made.get(each)) != digests[place]]
    anew = len(stale) > _ANEW * len(snapshot.ids)
    if anew:
        stale = list(range(len(snapshot.ids)))
    parts = [
        engine.folded_keys(snapshot.records.take(stale[start : start + _CHUNK]))
        for start in range(0, len(stale), _CHUNK)
    ]
    folded = np.concatenate(parts) if parts else np.empty((0, 0), np.int32)
    if anew:
        values, counts = np.unique(folded[folded > 0], return_counts=True)
        common = said_little = values[counts > _MOST_SHARING]
    else:
        common = None
        said_little = np.asarray([row[0] for row in vault.execute("select key from common_key")], np.int32)
    for start in range(0, len(folded), _CHUNK):
        part = folded[start : start + _CHUNK]
        part[np.isin(part, said_little)] = 0
        part.sort(axis=1)
        part[:, 1:][part[:, 1:] == part[:, :-1]] = 0
    return Keys(stale, folded, common, anew)


def put_keys(vault: bulk.Connection, keys: Keys, snapshot: "Snapshot") -> None:
    """Into the vault's index of keys, in the caller's transaction."""
    if keys.common is not None:
        vault.execute("delete from common_key")
        with vault.cursor() as cursor, cursor.copy("copy common_key from stdin") as copy:
            for key in keys.common.tolist():
                copy.write_row((key,))
    if not keys.places:
        return
    if keys.anew:
        vault.execute("drop index ix_record_key_keys")
    bulk.stage(vault, "staged_keys", [("record_id", "uuid"), ("digest", "uuid"), ("keys", "int[]")],
               _written(keys, snapshot))  # fmt: skip
    vault.execute(
        "insert into record_key select * from staged_keys where record_id in (select record_id from record)"
        " on conflict (record_id) do update set digest = excluded.digest, keys = excluded.keys"
        " where record_key.digest <> excluded.digest or record_key.keys <> excluded.keys"
    )
    if keys.anew:
        vault.execute("create index ix_record_key_keys on record_key using gin (keys) with (fastupdate = off)")


def _written(keys: Keys, snapshot: "Snapshot") -> Iterator[tuple[Any, ...]]:
    """Rows as PostgreSQL reads an array: adapting numbers one by one takes longer than all else here."""
    digests = snapshot.records.column("digest")
    for start in range(0, len(keys.places), _CHUNK):
        places = keys.places[start : start + _CHUNK]
        said = digests.take(places).to_pylist()
        for place, digest, row in zip(places, said, keys.folded[start : start + _CHUNK].tolist(), strict=True):
            yield snapshot.ids[place], digest, f"{{{','.join(str(key) for key in row if key)}}}"
