"""Pages for residents: no sign-in, phone first, plain words. Nothing here asks the gateway with anybody's token."""

from fastapi import APIRouter

from staff.pages.public import ballots, bidding, directory, grants, homes, kiosk, panels, proposals, start

router = APIRouter()
for _part in (start, directory, homes, bidding, proposals, ballots, panels, grants, kiosk):
    router.include_router(_part.router)
