"""What a young person leaving care may have, by law or by the council's own offer: from which age until which. Pure.

Configuration: sections and ages as of September 2026, to be kept in step with the law; amounts are left to what the
council publishes, for they change every year.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Status(StrEnum):
    """Which duties are owed: Children Act 1989 Sch 2 para 19B, s23A, s23C and s24."""

    ELIGIBLE = "eligible"
    RELEVANT = "relevant"
    FORMER_RELEVANT = "former_relevant"
    QUALIFYING = "qualifying"


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What a young person may have: from which birthday until which (None: no such limit), by which law.

    `local`: the council's own offer (Children and Social Work Act 2017 s2), not a right by statute.
    """

    code: str
    title: str
    law: str
    statuses: frozenset[Status]
    from_age: int
    until_age: int
    local: bool = False


_ALL: Final = frozenset(Status)
_RELEVANT: Final = frozenset({Status.RELEVANT})
_FORMER: Final = frozenset({Status.FORMER_RELEVANT})
_CARED_FOR: Final = frozenset({Status.ELIGIBLE, Status.RELEVANT, Status.FORMER_RELEVANT})

ENTITLEMENTS: Final = (
    Entitlement(
        "personal_adviser", "A personal adviser", "Children Act 1989 ss23D, 23C(2) and 23CZB", _CARED_FOR, 16, 25
    ),
    Entitlement(
        "pathway_plan",
        "A pathway plan, reviewed every six months",
        "Children Act 1989 s23E; SI 2010/2571 regs 5 to 8",
        _CARED_FOR,
        16,
        21,
    ),
    Entitlement("support_to_25", "Advice and support after 21, if wanted", "Children Act 1989 s23CZB", _FORMER, 21, 25),
    Entitlement("home_and_upkeep", "A suitable home and upkeep", "Children Act 1989 s23B(8)", _RELEVANT, 16, 18),
    Entitlement("staying_put", "Staying with the foster family", "Children Act 1989 s23CZA", _FORMER, 18, 21),
    Entitlement(
        "help_towards_work",
        "Help with the costs of living near work",
        "Children Act 1989 ss23C(4)(a) and 24B(1)",
        _FORMER,
        18,
        21,
    ),
    Entitlement(
        "education_help",
        "Help with education or training",
        "Children Act 1989 ss23C(4)(b), 23CA and 24B(2)",
        _FORMER | {Status.QUALIFYING},
        18,
        25,
    ),
    Entitlement(
        "higher_education_bursary",
        "Higher education bursary",
        "Children Act 1989 s23C(5A); SI 2009/2274",
        _FORMER,
        18,
        25,
    ),
    Entitlement(
        "holiday_home",
        "Somewhere to live in the holidays of a course",
        "Children Act 1989 ss23C(9) and 24B(5)",
        _FORMER | {Status.QUALIFYING},
        18,
        25,
    ),
    Entitlement(
        "priority_need", "Priority need if homeless", "SI 2002/2051 art 4; Housing Act 1996 s189", _FORMER, 18, 21
    ),
    Entitlement(
        "local_connection", "A local connection where cared for", "Housing Act 1996 s199(8) to (11)", _CARED_FOR, 16, 21
    ),
    Entitlement(
        "own_room_rate",
        "Housing costs above the shared rate",
        "SI 2013/376 Sch 4 para 29; SI 2006/213 reg 2",
        _FORMER,
        18,
        25,
    ),
    Entitlement(
        "advice_if_qualifying",
        "Advice and help",
        "Children Act 1989 ss24A and 24B",
        frozenset({Status.QUALIFYING}),
        16,
        21,
    ),
    Entitlement(
        "home_allowance",
        "Setting up home allowance",
        "Children Act 1989 s24A; the council's local offer",
        _FORMER,
        18,
        25,
        local=True,
    ),
    Entitlement(
        "council_tax",
        "Council tax taken off",
        "Local Government Finance Act 1992 s13A(1)(c); the council's local offer",
        _FORMER,
        18,
        25,
        local=True,
    ),
    Entitlement(
        "local_offer", "The council's local offer", "Children and Social Work Act 2017 s2", _ALL, 16, 25, local=True
    ),
)
