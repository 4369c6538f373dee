"""Who belongs to the household that applied: what the law asks of each, and nobody's name; whole, as it is now."""

from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Answer, Refused
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.homelessness.cases import CASES, around, load
from staff.people import households

router = APIRouter()
ROLES: Final = {"main_applicant": "Applied", "partner": "Partner", "child": "Child", "other": "Somebody else"}
SEXES: Final = {"unknown": "Not said", "female": "Female", "male": "Male", "other": "Other"}
_TICKED: Final = ("pregnant", "care_leaver", "in_education")
_MOST: Final = 30


@router.get("/homelessness/{case_id}/household")
async def members(page: SignedIn, case_id: UUID) -> Response:
    """Those put down last, to be changed."""
    case = await load(page, case_id)
    start: dict[str, Any] = {"rows": str(max(1, len(case["members"])))}
    for at, each in enumerate(case["members"]):
        start |= {f"m{at}-{name}": str(each[name] or "") for name in ("person_id", "role", "sex")}
        start |= {f"m{at}-{name}": "yes" if each[name] else "" for name in _TICKED}
        start |= _dated(f"m{at}-born", each["born_on"]) | _dated(f"m{at}-due", each["baby_due_on"])
    return await _shown(page, case, Form(start=start))


@router.post("/homelessness/{case_id}/household")
async def keep(page: SignedIn, case_id: UUID) -> Response:
    """Keeps all of them; or one more row is shown, with what was typed."""
    form = await page.form()
    if form.text("action") == "more":
        return await _shown(page, await load(page, case_id), form, more=1)
    listed = [_member(form, at) for at in range(_rows(form)) if _filled(form, at)]
    if sum(each["role"] == "main_applicant" for each in listed) != 1:
        form.wrong("m0-role", "Choose “Applied” for one person, and for one only")
    path = f"{CASES}/{case_id}/household"
    if not form.errors:
        try:
            wrote = await page.change("PUT", path, {"members": listed}, if_match=form.version)
            return page.to(f"/homelessness/{case_id}", said="The household is kept", wrote=wrote, path=path)
        except Refused as refused:
            if refused.status == 412:
                form.wrong("", "Somebody changed the case meanwhile: look at it again before you keep this")
            else:
                form.refused(refused)
    return await _shown(page, await load(page, case_id), form)


def _rows(form: Form) -> int:
    given = form.text("rows")
    return min(int(given), _MOST) if given.isdecimal() else 1


def _filled(form: Form, at: int) -> bool:
    """A row counts when it says anything and was not taken out."""
    said = (form.text(f"m{at}-{name}") for name in ("person_id", "role", "born-year"))
    return any(said) and not form.has(f"m{at}-gone")


def _member(form: Form, at: int) -> dict[str, Any]:
    born = form.date(f"m{at}-born", "The date of birth")
    due = form.date(f"m{at}-due", "The day the baby is due")
    role = form.text(f"m{at}-role")
    if role not in ROLES:
        form.wrong(f"m{at}-role", f"Choose who person {at + 1} is")
    return {
        "person_id": form.text(f"m{at}-person_id") or None,
        "role": role,
        "born_on": born.isoformat() if born else None,
        "sex": form.text(f"m{at}-sex") if form.text(f"m{at}-sex") in SEXES else "unknown",
        "baby_due_on": due.isoformat() if due else None,
        **{name: form.text(f"m{at}-{name}") == "yes" for name in _TICKED},
    }


async def _shown(page: Page, case: Answer, form: Form, *, more: int = 0) -> Response:
    homes = await households(page, [case["household_id"]] if case["household_id"] else [])
    home = homes.get(case["household_id"] or "")
    given = {"rows": min(_rows(form) + more, _MOST), "roles": ROLES, "sexes": SEXES, "home": home}
    return await around(page, "homelessness/household.html", case, "/household", form, more=given)


def _dated(name: str, told: str | None) -> dict[str, str]:
    if not told:
        return {}
    year, month, day = told.split("-")
    return {f"{name}-day": str(int(day)), f"{name}-month": str(int(month)), f"{name}-year": year}
