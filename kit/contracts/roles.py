"""The roles a caller may hold, each with its meaning. What a role may do is in the gateway's policies."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ROLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "volunteer_welcome": "welcomes people at a hub; sees a first name, a task and a table",
        "hub_host": "runs a hub's day: tickets, rooms, rota",
        "triage_officer": "has the first conversation, records needs and decides where they go",
        "universal_worker": "account manager who works through several issues with a household",
        "targeted_specialist": "specialist support: domestic abuse, early help, community safety and others",
        "housing_officer": "homelessness, temporary accommodation, register and lettings",
        "grants_officer": "funds, rounds, panels and awards",
        "revenues_officer": "council tax, benefit overpayments and holds on recovery",
        "safeguarding_lead": "acknowledges safeguarding concerns and reviews restricted records",
        "designated_officer": "takes concerns about people who work with children or adults (LADO, position of trust)",
        "personal_adviser": "adviser of young people leaving care",
        "reviewing_officer": "reviews pathway plans and decisions made by others",
        "manager": "supervises workers, allocates, approves and reviews broken glass",
        "analyst": "works with aggregates, cohorts and models, never with names",
        "information_governance_lead": "answers for who looked, rights requests, agreements and breaches",
        "complaints_officer": "complaints, compliments and councillors' enquiries",
        "administrator": "workers, teams, configuration and data migration",
        "operations": "keeps the platform running: health, dead letters, replays",
        "work_coach": "Jobcentre worker in the hub: own appointments and shared work goals only",
        "gp_link_worker": "social prescriber of the GP surgeries",
        "voluntary_sector_worker": "works in the hub for a voluntary organisation",
        "partner": "an organisation's system that receives and answers referrals",
        "board_member": "sits on the Partnership board; sees measures, never people",
        "councillor": "an elected member; sees measures, never people",
        "resident": "a person who uses the services, seeing what is theirs",
        "service": "a program of the council's own",
        "answer_link": "a one-time link: gives the one answer it was made for; nobody signs in as one",
        "source_feed": "a partner's system that feeds the source named for it; nobody signs in as one",
        "shared_page": "a link with its chosen word: shows one person's own page once; nobody signs in as one",
    }
)
"""Role code to meaning."""

SIGNED_IN: Final = frozenset(ROLES) - {"answer_link", "source_feed", "shared_page"}
"""The roles that somebody may hold and an issuer may give."""
