"""A package of safe counts: its form, its signature, and what is wrong with one that came. Pure.

There is no field in it that could hold a person: every word is one of a closed list (dimensions and factors that both
sides know) or the code of an area or month, every number a count that is rounded and not small, or null. Categories are
not even named: their order is known. So a name, a date or a postcode has nowhere to stand, whoever wrote the package.

The bytes that are signed are canonical JSON (keys sorted, no spaces), so that one package has one signature; each holds
the digest of the one before, so that none can be left out, exchanged or put elsewhere unseen.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from math import prod
from typing import Annotated, Any, Final, Literal, Self

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from services.risk.observatory.disclosure import MOST_DIMS, Rules
from services.risk.profiles.catalogue import book

FORMAT: Final = "newstart-observatory/1"
ALGORITHM: Final = "Ed25519"
TYPE: Final = "newstart-observatory+jws"
FIRST: Final = "0" * 64
"""What the first package has for the digest of the one before."""
MOST_BYTES: Final = 512 * 1024
MOST_COUNT: Final = 100_000_000

Area = Annotated[str, StringConstraints(pattern=r"^[EWSN][0-9]{8}$")]
Month = Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_COUNT)]

CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    "adults": ("0 or 1", "2", "3 or more"),
    "age": ("0 to 15", "16 to 24", "25 to 44", "45 to 64", "65 and over", "not known"),
    "children": ("0", "1", "2", "3 or more"),
    "known": ("no", "yes"),
    "pay": ("low_pay", "no_pay", "other", "not known"),
    "sex": ("female", "male", "not known"),
    "tenure": ("council", "other_social", "owned", "private", "not known"),
}
"""The dimensions that packages have, each with its categories in order. The same in every observatory (FORMAT)."""
_FACTOR: Final = ("no", "yes")


def categories(dimension: str) -> tuple[str, ...] | None:
    """The categories of a dimension, in order; None for one that packages do not have."""
    if dimension.startswith("factor:"):
        codes = {each.code for each in book(date.max).definitions}
        return _FACTOR if dimension.removeprefix("factor:") in codes else None
    return CATEGORIES.get(dimension)


class PackedTable(BaseModel):
    """One table: what is counted, by which dimensions, and the counts place by place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Literal["households", "residents"]
    dimensions: tuple[str, ...] = Field(max_length=MOST_DIMS)
    counts: tuple[Count | None, ...] = Field(max_length=4_000)

    @model_validator(mode="after")
    def _known(self) -> Self:
        if list(self.dimensions) != sorted(set(self.dimensions)):
            raise ValueError("dimensions stand in order, each once")
        found = [categories(each) for each in self.dimensions]
        sizes = [len(each) for each in found if each is not None]
        if len(sizes) < len(found):
            raise ValueError("a dimension is one of the closed list")
        if len(self.counts) != prod(sizes):
            raise ValueError("there is a count, or null, for each place")
        return self

    @property
    def name(self) -> str:
        """How it is asked for: `households by tenure, children`."""
        return f"{self.count} by {', '.join(self.dimensions)}" if self.dimensions else self.count


