"""The front door's conversations: help without a name, a new contact, one contact, and where its needs go."""

from fastapi import APIRouter

from staff.pages.contacts import asking, deciding, one, quick, telling, who

router = APIRouter()
for _part in (quick, who, telling, one, deciding, asking):
    router.include_router(_part.router)
