"""A household's pages: its story at a glance, timeline, plan, people, risk, referrals, what is known, notes."""

from fastapi import APIRouter

from staff.pages.household import glass, known, note, notes, overview, planning, planning_entries, risk, timeline

router = APIRouter()
for _part in (overview, timeline, risk, known, notes, note, glass, planning, planning_entries):
    router.include_router(_part.router)
