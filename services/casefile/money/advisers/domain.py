"""Who may advise on debt. Pure.

Debt counselling and debt adjusting are regulated (FSMA 2000 s19; Regulated Activities Order 2001 arts 39D and 39E):
only a body the FCA authorised for them, or one that is exempt, may do them. County, district, unitary and London
borough councils are exempt for these (Financial Services and Markets Act 2000 (Exemption) Order 2001; the FCA lists
them on its page on local authorities); a company that a council owns is not. Solicitors and others may do so within
their profession (FSMA Part 20).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from kit.errors import FieldError, Forbidden, Invalid

Basis = Literal["fca_authorised", "exempt_local_authority", "exempt_professional"]
EXEMPTIONS: Final = {
    "exempt_local_authority": "FSMA 2000 (Exemption) Order 2001: a local authority",
    "exempt_professional": "FSMA 2000 Part 20: a member of a designated professional body",
}
_NUMBER: Final = re.compile(r"[1-9][0-9]{5,6}")


@dataclass(frozen=True, slots=True)
class Body:
    """What the register says of one body: on which ground, from when to when, and whom of it."""

    basis: Basis
    since: date
    until: date | None = None
    fca_number: str | None = None
    exemption: str | None = None
    advisers: frozenset[str] = frozenset()


def entry(body: Body) -> Body:
    """A sound entry: an FCA number of six or seven digits or the exemption relied on, and days in order."""
    faults = []
    if body.basis == "fca_authorised":
        if body.fca_number is None or not _NUMBER.fullmatch(body.fca_number):
            detail = "The firm reference number the FCA gave: six or seven digits."
            faults.append(FieldError("/fca_number", detail, "fca-number"))
        if body.exemption:
            faults.append(FieldError("/exemption", "Authorised or exempt: one of the two.", "one-ground"))
    else:
        if body.fca_number is not None:
            faults.append(FieldError("/fca_number", "Authorised or exempt: one of the two.", "one-ground"))
        if not body.exemption:
            detail = f"Which exemption, e.g. {EXEMPTIONS[body.basis]}."
            faults.append(FieldError("/exemption", detail, "exemption-named"))
    if body.until is not None and body.until < body.since:
        faults.append(FieldError("/until", "It cannot end before it began.", "dates-in-order"))
    if faults:
        raise Invalid("This entry of the register is not sound", *faults)
    return body


def check_may_advise(body: Body | None, worker: str, today: date) -> None:
    """`Forbidden` unless their body stands in the register today, and they in its list where it has one."""
    if body is None or today < body.since or (body.until is not None and body.until < today):
        raise Forbidden(
            "Only advisers of a body that the FCA authorised, or that is exempt, advise on debt: yours is not in the"
            " register of such bodies today"
        )
    if body.advisers and worker not in body.advisers:
        raise Forbidden("Your organisation may advise on debt; you are not one of the advisers it named")


def known(workers: Iterable[str]) -> frozenset[str]:
    """The advisers named, each once; none named: all of the body who hold a role for it."""
    return frozenset(each.strip() for each in workers if each.strip())
