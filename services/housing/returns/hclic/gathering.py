"""A quarter's return in hand: every case that is in, what is wrong with it, and its files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from kit import clock
from kit.errors import Conflict
from kit.store.unit import UnitOfWork
from services.housing.homelessness.cases.models import HomelessnessCase
from services.housing.homelessness.cases.rows import people_of
from services.housing.returns.hclic import coverage, reading, writing
from services.housing.returns.hclic.case import Case
from services.housing.returns.hclic.checks import Finding, findings
from services.housing.returns.hclic.codes import Codes, on
from services.housing.returns.hclic.coverage import Quarter


@dataclass(frozen=True, slots=True)
class Whole:
    """A quarter's return in hand: every case that is in, and what is wrong with it."""

    of: Quarter
    codes: Codes
    cases: Sequence[Case]
    findings: Sequence[Sequence[Finding]]
    out: Counter[str]

    @property
    def errors(self) -> int:
        """How many errors there are."""
        return sum(each.severity == "error" for found in self.findings for each in found)

    @property
    def warnings(self) -> int:
        """How many warnings."""
        return sum(each.severity == "warning" for found in self.findings for each in found)


async def whole(unit: UnitOfWork, of: Quarter) -> Whole:
    """The return of a quarter. It is the law's, so it holds everybody, those kept back from the caller too: it is
    given to whoever may hand it over, and the record of access names everybody in it.
    """
    today, codes = clock.today(), on(of.last)
    query = reading.touched(of.first, of.last).order_by(HomelessnessCase.made_on, HomelessnessCase.id)
    rows = (await unit.session.scalars(query)).all()
    found, wrong, out = [], [], Counter[str]()
    people: set[UUID] = set()
    for row, case in zip(rows, await reading.whole(unit, rows), strict=True):
        counted = coverage.inclusion(case, of)
        if counted.included:
            found.append(case)
            wrong.append(findings(case, codes, today))
            people |= set(people_of(row))
        else:
            out[counted.reasons[0]] += 1
    unit.accessed(f"h_clic/{of.code}", people)
    return Whole(of, codes, found, wrong, out)


def file_of(made: Whole, part: str, *, draft: bool) -> bytes:
    """The file of cases or of people."""
    write = writing.people_file if part == "people" else writing.cases_file
    return write(made.cases, made.of, made.codes, draft=draft)


def check_no_errors(made: Whole) -> None:
    """`Conflict` naming the cases with errors (at most fifty): a file with errors would come back."""
    wrong = [
        str(case.id)
        for case, found in zip(made.cases, made.findings, strict=True)
        if any(each.severity == "error" for each in found)
    ]
    if wrong:
        raise Conflict(
            f"{len(wrong)} of {len(made.cases)} cases have errors: put them right first, or ask for a draft",
            state="errors",
            cases=wrong[:50],
        )
