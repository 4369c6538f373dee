"""The shortlist: who stands where, frozen with a hash, ties settled by the public draw, each place explained. Pure.

A list is published as digests: nobody learns who is on it, yet each bidder, who was given a receipt, finds the one line
that is theirs and sees that it was not moved. Tied lines also bear the bidder's random token, the very entries of the
draw (`kit.lottery`): whoever re-runs it with `kit/lottery_verifier.py` has the final order.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple
from uuid import UUID

from pydantic_core import to_json

from services.housing.lettings.rules import STEPS, Bidder, Refusal, Rules, Standing, Step, refusals, standing

FORMAT: Final = "newstart-shortlist-1"


class Bid(NamedTuple):
    """A bid that stood when bidding closed. The token is for the draw, the receipt for the bidder alone."""

    token: str
    receipt: str
    bidder: Bidder


class Line(NamedTuple):
    """A bid and its place: `first` to `last` among those it is tied with, both the same when it is alone."""

    bid: Bid
    standing: Standing
    first: int
    last: int

    @property
    def tied(self) -> bool:
        """Whether somebody stands exactly where they stand."""
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class LineUp:
    """Everybody who may have the home, in order, and who may not with every reason."""

    lines: tuple[Line, ...]
    left_out: tuple[tuple[Bid, tuple[Refusal, ...]], ...]


def line_up(rules: Rules, bids: Sequence[Bid]) -> LineUp:
    """Put bids into order by the advert's rules, band and priority date. The order of arrival does not matter."""
    left_out, placed = [], []
    for bid in bids:
        if found := refusals(rules, bid.bidder):
            left_out.append((bid, found))
        else:
            where = standing(rules, bid.bidder)
            # Within a tie by token, so that the list is the same whoever makes it; it means nothing.
            placed.append((where.order, bid.token, where, bid))
    placed.sort(key=itemgetter(0, 1))
    lines: list[Line] = []
    for _, group in groupby(placed, key=itemgetter(0)):
        same = list(group)
        first = len(lines) + 1
        lines += [Line(bid, where, first, first + len(same) - 1) for _, _, where, bid in same]
    return LineUp(tuple(lines), tuple(left_out))


# Freezing ---------------------------------------------------------------------------------------------------


def entry_of(line: Line) -> dict[str, Any]:
    """What a line's digest is made of: all of it is told to the bidder, so that they can make it again."""
    return {
        "band": line.bid.bidder.band,
        "comes_first_by": sorted(line.standing.has),
        "first": line.first,
        "last": line.last,
        "priority_date": line.bid.bidder.priority_date.isoformat(),
        "receipt": line.bid.receipt,
    }


def digest_of(told: Mapping[str, Any]) -> str:
    """SHA-256 of JSON with sorted keys and no spaces, in UTF-8: 64 hexadecimal digits."""
    return hashlib.sha256(_canonical(told).encode("utf-8")).hexdigest()


def _digest_in_order(told: Mapping[str, Any]) -> str:
    """The same of what has its names in their order already: `json` takes four times as long over hundreds."""
    return hashlib.sha256(to_json(told)).hexdigest()


# Made once: `json.dumps` with these arguments makes one for each line.
_canonical: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def frozen(
    advert_id: UUID, number: int, closed_at: datetime, found: LineUp, asked: Mapping[str, Any]
) -> dict[str, Any]:
    """The list as it is published: digests in order, tied ones with their tokens, and the hash of it all.

    `asked` are the advert's rules as they stood while people bid: under the hash too, so nobody changes them later.
    """
    lines = []
    for line in found.lines:
        digest = _digest_in_order(entry_of(line))
        shown: dict[str, Any] = {"digest": digest, "first": line.first, "last": line.last}
        if line.tied:
            shown["token"] = line.bid.token
        lines.append(shown)
    told: dict[str, Any] = {
        "advert": str(advert_id),
        "closed_at": closed_at.isoformat(),
        "format": FORMAT,
        "left_out": len(found.left_out),
        "lines": lines,
        "number": number,
        "rules": dict(sorted(asked.items())),
    }
    return {**told, "hash": _digest_in_order(told)}


def is_unchanged(published: Mapping[str, Any]) -> bool:
    """Whether a published list still fits its hash."""
    told = {name: value for name, value in published.items() if name not in ("hash", "order")}
    return bool(published.get("hash") == digest_of(told))


def tied_tokens(found: LineUp) -> list[str]:
    """The entries of the draw: everybody who shares a place."""
    return [line.bid.token for line in found.lines if line.tied]


def places(firsts: Mapping[str, int], drawn: Sequence[str]) -> dict[str, int]:
    """The final place of each token. `firsts`: the first place of its tie; `drawn`: tied ones as the draw put them."""
    ranked = {token: rank for rank, token in enumerate(drawn)}
    order = sorted(firsts, key=lambda token: (firsts[token], ranked.get(token, -1)))
    return {token: place for place, token in enumerate(order, 1)}


def order_of(published: Mapping[str, Any], drawn: Sequence[str]) -> list[str]:
    """The digests of a published list in their final order: what an outsider re-makes with the draw's record."""
    ranked = {token: rank for rank, token in enumerate(drawn)}
    lines = sorted(published["lines"], key=lambda line: (line["first"], ranked.get(line.get("token", ""), -1)))
    return [line["digest"] for line in lines]


# Telling ----------------------------------------------------------------------------------------------------


def grounds(line: Line, before: Sequence[Line], place: int | None, of: int) -> tuple[str, ...]:
    """Why somebody stands where they stand, in sentences for them. `before`: everybody who stands ahead.

    Says nothing of any one other bidder.
    """
    said = [f"You were number {place} of {of}." if place else _tied(line, of)]
    bidder = line.bid.bidder
    said.append(f"You are in band {bidder.band}, and your date is {_day(bidder.priority_date)}.")
    said += [f"You came before others because of {STEPS[each]}." for each in Step if each in line.standing.has]
    ahead = Counter(_why_ahead(each, line) for each in before)
    for why, count in ahead.items():
        said.append(f"Ahead of you {'was' if count == 1 else 'were'} {count} with {why}.")
    if line.tied and place:
        said.append(
            f"{line.last - line.first + 1} bidders had the same band and date: a public draw put them in order. "
            "With your token you can check it."
        )
    return tuple(said)


def _tied(line: Line, of: int) -> str:
    if not line.tied:
        return f"You were number {line.first} of {of}."
    return f"You share places {line.first} to {line.last} of {of}; a public draw will say who comes first."


def _why_ahead(other: Line, line: Line) -> str:
    for at, step in enumerate(Step):
        if other.standing.behind[at] < line.standing.behind[at]:
            return STEPS[step]
        if other.standing.behind[at] > line.standing.behind[at]:
            break
    if other.standing.band_rank < line.standing.band_rank:
        return "a more urgent band"
    if other.standing.priority_date < line.standing.priority_date:
        return "the same band and an earlier date"
    return "the same band and date, put before you by the public draw"


_MONTHS: Final = ("January February March April May June July August September October November December").split()


def _day(day: Any) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