class Disclosure(BaseModel):
    """How careful the sender was."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    threshold: Annotated[int, Field(strict=True, ge=2, le=1_000)]
    rounding: Annotated[int, Field(strict=True, ge=1, le=1_000)]


class Package(BaseModel):
    """One month's safe counts of one area."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["newstart-observatory/1"]
    area: Area
    above: Area
    sequence: Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
    previous: Digest
    month: Month
    disclosure: Disclosure
    tables: tuple[PackedTable, ...] = Field(min_length=1, max_length=200)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        low, step = self.disclosure.threshold, self.disclosure.rounding
        for table in self.tables:
            if any(each is not None and (each < low or each % step) for each in table.counts):
                raise ValueError("a count is rounded and not small, or null")
        if len({each.name for each in self.tables}) != len(self.tables):
            raise ValueError("a table stands once")
        return self

    def canonical(self) -> bytes:
        """The bytes that are signed."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":")).encode()


class Refused(Exception):
    """A package that is not taken: by which rule, and a sentence that repeats nothing of it."""

    def __init__(self, rule: str, detail: str, area: str | None = None) -> None:
        super().__init__(detail)
        self.rule, self.detail, self.area = rule, detail, area


def digest(signed: str) -> str:
    """The digest of a signed package, hexadecimal."""
    return hashlib.sha256(signed.encode()).hexdigest()


def sign(package: Package, key: Mapping[str, Any]) -> str:
    """The package as it is sent: a compact JWS (RFC 7515, RFC 8037)."""
    held = OKPKey.import_key(dict(key))
    header = {"alg": ALGORITHM, "typ": TYPE, "kid": held.thumbprint()}
    return jws.serialize_compact(header, package.canonical(), held, algorithms=[ALGORITHM])


def claimed_area(signed: str) -> str | None:
    """For which area it says it is, before anything is believed; None for what is no package at all."""
    try:
        told = json.loads(jws.extract_compact(signed.encode()).payload)
    except (JoseError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None
    area = told.get("area") if isinstance(told, dict) else None
    return area if isinstance(area, str) and len(area) == 9 else None


def opened(signed: str, key: Mapping[str, Any], rules: Rules, own_area: str) -> Package:
    """What a member signed, if it did, and if it is as safe as we are. Raises `Refused`."""
    if len(signed) > MOST_BYTES:
        raise Refused("size", "It is larger than a package may be")
    try:
        held = OKPKey.import_key(dict(key))
        found = jws.deserialize_compact(signed, held, algorithms=[ALGORITHM])
        if found.headers() != {"alg": ALGORITHM, "typ": TYPE, "kid": held.thumbprint()}:
            # Nor has the header room for anything else.
            raise Refused("signature", "It is not signed as a package is")
        payload = found.payload
    except (JoseError, ValueError, TypeError, LookupError, AttributeError):
        raise Refused("signature", "It was not signed with the key of that area, or it was changed") from None
    try:
        package = Package.model_validate_json(payload)
    except ValidationError as error:
        # Where, never what: its values may be what must not be here.
        at = "/".join(str(part) for part in error.errors(include_input=False)[0]["loc"] if isinstance(part, int))
        raise Refused("schema", f"It is not of the form that packages have{f' (at {at})' if at else ''}") from None
    if package.canonical() != payload:
        raise Refused("canonical", "Its bytes are not the canonical ones")
    if package.above != own_area:
        raise Refused("area", "It is meant for another observatory")
    if package.disclosure.threshold < rules.threshold or package.disclosure.rounding % rules.rounding:
        raise Refused("disclosure", "It was made with less care than is asked for here")
    return package


def check_chain(package: Package, own: str, before: str | None, after_expects: str | None) -> None:
    """Raises `Refused` when it does not fit between its neighbours, where those are here.

    `own`: its digest; `before`: the digest of the one before; `after_expects`: what the one after has for `previous`.
    """
    if package.sequence == 1 and package.previous != FIRST:
        raise Refused("chain", "The first package has none before it", package.area)
    if before is not None and package.previous != before:
        raise Refused("chain", "The package before it is another than the one that it follows", package.area)
    if after_expects is not None and after_expects != own:
        raise Refused("chain", "The package after it follows another", package.area)


def summed(parts: Sequence[PackedTable | None], rules: Rules) -> list[int | None]:
    """The members' sums place by place; null where one has none or hides it, and where the sum is small still.

    Made of what members show alone, so it can say nothing that their packages do not.
    """
    if not parts or any(each is None for each in parts):
        return []
    columns = zip(*(each.counts for each in parts if each is not None), strict=True)
    found: list[int | None] = []
    for column in columns:
        known = [each for each in column if each is not None]
        total = sum(known)
        found.append(total if len(known) == len(column) and total >= rules.threshold else None)
    return found
