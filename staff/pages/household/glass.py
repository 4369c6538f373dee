"""Looking inside a file that is not one's own: an interruption, a reason, one hour, and a manager who is told."""

import asyncio

from fastapi import APIRouter
from starlette.responses import Response

from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.household.frame import frame

router = APIRouter()
_PATH = "/v1/casefile/access/break-glass"


@router.get("/households/{household_id}/open-file")
async def before(page: SignedIn, household_id: str) -> Response:
    """What it means, before it is done."""
    return await _page(page, household_id, Form())


@router.post("/households/{household_id}/open-file")
async def open_file(page: SignedIn, household_id: str) -> Response:
    """Opens it, with the reason on record."""
    id_ = an_id(household_id)
    form = await page.form()
    reason = form.required("reason", "Say why you need to see this file now")
    if not form.errors:
        try:
            wrote = await page.post(_PATH, {"household_id": id_, "reason": reason}, key=form.key)
            names = await page.names()
            told = names.get(wrote["manager"] or "", "A manager")
            return page.to(
                f"/households/{id_}",
                said="The file is open to you for one hour",
                text=f"{told} has been told, and will read your reason.",
                wrote=wrote,
                path=_PATH,
            )
        except Refused as refused:
            form.refused(refused)
    return await _page(page, household_id, form)


async def _page(page: Page, household_id: str, form: Form) -> Response:
    names, (made, _) = await asyncio.gather(page.names(), frame(page, household_id, "open-file"))
    return page.render("household/open_file.html", form, names=names, frame=made)
