"""The rules of a ballot: what stands on it, who votes once, what a vote may say, and what may follow what. Pure."""

import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from kit.errors import Conflict, invalid
from services.grants.ballots.counting.count import Rule
from services.grants.ballots.counting.election import Kind, Paper, approval, points, ranking

MOST_PROJECTS: Final = 300
MOST_STEPS: Final = 500_000
"""A count raises shares at most so often: with a few voters each step is quick, and they end within minutes."""
FEWEST_SHOWN: Final = 10
"""No group of fewer voters is told apart from others in what is published."""
_CODE_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}\Z")


class State(StrEnum):
    """Where a ballot stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    COUNTED = "counted"
    RETURNED = "returned"
    ADOPTED = "adopted"


class Channel(StrEnum):
    """How a vote came in. All count in one total."""

    ONLINE = "online"
    CODE = "code"
    PAPER = "paper"
    ASSISTED = "assisted"


class Decision(StrEnum):
    """What the delegated officer made of a recommended project."""

    ADOPTED = "adopted"
    RETURNED = "returned"
    NOT_FUNDED = "not_funded"


class Answer(StrEnum):
    """What the panel says to a project that was returned to it."""

    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


ALLOWED: Final[Mapping[State, tuple[State, ...]]] = {
    State.DRAFT: (State.OPEN,),
    State.OPEN: (State.CLOSED,),
    State.CLOSED: (State.COUNTED,),
    State.COUNTED: (State.RETURNED, State.ADOPTED),
    State.RETURNED: (State.ADOPTED,),
    State.ADOPTED: (),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One project as it stands on the ballot. `ref` is what voters and results call it."""

    ref: str
    title: str
    cost_pence: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What is frozen when a ballot opens."""

    title: str
    kind: Kind
    rule: Rule
    budget_pence: int
    step_pence: int
    most_choices: int | None
    most_points: int | None
    opens_at: datetime
    closes_at: datetime
    projects: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Voter:
    """What tells one voter from another. It is never kept: see `marks`."""

    family_name: str
    date_of_birth: date
    postcode: str


def check_next(state: State, wanted: State) -> None:
    """`Conflict` with the states allowed from here, unless `wanted` is one of them."""
    if wanted not in ALLOWED[state]:
        raise Conflict(
            f"This ballot is {state.value}", state=state.value, allowed=[each.value for each in ALLOWED[state]]
        )


def check_terms(terms: Terms) -> None:
    """Is it a ballot that can be held and counted?"""
    if terms.closes_at <= terms.opens_at:
        raise invalid("/closes_at", "A ballot closes after it opens.", "closes-after-opening")
    if terms.kind is Kind.POINTS and not terms.most_points:
        raise invalid("/most_points", "Say how many points each voter has.", "points-need-a-sum")
    if terms.kind is not Kind.POINTS and terms.most_points:
        raise invalid("/most_points", "Only ballots with points have a sum of points.", "points-only")
    if terms.budget_pence // terms.step_pence > MOST_STEPS:
        least = terms.budget_pence // MOST_STEPS + 1
        raise invalid("/step_pence", f"For a pot like this a step is at least {least} pence.", "step-not-too-small")
    refs = [each.ref for each in terms.projects]
    if len(set(refs)) != len(refs):
        raise invalid("/projects", "Two projects have the same reference.", "reference-once")


def check_ready(terms: Terms) -> None:
    """May it open? It needs a choice to make, and a pot that pays for something."""
    check_terms(terms)
    if len(terms.projects) < 2:
        raise invalid("/projects", "A ballot needs at least two projects to choose from.", "a-choice")
    if min(each.cost_pence for each in terms.projects) > terms.budget_pence:
        raise invalid("/budget_pence", "The pot pays for none of the projects.", "pot-pays-for-one")


def frozen(terms: Terms) -> str:
    """The rules of a ballot as one text, the same on every machine: what the hash is of."""
    text: dict[str, Any] = {
        "title": terms.title,
        "kind": terms.kind.value,
        "rule": terms.rule.value,
        "budget_pence": terms.budget_pence,
        "step_pence": terms.step_pence,
        "most_choices": terms.most_choices,
        "most_points": terms.most_points,
        "opens_at": terms.opens_at.isoformat(),
        "closes_at": terms.closes_at.isoformat(),
        "projects": [[each.ref, each.title, each.cost_pence] for each in terms.projects],
    }
    return json.dumps(text, sort_keys=True, ensure_ascii=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def drawn_order(projects: Sequence[Listed], seed: str) -> tuple[Listed, ...]:
    """The order on the ballot paper: by a digest over all of it, which anyone can make again."""
    return tuple(sorted(projects, key=lambda each: digest(f"{seed}\n{each.ref}\n{each.title}")))


def paper(terms: Terms, chosen: Sequence[str], given: Mapping[str, int]) -> Paper:
    """A vote as it is counted. `chosen` are references (best first on a ranking), `given` points by reference.

    An empty one is a blank vote: it counts as a voter, for nothing.
    """
    places = {each.ref: place for place, each in enumerate(terms.projects)}
    field, named = ("/points", list(given)) if terms.kind is Kind.POINTS else ("/choices", list(chosen))
    if (terms.kind is Kind.POINTS and chosen) or (terms.kind is not Kind.POINTS and given):
        raise invalid(field, f"This ballot is by {terms.kind.value}.", "kind-of-ballot")
    if unknown := [ref for ref in named if ref not in places]:
        raise invalid(field, f"Not on this ballot: {', '.join(sorted(unknown)[:5])}", "on-the-ballot")
    if len(set(named)) != len(named):
        raise invalid(field, "A project is named twice.", "named-once")
    if terms.most_choices is not None and len(named) > terms.most_choices:
        raise invalid(field, f"Choose at most {terms.most_choices}.", "most-choices")
    if terms.kind is Kind.POINTS:
        if any(each < 0 for each in given.values()) or sum(given.values()) > (terms.most_points or 0):
            raise invalid(field, f"You have {terms.most_points} points to give.", "most-points")
        return points({places[ref]: score for ref, score in given.items()})
    if terms.kind is Kind.RANKING:
        return ranking([places[ref] for ref in chosen], longest(terms))
    return approval(places[ref] for ref in chosen)


def longest(terms: Terms) -> int:
    """How many places a ranking on this ballot can have."""
    return terms.most_choices or len(terms.projects)


def as_text(of: Paper) -> str:
    """A counted vote as kept: "0:1,4:1"."""
    return ",".join(f"{place}:{score}" for place, score in of)


def from_text(text: str) -> Paper:
    """What `as_text` wrote."""
    return tuple(
        (int(place), int(score)) for place, _, score in (each.partition(":") for each in text.split(",") if each)
    )


def postcode(text: str) -> str:
    """A postcode without spaces, or `Invalid`."""
    plain = "".join(text.split()).upper()
    if not _POSTCODE.match(plain):
        raise invalid("/voter/postcode", "This is not a whole postcode.", "postcode")
    return plain


def marks(key: bytes, voter: Voter | None, account: str | None) -> list[bytes]:
    """What keeps a voter from voting twice: digests under the ballot's own secret key, which is destroyed at close.

    One of who they are, alike for every way of voting, and one of their account if they have one.
    """
    found = []
    if voter is not None:
        letters = unicodedata.normalize("NFKD", voter.family_name).casefold()
        name = "".join(each for each in letters if each.isalpha())
        found.append(_mark(key, f"voter\n{name}\n{voter.date_of_birth.isoformat()}\n{postcode(voter.postcode)}"))
    if account is not None:
        found.append(_mark(key, f"account\n{account}"))
    return found


def _mark(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def code_mark(key: bytes, code: str, where: str) -> bytes:
    """A code sent to an address, as kept: it opens nothing without the postcode it was sent to."""
    return _mark(key, f"code\n{''.join(code.split()).upper().replace('-', '')}\n{postcode(where)}")


def code_from(random: bytes) -> str:
    """Ten letters and figures that are hard to mistake for one another, e.g. "7KQ4M-XD3PA", from ten random bytes."""
    letters = "".join(_CODE_LETTERS[each % len(_CODE_LETTERS)] for each in random[:10])
    return f"{letters[:5]}-{letters[5:]}"


def check_decision(
    winners: Sequence[str], returned: Mapping[str, str], *, second: bool, made_by: str, actor: str
) -> None:
    """May this officer decide so? A result is returned once, in parts or whole, and never altered."""
    if actor == made_by:
        raise Conflict("Whoever drew up the ballot does not decide on its result", allowed=["another officer"])
    if unknown := [ref for ref in returned if ref not in winners]:
        raise invalid("/returned", f"Only what was recommended can be returned: not {unknown[0]}.", "recommended")
    if second and returned:
        raise Conflict("A result is returned once", allowed=["adopted", "not_funded"])
