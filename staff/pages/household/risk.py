"""What the council's records say of a household's risks: each with its source and date, and open to dispute."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.frame import frame

router = APIRouter()


@router.get("/households/{household_id}/risk")
async def risk(page: SignedIn, household_id: str) -> Response:
    """Factor by factor; nothing is decided by it."""
    return await _page(page, household_id, Form())


@router.post("/households/{household_id}/risk/{factor_id}")
async def dispute(page: SignedIn, household_id: str, factor_id: str) -> Response:
    """Says that a factor is wrong or does not count here. It changes the profile at once."""
    form = await page.form()
    reason = form.required("reason", "Say why it is wrong or does not count")
    said_by = form.text("said_by") or "worker"
    path = f"/v1/risk/factors/{an_id(factor_id)}/disputes"
    if not form.errors:
        body = {"reason": reason, "said_by": said_by, "set_aside": form.text("what") == "set_aside"}
        try:
            wrote = await page.post(path, body, key=form.key)
            return page.to(
                f"/households/{an_id(household_id)}/risk",
                said="Your objection is recorded, and the profile is changed",
                text="It comes back only if there are newer facts, or if somebody else rejects your objection.",
                wrote=wrote,
                path=path,
            )
        except Refused as refused:
            form.refused(refused)
    return await _page(page, household_id, form, disputed=factor_id)


async def _page(page: Page, household_id: str, form: Form, disputed: str = "") -> Response:
    id_ = an_id(household_id)
    names, (made, found) = await asyncio.gather(
        page.names(),
        frame(
            page,
            id_,
            "risk",
            profile=page.get(f"/v1/risk/households/{id_}/profile", {"person_id": page.asked("person")}),
            disputes=page.get("/v1/risk/disputes", {"household_id": id_, "limit": 50}),
        ),
    )
    return page.render("household/risk.html", form, names=names, frame=made, disputed=disputed, **found)
