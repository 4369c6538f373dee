"""Homelessness: cases with their days left, the plan, decisions with letters, reviews, what is done beside the duty."""

from fastapi import APIRouter

from staff.pages.homelessness import activities, assessing, cases, decisions, household, lockouts, plans, reviews

router = APIRouter()
for _part in (cases, assessing, plans, decisions, reviews, activities, household, lockouts):
    router.include_router(_part.router)
