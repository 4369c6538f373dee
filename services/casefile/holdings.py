"""What casefile holds about somebody, where its tables don't say it all (`kit.store.holdings`), and how it erases.

The timeline's log is append-only and hash-chained: of an erased person payload and salt go, digests stay, and the chain
still verifies. Households that were theirs alone go with them; the others are told anew, without them.
"""

from collections.abc import Sequence

from sqlalchemy import delete, select

from kit.contracts.rights import PackageItem, TableProof
from kit.events.rights import Rights
from kit.store import timers
from kit.store.holdings import Holdings, Rule, Whose, digest_of
from kit.store.unit import UnitOfWork
from services.casefile.introductions import commands as introductions
from services.casefile.people import membership
from services.casefile.people.models import Household, Membership
from services.casefile.tables import Base
from services.casefile.timeline import commands as timeline


class Story:
    """Their part of the timeline, and their places in households."""

    async def collect(self, unit: UnitOfWork, whose: Whose) -> Sequence[PackageItem]:
        """Nothing: each line of the page tells of a record, and its owner gives that."""
        return []

    async def erase(self, unit: UnitOfWork, whose: Whose, kept: Sequence[str]) -> Sequence[TableProof]:
        """Blank what the log holds of them and of nobody else; leave their households."""
        proofs = []
        blanked, shared = await timeline.erase_people(unit, whose.people, whose.households)
        if blanked:
            digest = digest_of(f"timeline_log:{each}" for each in blanked)
            proofs.append(
                TableProof(
                    table="timeline_log",
                    title="The household's timeline",
                    blanked=len(blanked),
                    kept=shared,
                    why="anothers_story_too" if shared else None,
                    digest=digest,
                )
            )
        elif shared:
            proofs.append(
                TableProof(
                    table="timeline_log", title="The household's timeline", kept=shared, why="anothers_story_too"
                )
            )
        theirs = Membership.person_id.in_(sorted(whose.people))
        homes = set(await unit.session.scalars(select(Membership.household_id).where(theirs)))
        gone = await unit.session.execute(
            delete(Membership).where(theirs).returning(Membership.household_id, Membership.person_id, Membership.since)
        )
        keys = [f"membership:{'/'.join(map(str, row))}" for row in gone]
        if keys:
            proofs.append(
                TableProof(table="membership", title="Where you lived", deleted=len(keys), digest=digest_of(keys))
            )
        others = homes - whose.households
        query = select(Household).where(Household.id.in_(others)).order_by(Household.id).with_for_update()
        for household in (await unit.session.scalars(query)).all():
            await membership.announce(unit, household)
        # At night the names that nobody bears any more go from the search's vocabulary too.
        await timers.set_alarm(unit, introductions.TIDY, introductions.NAMES, introductions.tonight())
        return proofs


# Who may see a file, who is kept from whom, and who looked in an emergency: it would tell that somebody is protected.
_WHO_SEES = Rule(given=False)
_ABUSE = Rule(part="abuse", retention="safeguarding")
_REQUESTS = Rule(given=False, retention="rights_request")

RIGHTS = Rights(
    "casefile",
    Holdings(
        Base.metadata,
        rules={
            "person": Rule(
                title="Who you are, as you told us",
                people=("id",),
                left_out=frozenset({"source", "restricted", "introduced", "separated_from", "kept_from"}),
                blanked={
                    "names": [{"given": "Erased", "family": "", "kind": "current"}],
                    "date_of_birth": None,
                    "nhs_number": None,
                    "nino": None,
                    "upn": None,
                    "addresses": [],
                    "contacts": [],
                    "languages": [],
                    "communication_needs": [],
                    "restricted": True,
                },
            ),
            "separation": Rule(given=False, people=("also", "people"), retention="safeguarding"),
            "separation_bar": Rule(given=False, retention="safeguarding"),
            **dict.fromkeys(
                (
                    "restriction",
                    "conflict",
                    "broken_glass",
                    "circle",
                    "circle_place",
                    "note_reading",
                    "looked_release",
                    "share",
                    "downtime_pack",
                    "data_breach",
                    "case_reallocated",
                ),
                _WHO_SEES,
            ),
            # As our own record of access: it stays, and the person reads it where it can be checked first.
            "read_elsewhere": Rule(given=False, retention="access_record"),
            **dict.fromkeys(
                ("abuse_work", "abuse_assessment", "abuse_safety_plan", "marac_referral", "marac_action"), _ABUSE
            ),
            "note": Rule(title="Notes"),
            "warning": Rule(title="Warnings", part="safeguarding"),
            "warning_remark": Rule(title="What was said about warnings", part="safeguarding"),
            "money_statement": Rule(title="What came in and went out", retention="money"),
            "debt": Rule(title="Your debts", retention="money"),
            "debt_arrangement": Rule(title="Arrangements with creditors", retention="money"),
            "support_plan": Rule(title="Plans to keep your home", retention="money"),
            "benefit_check": Rule(title="Benefit checks", retention="money"),
            "benefit_claim": Rule(title="Benefits claimed", retention="money"),
            "household": Rule(given=False, households=("id",)),
            "case_file": Rule(title="The work with your household"),
            "membership": Rule(title="Where you lived"),
            "relationship": Rule(title="Who belongs to you"),
            "outcome": Rule(title="What came of it"),
            "work_journey": Rule(title="Your way to work"),
            "work_offer": Rule(title="Places you were offered"),
            "care_leaver": Rule(title="Your support for leaving care"),
            "pathway_plan": Rule(title="Your pathway plans"),
            "equality_answer": Rule(title="What you said of yourself"),
            "safety_case": Rule(title="What harmed you and what was done", part="crime", retention="safeguarding"),
            "asb_review": Rule(title="Case reviews you asked for", part="crime"),
            # Triage gives its own appointments.
            "known_appointment": Rule(given=False),
            "breathing_space": Rule(title="Your Breathing Space", retention="money"),
            "message": Rule(title="What we sent you", retention="message"),
            "reply": Rule(title="What you texted to us", retention="message"),
            "merge": Rule(title="Two records that were one person"),
            "person_source": Rule(given=False),
            "person_search": Rule(given=False),
            # It would tell that there is somebody whom they may not know of.
            "match_review": Rule(given=False),
            "introduction": Rule(given=False),
            "introduced_home": Rule(given=False),
            "household_source": Rule(given=False),
            # An objection outlives the person's data: as keyed digests that name nobody.
            "outreach_objection": Rule(given=False, retention="objection"),
            "rights_request": _REQUESTS,
            "rights_part": _REQUESTS,
            "rights_item": _REQUESTS,
            "erasure_proof": _REQUESTS,
            "rights_recipient": _REQUESTS,
            "legal_hold": _REQUESTS,
            "complaint": Rule(title="What you complained of", retention="complaint"),
        },
        nobody={
            "timeline_entry": "the page: laid out from the log, erased with it",
            "timeline_log": "ids of households; erased in its own way",
        },
    ),
    Story(),
)
