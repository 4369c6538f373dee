"""Referrals to partners: found by what people say, sent with what is shared and why, followed to their end."""

from fastapi import APIRouter

from staff.pages.referrals import following, sending

router = APIRouter()
for _part in (sending, following):
    router.include_router(_part.router)
