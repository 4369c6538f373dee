"""My work: what is mine, my team's, and nobody's yet."""

from fastapi import APIRouter
from starlette.responses import Response

from staff.page import SignedIn

router = APIRouter()


@router.get("/my-work")
async def my_work(page: SignedIn) -> Response:
    """What is mine."""
    found = await page.parts(mine=page.get("/v1/casefile/my-work"))
    return page.render("work/my_work.html", **found)


@router.get("/signed-in")
async def is_signed_in(page: SignedIn) -> Response:
    """Shown in the tab in which somebody signed in again."""
    return page.render("signing_in/signed_in.html")
