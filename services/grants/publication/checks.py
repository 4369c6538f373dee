"""What the official checker looks for besides the schema, as behaviour: quality and usefulness of grants. Pure.

Each check names a rule, says whether it is a fault or only a hint, and which grants it is about. Thresholds are those
of 360Giving's published guidance; `tests/grants/publication` has a case for each.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from services.grants.publication.giving import Council

Grant = Mapping[str, Any]

TITLE_MOST: Final = 140
YEARS: Final = 25
KNOWN_LISTS: Final = (
    "GB-CHC-", "GB-COH-", "GB-SC-", "GB-NIC-", "GB-EDU-", "GB-UKPRN-", "GB-MPR-", "GB-REV-", "GB-LAE-", "360G-",
)  # fmt: skip
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_POSTCODE: Final = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\Z", re.IGNORECASE)
_CHARITY: Final = re.compile(r"(\d{6,7}(-\d{1,3})?|SC\d{6}|1\d{5})\Z")
_COMPANY: Final = re.compile(r"(\d{8}|[A-Z]{2}\d{6})\Z")
_GRANT_ID: Final = re.compile(r"360G-[A-Za-z0-9]+-[^\s/]+\Z")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that some grants break. `fault`: it must be put right; otherwise it would be better so."""

    rule: str
    fault: bool
    detail: str
    grants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule about one grant."""

    name: str
    fault: bool
    detail: str
    broken: Callable[[Grant, Council, date], bool]


def _recipient(grant: Grant) -> Mapping[str, Any]:
    return dict(next(iter(grant.get("recipientOrganization") or ({},))))


def _funder(grant: Grant) -> Mapping[str, Any]:
    return dict(next(iter(grant.get("fundingOrganization") or ({},))))


def _words(grant: Grant) -> str:
    return " ".join(str(grant.get(name, "")) for name in ("title", "description"))


def _days(grant: Grant, name: str) -> list[tuple[str, str]]:
    return [(str(each.get("startDate", "")), str(each.get("endDate", ""))) for each in grant.get(name) or ()]


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)[:10])
    except ValueError:
        return None


def _far(grant: Grant, name: str, today: date, *, ahead: bool) -> bool:
    edge = timedelta(days=YEARS * 365)
    every = [_day(each) for pair in _days(grant, name) for each in pair if each]
    return any(each is not None and (each > today + edge if ahead else each < today - edge) for each in every)


def _backwards(grant: Grant, name: str) -> bool:
    return any(end and start and end < start for start, end in _days(grant, name))


def _impossible(grant: Grant) -> bool:
    pairs = [pair for name in ("plannedDates", "actualDates") for pair in _days(grant, name)]
    every = [str(grant.get("awardDate", "")), *(each for pair in pairs for each in pair if each)]
    return any(_day(each) is None for each in every)


def _paid(grant: Grant) -> float:
    return sum(float(each.get("value", 0)) for each in grant.get("disbursementTransaction") or ())


def _places(grant: Grant) -> Sequence[Mapping[str, Any]]:
    return list(grant.get("beneficiaryLocation") or ())


RULES: Final[Sequence[Rule]] = (
    Rule("required", True, "A field that every grant must have is missing or empty.", lambda g, c, t: any(
        not g.get(name) and g.get(name) != 0 for name in
        ("id", "title", "description", "currency", "amountAwarded", "awardDate", "fundingOrganization"))),
    Rule("one-recipient", True, "An organisation or an individual gets it: one of the two.", lambda g, c, t: (
        bool(g.get("recipientOrganization")) == bool(g.get("recipientIndividual")))),
    Rule("grant-id", True, "Its id is 360G, the publisher's prefix and our own reference, without spaces or slashes.",
         lambda g, c, t: not _GRANT_ID.match(str(g.get("id", "")))),
    Rule("prefix", True, "Its id begins with this publisher's registered prefix.",
         lambda g, c, t: not str(g.get("id", "")).startswith(f"{c.prefix}-")),
    Rule("currency", True, "Amounts are pounds sterling: GBP.", lambda g, c, t: g.get("currency") != "GBP"),
    Rule("impossible-date", True, "A date that is none.", lambda g, c, t: _impossible(g)),
    Rule("amount-below-nothing", True, "An amount below nothing.",
         lambda g, c, t: any(float(g.get(name) or 0) < 0 for name in
                             ("amountAwarded", "amountAppliedFor", "amountDisbursed"))),
    Rule("zero-amount", False, "Nothing was awarded: say so only for help in kind.",
         lambda g, c, t: float(g.get("amountAwarded") or 0) == 0),
    Rule("title-is-description", False, "Title and description say the same.",
         lambda g, c, t: str(g.get("title", "")).strip() == str(g.get("description", "")).strip()),
    Rule("title-length", False, f"A title is at most {TITLE_MOST} characters.",
         lambda g, c, t: len(str(g.get("title", ""))) > TITLE_MOST),
    Rule("email-in-text", True, "An e-mail address in text that anyone reads.",
         lambda g, c, t: bool(_EMAIL.search(_words(g)))),
    Rule("award-date-ahead", True, "Awarded on a day that has not come.",
         lambda g, c, t: (day := _day(g.get("awardDate"))) is not None and day > t),
    Rule("award-date-far-back", False, f"Awarded more than {YEARS} years ago.",
         lambda g, c, t: (day := _day(g.get("awardDate"))) is not None and day < t - timedelta(days=YEARS * 365)),
    Rule("planned-backwards", True, "Planned to end before it starts.", lambda g, c, t: _backwards(g, "plannedDates")),
    Rule("actual-backwards", True, "Ended before it started.", lambda g, c, t: _backwards(g, "actualDates")),
    Rule("planned-far-ahead", False, f"Planned more than {YEARS} years ahead.",
         lambda g, c, t: _far(g, "plannedDates", t, ahead=True)),
    Rule("planned-far-back", False, f"Planned more than {YEARS} years ago.",
         lambda g, c, t: _far(g, "plannedDates", t, ahead=False)),
    Rule("actual-ahead", True, "Began on a day that has not come.", lambda g, c, t: any(
        (day := _day(start)) is not None and day > t for start, _ in _days(g, "actualDates"))),
    Rule("no-planned-dates", False, "No word on when the work takes place.", lambda g, c, t: not g.get("plannedDates")),
    Rule("recipient-unknown-list", False, "The recipient's id is from no list that others know.",
         lambda g, c, t: not str(_recipient(g).get("id", "")).startswith(KNOWN_LISTS)),
    Rule("funder-unknown-list", False, "The funder's id is from no list that others know.",
         lambda g, c, t: not str(_funder(g).get("id", "")).startswith(KNOWN_LISTS)),
    Rule("recipient-own-id", False, "The recipient is known by our own id only: has it a charity or company number?",
         lambda g, c, t: str(_recipient(g).get("id", "")).startswith("360G-")),
    Rule("charity-number", True, "A charity number that has no charity number's form.",
         lambda g, c, t: bool(n := _recipient(g).get("charityNumber")) and not _CHARITY.match(str(n))),
    Rule("company-number", True, "A company number that has no company number's form.",
         lambda g, c, t: bool(n := _recipient(g).get("companyNumber")) and not _COMPANY.match(str(n))),
    Rule("gives-to-itself", True, "Funder and recipient are one.",
         lambda g, c, t: bool(_funder(g).get("id")) and _funder(g).get("id") == _recipient(g).get("id")),
    Rule("several-funders", False, "More than one funder.",
         lambda g, c, t: len(g.get("fundingOrganization") or ()) > 1),
    Rule("no-programme", False, "No word on the programme it was given in.",
         lambda g, c, t: not g.get("grantProgramme")),
    Rule("no-location", False, "No word on where those who benefit are.", lambda g, c, t: not _places(g)),
    Rule("no-geocode", False, "A place without a code.",
         lambda g, c, t: any(not each.get("geoCode") for each in _places(g))),
    Rule("no-country", False, "A place without a country.",
         lambda g, c, t: any(not each.get("countryCode") for each in _places(g))),
    Rule("postcode-as-code", True, "A postcode where a code of a place belongs: it may point to one home.",
         lambda g, c, t: any(_POSTCODE.match(str(each.get("geoCode", ""))) for each in _places(g))),
    Rule("paid-beyond-award", True, "More was paid than awarded.",
         lambda g, c, t: float(g.get("amountDisbursed") or 0) > float(g.get("amountAwarded") or 0) + 0.005),
    Rule("payments-differ", True, "Payments don't add up to what was paid.", lambda g, c, t: (
        bool(g.get("disbursementTransaction")) and abs(_paid(g) - float(g.get("amountDisbursed") or 0)) > 0.005)),
    Rule("no-modified", False, "No word on when it was last changed.", lambda g, c, t: not g.get("dateModified")),
    Rule("no-source", False, "No word on where it is published.", lambda g, c, t: not g.get("dataSource")),
    Rule("individual-without-details", False, "A grant to a person without what it is for.", lambda g, c, t: (
        bool(g.get("recipientIndividual")) and not g.get("toIndividualsDetails"))),
)  # fmt: skip


def check(grants: Iterable[Grant], council: Council, today: date) -> list[Finding]:
    """Everything to put right or to better, the faults first."""
    every = list(grants)
    found = [Finding(rule.name, rule.fault, rule.detail, _breaking(rule, every, council, today)) for rule in RULES]
    times = Counter(str(each.get("id")) for each in every)
    twice = tuple(sorted(id_ for id_, count in times.items() if count > 1))
    found.append(Finding("unique-id", True, "Two grants with one id.", twice))
    return sorted((each for each in found if each.grants), key=lambda each: (not each.fault, each.rule))


def _breaking(rule: Rule, grants: Sequence[Grant], council: Council, today: date) -> tuple[str, ...]:
    return tuple(str(each.get("id")) for each in grants if rule.broken(each, council, today))
