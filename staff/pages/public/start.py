"""Where residents begin, the size of letters, and how one's own page is opened."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from staff.page import Anyone
from staff.pages.public.anyone import letters, show

router = APIRouter()
_LOOKED: Final = (
    ("Who", "The team that looked: never a person's name, and never a name of yours."),
    ("When", "The day on which they read or wrote something about you."),
    ("Why", "The purpose they had to state before your file opened."),
)


@router.get("/public")
async def start(page: Anyone) -> Response:
    """All that needs no sign-in."""
    return show(page, "public/start.html")


@router.get("/public/letters")
async def change_letters(page: Anyone) -> Response:
    """Larger or ordinary letters, on every public page from now on."""
    return letters(page, page.asked("size") or "")


@router.get("/public/my-plan")
async def my_plan(page: Anyone) -> Response:
    """How a resident opens their plan and who looked at their file: by the link they were sent and their word."""
    return show(page, "public/my_plan.html", looked=_LOOKED)
