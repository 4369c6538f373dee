"""Finding people: however their name is spelt, masked until a second thing about them is known."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused
from staff.forms import Form
from staff.page import Page, SignedIn

router = APIRouter()
_PATH: Final = "/v1/casefile/people/search"
_MORE: Final = ("postcode", "phone", "nino", "nhs_number")
_LIKELY: Final = 0.5


@router.get("/search")
async def search_page(page: SignedIn) -> Response:
    """The form, and what the last search finds now: coming back from a file shows it again."""
    kept = page.session.searched
    form = Form(start=kept)
    if not kept or page.asked("new"):
        page.session.searched = {}
        return page.render("search/search.html", Form(), found=None)
    return await _found(page, form)


@router.post("/search")
async def search(page: SignedIn) -> Response:
    """What was asked goes into the sealed session, never into an address; the next page shows what it finds."""
    form = await page.form()
    asked = {name: form.text(name) for name in ("name", "born-day", "born-month", "born-year", *_MORE)}
    _born(form)
    if not any(asked.values()):
        form.wrong("name", "Enter a name, or something else that you know about them")
    if form.errors:
        return page.render("search/search.html", form, found=None)
    page.session.searched = {name: value for name, value in asked.items() if value}
    return page.to("/search#results")


async def _found(page: Page, form: Form) -> Response:
    body: dict[str, Any] = {"name": form.text("name"), "limit": 20}
    body |= {name: form.text(name) for name in _MORE if form.text(name)}
    if born := _born(form):
        body["date_of_birth"] = born
    try:
        answer = await page.post(_PATH, body)
    except Refused as refused:
        if refused.status != 422:
            raise
        form.refused(refused, {f"/{name}": name for name in ("name", *_MORE)} | {"/date_of_birth": "born-day"})
        return page.render("search/search.html", form, found=None)
    people: Sequence[Mapping[str, Any]] = answer["people"]
    return page.render("search/search.html", form, found=people, alike=_alike(people))


def _born(form: Form) -> str | None:
    """As much of a date of birth as is known: the year alone will do."""
    day, month, year = (form.text(f"born-{part}") for part in ("day", "month", "year"))
    if not (day or month or year):
        return None
    if not (year.isdecimal() and len(year) == 4):
        if year or not (day and month):
            form.wrong("born-year", "The year of birth must have four numbers, such as 1988")
            return None
        year = ""
    numbers = [each for each in (month, day) if each]
    if any(not each.isdecimal() or not 1 <= int(each) <= 31 for each in numbers) or (month and int(month) > 12):
        form.wrong("born-day", "The date of birth must be a real date, such as 27 3 1988")
        return None
    if day and not month:
        form.wrong("born-month", "The date of birth must include a month when it includes a day")
        return None
    parts = [year or "-"] + [f"{int(each):02}" for each in (month, day) if each]
    return "-".join(parts)


def _alike(people: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Those who may be one person entered twice: the same day of birth, or the same initials and year."""
    seen: dict[tuple[Any, ...], list[str]] = {}
    for each in people:
        if each["score"] >= _LIKELY:
            for mark in (("day", each["date_of_birth"]), ("year", each["initials"], each["birth_year"])):
                if mark[-1]:
                    seen.setdefault(mark, []).append(each["person_id"])
    return frozenset(id_ for ids in seen.values() if len(ids) > 1 for id_ in ids)
