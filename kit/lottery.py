"""The one public draw: ties between bidders, panels, reserves, any place that is rationed.

`announce` before the seed can be known, publish what it returns; `conclude` once it is. The record is plain JSON, and
`kit/lottery_verifier.py` (one file, standard library alone) tells anybody whether it is right. Who stands behind an
entry's token is the caller's to keep.
"""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from kit import lottery_verifier
from kit.errors import Conflict, invalid

Record = dict[str, Any]
"""A draw as it is published (`lottery_verifier` says what is in it)."""

MOST_ENTRIES: Final = 1_000_000
_MOST_WORDS: Final = 500


def new_token() -> str:
    """A random token for one entry: 128 bits, as 32 hexadecimal digits. Made from nothing about anybody."""
    return secrets.token_hex(16)


def announce(
    title: str,
    entries: Collection[str],
    *,
    take: int,
    seed_source: str,
    closed_at: datetime,
    seed_from: datetime,
    replaces: Record | None = None,
    because: str | None = None,
) -> Record:
    """The record before the draw, with its commitment.

    `take`: how many of the order count. `seed_source`: in words that let anybody look it up. `seed_from`: the first
    moment at which it can be known, after `closed_at`. A draw that replaces another names it, and why, for everyone to
    read. Raises `Invalid` naming the field.
    """
    if not 1 <= len(entries) <= MOST_ENTRIES or len(set(entries)) != len(entries) or not all(entries):
        raise invalid("/entries", f"From one to {MOST_ENTRIES:,} different tokens.", "entries")
    if not 1 <= take <= len(entries):
        raise invalid("/take", "From one to the number of entries.", "take")
    for pointer, words in (("/title", title), ("/seed_source", seed_source)):
        if not 3 <= len(words.strip()) <= _MOST_WORDS:
            raise invalid(pointer, f"In words, at most {_MOST_WORDS} letters.", "words")
    if (replaces is None) != (because is None or not because.strip()):
        raise invalid("/because", "Say why, exactly when it replaces another draw.", "reason-for-again")
    if seed_from <= closed_at:
        raise invalid("/seed_from", "The seed must become known after the list is closed.", "seed-later")
    record: Record = {
        "format": lottery_verifier.FORMAT,
        "title": title.strip(),
        "entries": sorted(entries),
        "take": take,
        "seed_source": seed_source.strip(),
        "closed_at": closed_at.isoformat(),
        "seed_from": seed_from.isoformat(),
        "replaces": None if replaces is None else replaces["commitment"],
        "because": None if because is None else because.strip(),
    }
    record["commitment"] = lottery_verifier.commitment_of(record)
    return record


def conclude(announced: Record, seed: str, *, entered_by: str, witnessed_by: str, drawn_at: datetime) -> Record:
    """The finished record: the order that this seed gives.

    Raises `Conflict` for a record that was drawn or changed since, and `Invalid` for a seed too early or too short, or
    without a witness.
    """
    if "order" in announced or lottery_verifier.faults_of_announcement(announced):
        raise Conflict("This draw has been drawn, or is not as it was announced", allowed=[])
    if drawn_at < datetime.fromisoformat(announced["seed_from"]):
        raise invalid("/seed", "The seed cannot be known yet.", "seed-later")
    if len(lottery_verifier.seed_as_drawn(seed)) < 4:
        raise invalid("/seed", "The seed as its source gives it, at least four letters.", "seed")
    if not witnessed_by.strip() or witnessed_by == entered_by:
        raise invalid("/witnessed_by", "Somebody else must see the seed being entered.", "witness")
    return {
        **announced,
        "seed": seed,
        "drawn_at": drawn_at.isoformat(),
        "entered_by": entered_by,
        "witnessed_by": witnessed_by,
        "order": lottery_verifier.order_of(announced["commitment"], seed, announced["entries"]),
    }


def announce_groups(title: str, groups: Sequence[Sequence[str]], **more: Any) -> Record:
    """A draw of one whole group out of many that are equally likely, as it is published before: the record and the
    groups.

    `groups`: of tokens. `more`: as `announce` takes it, but for `take`, which is one.
    """
    listed = [sorted(group) for group in groups]
    entries = [lottery_verifier.entry_of(number, group) for number, group in enumerate(listed, 1)]
    return _filed(announce(title, entries, take=1, **more), listed)


def conclude_groups(announced: Record, seed: str, **more: Any) -> Record:
    """The finished draw of a group. As `conclude`."""
    return _filed(conclude(announced["draw"], seed, **more), announced["groups"])


def group_taken(file: Record) -> list[str]:
    """The tokens of the group that a finished draw takes."""
    found: list[str] = file["groups"][lottery_verifier.group_taken(file) - 1]
    return found


def _filed(record: Record, groups: list[list[str]]) -> Record:
    file: Record = {"format": lottery_verifier.FORMAT_OF_GROUPS, "draw": record, "groups": groups}
    return {**file, "digest": lottery_verifier.digest_of(file)}


def taken(record: Record) -> list[str]:
    """The entries that a finished draw takes, the first one first."""
    found: list[str] = record["order"][: record["take"]]
    return found
