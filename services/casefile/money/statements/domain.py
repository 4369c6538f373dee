"""The rules of a statement of income and spending. Pure; pence.

One adult a statement. Two share one only when each agreed to it, asked alone; never where abuse is known, and the
answer then is the same as for any two who cannot share one: it tells nobody why.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal
from uuid import UUID

from kit.errors import Conflict, FieldError, Invalid, invalid
from services.casefile.money.pounds import MOST, a_month, pounds
from services.casefile.money.statements.categories import CATEGORIES

State = Literal["draft", "agreed", "superseded"]
ALLOWED: Final[dict[str, tuple[str, ...]]] = {"draft": ("agreed",), "agreed": ("superseded",), "superseded": ()}
MOST_LINES: Final = 150
SAVING_PERCENT, SAVING_MOST = 10, 20_00
"""What the SFS lets be put aside: up to a tenth of what is left over, at most 20 pounds a month."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line as told: so much, so often; and what that is in a month."""

    category: str
    item: str
    amount_pence: int
    every: str
    note: str | None = None

    @property
    def month_pence(self) -> int:
        """In a calendar month; rounded here, once."""
        return a_month(self.amount_pence, self.every)


@dataclass(frozen=True, slots=True)
class Totals:
    """What comes in, what goes out, and what is left over (below nothing: missing), each month."""

    income_pence: int
    spending_pence: int
    by_category: Mapping[str, int]

    @property
    def surplus_pence(self) -> int:
        """Left over, or missing."""
        return self.income_pence - self.spending_pence

    @property
    def words(self) -> str:
        """In one line."""
        came, went, left = (pounds(each) for each in (self.income_pence, self.spending_pence, self.surplus_pence))
        return f"{came} in, {went} out, {left}"


def check_lines(lines: Sequence[Line]) -> None:
    """Every line in a category that stands and an item of it, with a sound amount; all faults at once."""
    faults = []
    if len(lines) > MOST_LINES:
        raise invalid("/lines", f"At most {MOST_LINES} lines.", "too-many")
    for place, line in enumerate(lines):
        category = CATEGORIES.get(line.category)
        if category is None:
            detail = f"One of {', '.join(CATEGORIES)}."
            faults.append(FieldError(f"/lines/{place}/category", detail, "sfs-category"))
        elif line.item not in category.items:
            detail = f"In {category.title}: {', '.join(category.items)}."
            faults.append(FieldError(f"/lines/{place}/item", detail, "item-of-its-category"))
        if not 0 <= line.amount_pence <= MOST:
            faults.append(FieldError(f"/lines/{place}/amount_pence", "Whole pence, none below nothing.", "amount"))
        elif line.item == "other" and line.amount_pence and not (line.note or "").strip():
            faults.append(FieldError(f"/lines/{place}/note", "Say what it is.", "other-in-words"))
    if faults:
        raise Invalid("Some lines are not right", *faults)


def totals(lines: Sequence[Line]) -> Totals:
    """The sums of the months shown, so that they add up to the penny."""
    by_category: dict[str, int] = {}
    for line in lines:
        by_category[line.category] = by_category.get(line.category, 0) + line.month_pence
    income = sum(pence for code, pence in by_category.items() if CATEGORIES[code].side == "income")
    return Totals(income, sum(by_category.values()) - income, by_category)


def warnings(lines: Sequence[Line], found: Totals) -> list[str]:
    """What an adviser should look at again before it is agreed; none of it stops them."""
    said = []
    if not any(CATEGORIES[line.category].side == "income" and line.amount_pence for line in lines):
        said.append("Nothing comes in: is that so, and was a benefit check done?")
    for code in ("food_and_housekeeping", "utilities"):
        if not found.by_category.get(code):
            said.append(f"Nothing is spent on {CATEGORIES[code].title.lower()}: is that so?")
    saving = found.by_category.get("savings", 0)
    left = found.surplus_pence + saving
    most = min(SAVING_MOST, max(0, left) * SAVING_PERCENT // 100)
    if saving > most:
        said.append(f"{pounds(saving)} is put aside; of what is left over the SFS lets up to {pounds(most)} be saved.")
    return said


@dataclass(frozen=True, slots=True)
class Asked:
    """One of two who would share a statement, asked alone: on which day, and did they agree?"""

    person_id: UUID
    alone_on: date
    agreed: bool


def check_shared(person_id: UUID, partner_id: UUID, asked: Sequence[Asked], today: date, *, may_share: bool) -> None:
    """Two adults on one statement. `may_share` is False for whatever reason: one answer for them all."""
    if partner_id == person_id:
        raise invalid("/partner_id", "Another person, or nobody.", "another-person")
    by = {each.person_id: each for each in asked}
    if set(by) != {person_id, partner_id} or len(asked) != 2:
        raise invalid("/asked", "Each of the two, asked alone: who, and on which day.", "asked-in-private")
    if any(each.alone_on > today for each in asked):
        raise invalid("/asked", "It is recorded once they were asked.", "not-in-the-future")
    if not all(each.agreed for each in asked) or not may_share:
        raise invalid("/partner_id", "These two cannot share a statement: make one for each.", "one-adult")


def check_draft(state: str) -> None:
    """Only a draft changes; what was agreed stands, and a new one takes its place."""
    if state != "draft":
        raise Conflict(f"This statement is {state}: begin a new one", state=state, allowed=list(ALLOWED[state]))


def check_agree(state: str, lines: Sequence[Line], agreed_on: date, today: date) -> None:
    """It is agreed with the person it is about, on a day, with something in it."""
    check_draft(state)
    if not lines:
        raise invalid("/lines", "There is nothing in it yet.", "not-empty")
    if agreed_on > today:
        raise invalid("/agreed_on", "It is recorded once it was agreed.", "not-in-the-future")


def over_guideline(
    found: Totals, figures: Mapping[str, Mapping[str, int]], adults: int, children: Mapping[str, int]
) -> dict[str, int]:
    """By how much each flexible group is over the figure a member body loaded; only those that are over."""
    over = {}
    for code, rows in figures.items():
        limit = rows.get("first_adult", 0) + max(0, adults - 1) * rows.get("further_adult", 0)
        limit += sum(count * rows.get(age, 0) for age, count in children.items())
        spent = found.by_category.get(code, 0)
        if spent > limit:
            over[code] = spent - limit
    return over
