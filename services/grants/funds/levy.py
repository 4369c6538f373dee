"""Developer contributions as published: the open standard's three CSVs, read row by row. Pure.

The neighbourhood share is worked out from levy receipts: `community-infrastructure-levy` transactions that were
`received` (or `returned`). A publisher that has made the share itself (`neighbourhood-community-infrastructure-levy`)
is taken at its word, and then nothing is worked out of that agreement's levy a second time. Good rows count, bad ones
are named by line, field and rule.
Source: digital-land specification of developer-agreement, -contribution and -transaction.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from kit.errors import invalid
from services.grants.funds import domain
from services.grants.funds.domain import Split

LEVY: Final = "community-infrastructure-levy"
NEIGHBOURHOOD: Final = "neighbourhood-community-infrastructure-levy"
MONEY_IN: Final = "received"
MONEY_BACK: Final = "returned"
OTHER_STATUSES: Final = frozenset({"secured", "allocated", "spent", "transferred"})
POUNDS: Final = frozenset({"", "gbp", "£", "pounds", "pound-sterling", "pounds-sterling"})
MOST_ROWS: Final = 5000

_AGREEMENT: Final = ("reference", "planning-application")
_CONTRIBUTION: Final = ("reference", "developer-agreement", "contribution-purpose")
_TRANSACTION: Final = ("reference", "developer-agreement-contribution", "contribution-funding-status", "amount")
_AMOUNT: Final = re.compile(r"\d{1,12}(\.\d{1,2})?\Z")
_DATE: Final = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?\Z")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class LevyReceipt:
    """One transaction that brings money in, or takes it back."""

    reference: str
    back: bool
    agreement: str
    development: str
    planning_application: str | None
    received_on: date
    share_percent: int
    parts: Split


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that can't count, by file, line (the header is 1), field and rule."""

    file: str
    line: int
    field: str
    rule: str
    detail: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A good row that is not this fund's money, with the reason."""

    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Shares:
    """The percentages that apply: without and with a neighbourhood plan in force, and for administration."""

    plain: int = 15
    with_plan: int = 25
    administration: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """What three files hold."""

    receipts: tuple[LevyReceipt, ...]
    bad: tuple[BadRow, ...]
    left_out: tuple[LeftOut, ...]


class _Refused(Exception):
    def __init__(self, field: str, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.field, self.rule, self.detail = field, rule, detail


def read(
    agreements: str, contributions: str, transactions: str, shares: Shares, with_plan: Collection[str] = ()
) -> Read:
    """The three files' money. `with_plan`: agreements where a neighbourhood plan is in force. `Invalid` for a file
    that is no such table at all."""
    known = {row["reference"]: row for _, row in _rows("agreements", agreements, _AGREEMENT)}
    if unknown := sorted(set(with_plan) - set(known)):
        named = ", ".join(unknown[:5])
        raise invalid("/with_neighbourhood_plan", f"No agreement in the file is called {named}.", "known-agreement")
    purposes = {row["reference"]: row for _, row in _rows("contributions", contributions, _CONTRIBUTION)}
    made_already = {
        row["developer-agreement"] for row in purposes.values() if row["contribution-purpose"] == NEIGHBOURHOOD
    }
    receipts: list[LevyReceipt] = []
    bad: list[BadRow] = []
    left_out: list[LeftOut] = []
    seen: set[str] = set()
    for line, row in _rows("transactions", transactions, _TRANSACTION):
        try:
            found = _receipt(row, known, purposes, made_already, shares, with_plan)
            if row["reference"] in seen:
                raise _Refused("reference", "unique", "Another row of this file has this reference.")
        except _Refused as why:
            bad.append(BadRow("transactions", line, why.field, why.rule, why.detail))
            continue
        seen.add(row["reference"])
        if isinstance(found, str):
            left_out.append(LeftOut(row["reference"], found))
        else:
            receipts.append(found)
    return Read(tuple(receipts), tuple(bad), tuple(left_out))


def _receipt(
    row: Row,
    agreements: Mapping[str, Row],
    contributions: Mapping[str, Row],
    made_already: Collection[str],
    shares: Shares,
    with_plan: Collection[str],
) -> LevyReceipt | str:
    """The money of one transaction, or in one word why it is not this fund's. Raises _Refused."""
    if not row["reference"]:
        raise _Refused("reference", "required", "Each transaction has a reference of its own.")
    contribution = contributions.get(row["developer-agreement-contribution"])
    if contribution is None:
        raise _Refused("developer-agreement-contribution", "known", "No contribution has this reference.")
    agreement = agreements.get(contribution["developer-agreement"])
    if agreement is None:
        raise _Refused("developer-agreement-contribution", "known-agreement", "Its agreement is not in the file.")
    status, purpose = row["contribution-funding-status"], contribution["contribution-purpose"]
    if status not in OTHER_STATUSES | {MONEY_IN, MONEY_BACK}:
        raise _Refused("contribution-funding-status", "codelist", f"{status or 'Nothing'} is no funding status.")
    if purpose not in {LEVY, NEIGHBOURHOOD}:
        return "another-purpose"
    if status in OTHER_STATUSES:
        return "not-money-in"
    if purpose == LEVY and agreement["reference"] in made_already:
        return "share-made-already"
    pence = _pence(row)
    percent = shares.with_plan if agreement["reference"] in with_plan else shares.plain
    if purpose == NEIGHBOURHOOD:
        parts, percent = Split(pence, pence, 0, 0), 100
    else:
        parts = domain.split(pence, percent, shares.administration)
    return LevyReceipt(
        reference=row["reference"],
        back=status == MONEY_BACK,
        agreement=agreement["reference"],
        development=agreement.get("name") or agreement["planning-application"] or agreement["reference"],
        planning_application=agreement["planning-application"] or None,
        received_on=_day(row),
        share_percent=percent,
        parts=parts,
    )


def _pence(row: Row) -> int:
    if row.get("units", "").casefold() not in POUNDS:
        raise _Refused("units", "pounds", "We count pounds: this is of another unit.")
    if not _AMOUNT.match(row["amount"]):
        raise _Refused("amount", "pounds-and-pence", "An amount is in pounds, with two decimals at most: 1234.50.")
    pence = int(Decimal(row["amount"]) * 100)
    if pence == 0:
        raise _Refused("amount", "more-than-nothing", "An amount is one penny or more.")
    return pence


def _day(row: Row) -> date:
    """When it happened; a year or a month alone counts from its first day."""
    text = row.get("start-date") or row.get("entry-date") or ""
    found = _DATE.match(text)
    if not found:
        raise _Refused("start-date", "date", "A date is YYYY-MM-DD, YYYY-MM or YYYY.")
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        raise _Refused("start-date", "date", f"There is no day {text}.") from None


def _rows(name: str, text: str, wanted: tuple[str, ...]) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    try:
        if missing := [each for each in wanted if each not in (reader.fieldnames or ())]:
            raise invalid(f"/{name}", f"Its header row lacks {', '.join(missing)}.", "header")
        for number, row in enumerate(reader):
            if number >= MOST_ROWS:
                raise invalid(f"/{name}", f"More than {MOST_ROWS:,} rows: send it in parts.", "most-rows")
            yield reader.line_num, {str(key): (value or "").strip() for key, value in row.items() if key is not None}
    except csv.Error:
        raise invalid(f"/{name}", "It is not a table of comma-separated values.", "csv") from None
