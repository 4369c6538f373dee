"""Question codes for *answer once*: what any service may already know, so that nobody is asked again.

A service answers `known?person_id=` with a code from here, the value, the source and the date (ownership rule
13). The words are what a worker reads beside the answer. A code is never reused for another question.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel, Field

QUESTIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        # Who they are
        "person.name": "What is your full name?",
        "person.known_as": "What do you like to be called?",
        "person.date_of_birth": "What is your date of birth?",
        "person.national_insurance_number": "What is your National Insurance number?",
        "person.nhs_number": "What is your NHS number?",
        "person.languages": "Which languages do you speak?",
        "person.interpreter": "Do you need an interpreter, and which dialect or gender?",
        "person.communication_needs": "What would make it easier for us to talk and write to you?",
        "person.equality": "How would you describe yourself (ethnic group, disability, faith and so on)?",
        "person.care_leaver": "Were you ever in the care of a council?",
        "person.armed_forces": "Have you or your partner served in the armed forces?",
        "person.pregnant": "Are you pregnant, and when is the baby due?",
        "person.speaks_for": "Does someone speak or act for you?",
        # Reaching them safely
        "contact.safe_ways": "How is it safe for us to reach you?",
        "contact.safe_times": "When is it safe for us to reach you?",
        "contact.phone": "What is your phone number?",
        "contact.email": "What is your e-mail address?",
        # The household and the home
        "household.members": "Who lives with you?",
        "household.children": "Which children live with you, all or part of the time?",
        "household.carer": "Do you look after someone, or does someone look after you?",
        "accommodation.address": "What is your address?",
        "accommodation.tonight": "Where do you sleep tonight?",
        "accommodation.tenure": "Do you rent or own your home, and from whom?",
        "accommodation.rent": "How much is the rent, and how often is it due?",
        "accommodation.notice": "Have you been given notice to leave, of which kind and for when?",
        "accommodation.arrears": "Do you owe rent?",
        "accommodation.conditions": "Is anything wrong with your home, such as damp or repairs?",
        "accommodation.access_needs": "What does your home need so that you can live in it?",
        # Money
        "money.income": "What money comes in?",
        "money.benefits": "Which benefits do you get?",
        "money.debts": "Whom do you owe money, and how much?",
        "money.council_tax": "Are you behind with council tax?",
        "money.food_and_fuel": "Do you have enough food and heating for the week?",
        "money.hardship_help": "What crisis help have you had lately?",
        # Work, health and wellbeing
        "work.situation": "Are you in work, training or looking?",
        "work.barriers": "What stops you?",
        "health.conditions": "Does a health condition or disability affect your daily life?",
        "health.gp_practice": "Which GP practice are you with?",
        "health.support": "Who helps you with your health or care?",
        "education.school": "Which school or nursery do the children go to?",
        # What they want, and what is under way
        "needs.what_matters": "What matters to you?",
        "needs.tried_already": "What have you tried already?",
        "help.workers": "Who is helping you now?",
        "help.referrals": "Where have you been referred?",
        "help.consent": "Whom may we share this with?",
    }
)
"""Question code to the words of the question."""


class KnownAnswer(BaseModel):
    """An answer somebody gave already: confirm it, don't ask it again."""

    question: str = Field(description="A code of kit.contracts.questions")
    value: Any
    source: str = Field(description="The service that holds it")
    at: datetime
