"""The timeline's page speaks plain words, whatever the event carries."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.routes import GUARDED_ROUTES
from kit.contracts.catalogue import CATALOGUE, live_types
from kit.contracts.event_type import NEVER_CASE_FACTS
from services.casefile.timeline.domain import line_of
from services.casefile.timeline.handlers import CASE_FACTS, handlers
from tests.casefile.facts import contact, decided, moment
from tests.casefile.homelessness_words import HOMELESSNESS_WORDS
from tests.casefile.lettings_words import LETTINGS_WORDS
from tests.casefile.placements_words import PLACEMENTS_WORDS
from tests.casefile.register_words import REGISTER_WORDS
from tests.contracts.strategies import events
from tests.examples import examples

ID = "01900000-0000-7000-8000-000000000001"
CASE: dict[str, Any] = {
    "case_id": ID,
    "household_id": ID,
    "state": "open",
    "layer": "targeted",
    "decision_ids": [ID],
    "workstreams": [
        {"decision_id": ID, "layer": "universal"},
        {"decision_id": ID, "layer": "targeted", "specialism": "domestic_abuse"},
    ],
    "account_manager": "w1",
    "episode": 2,
    "opened_at": moment(),
    "close_reason": "stepped_up_to_statutory",
    "changed_at": moment(),
}
PERSON: dict[str, Any] = {"person_id": ID, "households": [], "survivor_id": ID, "changed_at": moment()}
HOUSEHOLD: dict[str, Any] = {"household_id": ID, "members": [], "changed_at": moment()}
NEED = {
    "need_id": ID,
    "contact_id": ID,
    "domain": "food_and_fuel",
    "kind": "presenting",
    "urgency": "this_week",
    "changed_at": moment(),
}
CONCERN: dict[str, Any] = {
    "concern_id": ID,
    "kind": "child",
    "state": "raised",
    "raised_by": "w1",
    "raised_at": moment(),
    "changed_at": moment(),
}
OFFER: dict[str, Any] = {
    "offer_id": ID,
    "kind": "first_missed_council_tax",
    "offer": "money_help",
    "person_id": ID,
    "household_id": ID,
    "status": "offered",
    "offered_at": moment(),
    "changed_at": moment(),
}
HOLD: dict[str, Any] = {
    "hold_id": ID,
    "person_id": ID,
    "household_id": ID,
    "creditor": "council_tax",
    "state": "requested",
    "until": "2027-01-06",
    "requested_at": moment(),
    "changed_at": moment(),
}
APPOINTMENT: dict[str, Any] = {
    "appointment_id": ID,
    "person_id": ID,
    "kind": "home_visit",
    "hub": "heath",
    "worker": "w1",
    "starts_at": "2026-12-07T10:00:00Z",
    "ends_at": "2026-12-07T11:00:00Z",
    "state": "booked",
    "booked_at": moment(),
    "changed_at": moment(),
}
DEBT: dict[str, Any] = {
    "debt_id": ID,
    "person_id": ID,
    "household_id": ID,
    "kind": "rent_private",
    "priority": True,
    "stage": "letter",
    "owed_pence": 900_00,
    "changed_at": moment(),
    "state": "arranged",
    "instalment_pence": 25_50,
    "every": "week",
    "first_due_on": "2026-12-18",
}
GAIN: dict[str, Any] = {
    "claim_id": ID,
    "person_id": ID,
    "household_id": ID,
    "benefit": "pension_credit",
    "state": "confirmed",
    "started_on": "2026-12-15",
    "year_gain_pence": 1_204_80,
    "changed_at": moment(),
}
HARDSHIP: dict[str, Any] = {
    "payment_id": ID,
    "person_id": ID,
    "strand": "crisis_payment",
    "need": "fuel",
    "amount_pence": 4_900,
    "way": "cash_code",
    "before": 0,
    "state": "paid",
    "paid_at": "2026-12-04T16:50:00Z",
    "changed_at": "2026-12-04T16:50:00Z",
}
RENT: dict[str, Any] = {
    "rent_id": ID,
    "home_id": ID,
    "person_id": ID,
    "product": "market_60",
    "percent_of_market": 60,
    "rent_week_pence": 15_750,
    "service_week_pence": 2_250,
    "change": "set",
    "effective_from": "2026-12-21",
    "changed_at": "2026-12-14T12:00:00Z",
}
DECANT: dict[str, Any] = {
    "decant_id": ID,
    "scheme_id": ID,
    "person_id": ID,
    "move": "permanent",
    "right": "waiting",
    "bedrooms_needed": 2,
    "recorded_on": "2026-12-01",
    "changed_at": "2026-12-14T12:00:00Z",
}
KEPT: dict[str, Any] = {
    "support_plan_id": ID,
    "person_id": ID,
    "household_id": ID,
    "about": "rent",
    "state": "active",
    "prevented_on": "2027-03-01",
    "threat": "notice",
    "how": "arrears_cleared",
    "evidence": "landlord_confirmed",
    "changed_at": moment(),
}
SPACE: dict[str, Any] = {
    "breathing_space_id": ID,
    "person_id": ID,
    "household_id": ID,
    "kind": "mental_health_crisis",
    "state": "active",
    "starts_on": "2026-12-15",
    "changed_at": moment(),
}
REFERRAL: dict[str, Any] = {
    "referral_id": ID,
    "organisation_id": ID,
    "person_id": ID,
    "domain": "money",
    "urgency": "today",
    "state": "requested",
    "reason": "no_capacity",
    "basis": "consent",
    "requested_at": moment(),
    "changed_at": moment(),
}
DISCHARGE: dict[str, Any] = {
    "discharge_id": ID,
    "person_id": ID,
    "home_at": moment(),
    "call_by": moment(),
    "open_checks": ["heating", "key"],
    "state": "open",
    "changed_at": moment(),
}
LANDLORD: dict[str, Any] = {
    "landlord_message_id": ID,
    "organisation_id": ID,
    "person_id": ID,
    "kind": "payment_made",
    "changed_at": moment(),
}
PROFILE: dict[str, Any] = {
    "household_id": ID,
    "factors": ["domestic_abuse"],
    "definitions_version": 1,
    "computed_at": moment(),
}
DISPUTE: dict[str, Any] = {
    "dispute_id": ID,
    "household_id": ID,
    "factor": "domestic_abuse",
    "state": "set_aside",
    "said_by": "worker",
    "disputed_by": "w1",
    "disputed_at": moment(),
}
APPLIED: dict[str, Any] = {
    "application_id": ID,
    "contact_id": ID,
    "made_on": "2026-12-04",
    "how": "said",
    "where_tonight": "nowhere",
    "tonight": "house_tonight",
    "opened_at": moment(),
    "changed_at": moment(),
}
HANDOVER: dict[str, Any] = {
    "handover_id": ID,
    "contact_id": ID,
    "from_worker": "w1",
    "to_worker": "w2",
    "resident": "present",
    "state": "offered",
    "offered_at": moment(),
    "changed_at": moment(),
}
TASK: dict[str, Any] = {
    "everyday_task_id": ID,
    "contact_id": ID,
    "kind": "blue_badge",
    "owner": "concessions",
    "state": "booked",
    "chase_on": "2026-12-11",
    "held_by": "w1",
    "opened_at": moment(),
    "changed_at": moment(),
}
ENDED = {**TASK, "chase_on": None}
REFERRED: dict[str, Any] = {
    "duty_to_refer_id": ID,
    "contact_id": ID,
    "body": "prison",
    "reason": "homeless",
    "where_tonight": "hospital_or_prison",
    "homeless_on": "2026-12-11",
    "received_at": moment(),
    "changed_at": moment(),
}
PLAN: dict[str, Any] = {
    "plan_id": ID,
    "person_id": ID,
    "household_id": ID,
    "state": "agreed",
    "agreed_number": 1,
    "how": "face_to_face",
    "goals": 2,
    "actions": 3,
    "changed_at": moment(),
}
GOAL: dict[str, Any] = {**PLAN, "goal_id": ID, "state": "achieved", "achieved_on": "2026-12-14"}
PLAN_TASK: dict[str, Any] = {**PLAN, "task_id": ID, "whose": "theirs", "state": "done", "done_on": "2026-12-14"}
AS_HOMELESS = "Referred by a public body as homeless or threatened with it"
STEP: dict[str, Any] = {
    "step_id": ID,
    "case_id": ID,
    "household_id": ID,
    "direction": "up",
    "layer": "statutory",
    "statutory_service": "children_social_care",
    "from_worker": "w1",
    "to_team": "assessment",
    "urgency": "today",
    "resident": "told",
    "state": "offered",
    "due_at": moment(),
    "offered_at": moment(),
    "changed_at": moment(),
}
JOURNEY: dict[str, Any] = {
    "work_journey_id": ID,
    "person_id": ID,
    "household_id": ID,
    "worker": "w1",
    "state": "open",
    "stage": "preparing",
    "changed_at": moment(),
}
LEAVER: dict[str, Any] = {
    "care_leaver_id": ID,
    "person_id": ID,
    "household_id": ID,
    "status": "former_relevant",
    "state": "open",
    "adviser": "w1",
    "plan_number": 1,
    "review_due_on": "2027-06-07",
    "changed_at": moment(),
}
OUTCOME: dict[str, Any] = {
    "outcome_id": ID,
    "household_id": ID,
    "kind": "home_kept",
    "state": "recorded",
    "achieved_on": "2027-03-01",
    "check_due_on": "2027-09-01",
    "changed_at": moment(),
}
WORDS = [
    (
        "triage.homelessness_application.opened",
        APPLIED,
        "Applied as homeless on 4 December 2026: a roof is owed tonight",
    ),
    (
        "triage.homelessness_application.opened",
        {**APPLIED, "tonight": "not_tonight"},
        "Applied as homeless on 4 December 2026",
    ),
    ("triage.handover.offered", HANDOVER, "Handover offered: the sender goes on helping until it is accepted"),
    ("triage.handover.accepted", {**HANDOVER, "retold": True}, "Handover accepted by name, they had to tell it again"),
    ("triage.handover.accepted", {**HANDOVER, "retold": False}, "Handover accepted by name"),
    ("triage.handover.declined", HANDOVER, "Handover declined: the sender goes on helping"),
    ("triage.handover.withdrawn", HANDOVER, "Handover withdrawn: the sender goes on helping"),
    ("triage.handover.lapsed", HANDOVER, "Handover lapsed: the sender goes on helping"),
    ("triage.handover.escalated", HANDOVER, "Handover not answered in time and gone to a manager"),
    ("triage.everyday_task.booked", TASK, "Blue badge: booked, to be asked about on 11 December 2026"),
    ("triage.everyday_task.changed", TASK, "Blue badge: booked, to be asked about on 11 December 2026"),
    ("triage.everyday_task.chased", TASK, "Blue badge: the team was asked, to be asked about on 11 December 2026"),
    ("triage.everyday_task.due", ENDED, "Blue badge: not done yet, somebody asks"),
    ("triage.everyday_task.done", ENDED, "Blue badge: done"),
    ("triage.everyday_task.not_done", ENDED, "Blue badge: not done"),
    ("triage.duty_to_refer.received", REFERRED, f"{AS_HOMELESS}, from 11 December 2026"),
    ("triage.duty_to_refer.matched", {**REFERRED, "homeless_on": None}, AS_HOMELESS),
    (
        "triage.contact.received",
        contact("received", needs=("money", "housing"))["data"],
        "Contact: walked in at barking learning centre about housing, money",
    ),
    ("triage.contact.changed", contact("changed")["data"], "Contact updated"),
    (
        "triage.contact.decided",
        decided(outcome="targeted", specialism="drugs_and_alcohol")["data"],
        "Decision (final): targeted support: drugs and alcohol",
    ),
    (
        "triage.contact.received",
        contact("received", needs=("drugs_and_alcohol",))["data"],
        "Contact: walked in at barking learning centre",
    ),
    (
        "triage.contact.decided",
        decided(outcome="statutory", statutory_service="children_social_care")["data"],
        "Decision (final): statutory service: children social care",
    ),
    (
        "triage.contact.decided",
        decided(outcome="no_further_action")["data"],
        "Decision (final): no further action",
    ),
    ("triage.need.recorded", NEED, "Need recorded: food and fuel, this week"),
    ("triage.need.met", {**NEED, "status": "met"}, "Need met: food and fuel"),
    ("triage.safeguarding.raised", CONCERN, "Safeguarding concern about a child raised"),
    (
        "triage.safeguarding.acknowledged",
        {**CONCERN, "kind": "unknown"},
        "Safeguarding concern taken by the statutory team",
    ),
    (
        "triage.safeguarding.escalated",
        {**CONCERN, "kind": "adult"},
        "Safeguarding concern about an adult escalated: nobody took it in time",
    ),
    ("casefile.case.opened", CASE, "Case opened (targeted)"),
    ("casefile.case.workstream_added", CASE, "Case widened: targeted"),
    ("casefile.case.allocated", CASE, "Case given to a worker"),
    ("casefile.case.closed", CASE, "Case closed: stepped up to statutory"),
    ("casefile.case.reopened", CASE, "Case reopened (episode 2)"),
    ("casefile.sealed_case.opened", CASE, "Case opened (targeted)"),
    (
        "casefile.sealed_case.workstream_added",
        {**CASE, "workstreams": [{"decision_id": ID, "layer": "targeted", "specialism": "drugs_and_alcohol"}]},
        "Case widened: targeted, drugs and alcohol",
    ),
    ("casefile.sealed_case.allocated", CASE, "Case given to a worker"),
    ("casefile.sealed_case.closed", CASE, "Case closed: stepped up to statutory"),
    ("casefile.sealed_case.reopened", CASE, "Case reopened (episode 2)"),
    (
        "casefile.step.offered",
        STEP,
        "Step up to children social care offered: whoever helps now goes on until it is accepted",
    ),
    ("casefile.step.accepted", STEP, "Step up to children social care accepted by name"),
    (
        "casefile.step.declined",
        {**STEP, "direction": "down"},
        "Step down from children social care declined: whoever helps now goes on",
    ),
    ("casefile.step.withdrawn", STEP, "Step up to children social care withdrawn: whoever helps now goes on"),
    ("casefile.step.lapsed", STEP, "Step up to children social care lapsed: whoever helps now goes on"),
    (
        "casefile.step.escalated",
        STEP,
        "Step up to children social care not answered in time: a manager sees to it",
    ),
    ("casefile.person.registered", PERSON, "Person registered"),
    ("casefile.person.changed", PERSON, "Personal details or household changed"),
    ("casefile.person.merged", PERSON, "Two records found to be one person"),
    ("casefile.person.unmerged", PERSON, "A merge of two records taken back"),
    ("casefile.household.formed", HOUSEHOLD, "Household formed"),
    ("casefile.household.changed", HOUSEHOLD, "Household changed"),
    ("triage.outreach.offered", OFFER, "Help to be offered (money help): a council tax payment was missed"),
    (
        "triage.outreach.offered",
        {**OFFER, "kind": "rent_arrears_jump"},
        "Help to be offered (money help): rent arrears went up",
    ),
    ("triage.outreach.offered", {**OFFER, "kind": "cohort"}, "Help to be offered (money help)"),
    (
        "triage.outreach.attempted",
        {**OFFER, "last_channel": "call", "last_outcome": "someone_else_answered"},
        "Tried to reach them with an offer of help, money help: call, someone else answered",
    ),
    (
        "triage.outreach.held",
        {**OFFER, "hold_reason": "breathing_space"},
        "Offer of help waits (money help): breathing space",
    ),
    ("triage.outreach.resumed", OFFER, "Offer of help goes on (money help)"),
    ("triage.outreach.accepted", {**OFFER, "outcome": "accepted"}, "Offer of help taken up (money help)"),
    ("triage.outreach.declined", {**OFFER, "outcome": "not_now"}, "Offer of help declined (money help): not now"),
    ("triage.outreach.closed", {**OFFER, "outcome": "objected"}, "Offer of help closed (money help): objected"),
    ("triage.recovery_hold.requested", HOLD, "Hold on recovery asked for: council tax"),
    ("triage.recovery_hold.granted", HOLD, "Hold on recovery granted until 6 January 2027: council tax"),
    ("triage.recovery_hold.refused", HOLD, "Hold on recovery refused: council tax"),
    ("triage.recovery_hold.unanswered", HOLD, "Hold on recovery not answered in time: council tax"),
    ("triage.appointment.booked", APPOINTMENT, "Visit booked for 7 December 2026"),
    (
        "triage.appointment.changed",
        {**APPOINTMENT, "kind": "at_hub", "state": "to_rearrange"},
        "Appointment of 7 December 2026: to be arranged anew",
    ),
    ("triage.appointment.changed", {**APPOINTMENT, "state": "kept"}, "Visit of 7 December 2026: kept"),
    (
        "triage.appointment.changed",
        {**APPOINTMENT, "state": "missed", "follow_up": "went_round"},
        "Visit of 7 December 2026: somebody looked after them",
    ),
    (
        "triage.appointment.changed",
        {**APPOINTMENT, "state": "missed"},
        "Visit of 7 December 2026: nobody looked after them in time",
    ),
    (
        "triage.appointment.missed",
        {**APPOINTMENT, "kind": "phone", "missed_because": "no_answer", "state": "missed"},
        "Call of 7 December 2026 missed: no answer",
    ),
    ("casefile.breathing_space.started", SPACE, "Breathing Space from 15 December 2026"),
    (
        "casefile.breathing_space.changed",
        {**SPACE, "ends_on": "2027-02-12"},
        "Breathing Space from 15 December 2026 to 12 February 2027",
    ),
    ("casefile.breathing_space.ended", {**SPACE, "state": "ended"}, "Breathing Space ended"),
    ("casefile.breathing_space.ended", {**SPACE, "state": "cancelled"}, "Breathing Space cancelled"),
    ("casefile.debt.agreed", DEBT, "Arrangement agreed for rent: £25.50 a week, from 18 December 2026"),
    (
        "casefile.debt.agreed",
        {**DEBT, "kind": "court_fine"},
        "Arrangement agreed for a debt: £25.50 a week, from 18 December 2026",
    ),
    ("casefile.debt.changed", {**DEBT, "state": "owed"}, "Arrangement for rent ended: it is owed again"),
    ("casefile.debt.changed", {**DEBT, "state": "paid_off"}, "Rent: paid off"),
    ("casefile.benefit.claimed", GAIN, "Claim for a benefit started"),
    ("casefile.benefit.confirmed", GAIN, "Gain in benefit confirmed: £1,204.80 a year"),
    ("grants.hardship.paid", HARDSHIP, "Hardship payment of £49.00 for fuel"),
    ("housing.rent.set", RENT, "Rent set: £180.00 a week, 60 per cent of market rent, from 21 December 2026"),
    (
        "housing.rent.set",
        {**RENT, "change": "lowered", "product": "social"},
        "Rent lowered: £180.00 a week, a council-equivalent rent, from 21 December 2026",
    ),
    ("housing.decant.recorded", DECANT, "Has to move for building works, with a right to return"),
    ("housing.decant.recorded", {**DECANT, "right": "none"}, "Has to move for building works"),
    ("housing.decant.returned", {**DECANT, "returned_on": "2026-12-14"}, "Returned by right on 14 December 2026"),
    ("casefile.support_plan.eviction_prevented", KEPT, "Eviction prevented: arrears cleared"),
    ("triage.referral.requested", REFERRAL, "Help asked of a partner (money)"),
    ("triage.referral.requested", {**REFERRAL, "domain": "domestic_abuse"}, "Help asked of a partner"),
    ("triage.referral.changed", REFERRAL, "What was asked of a partner changed (money)"),
    ("triage.referral.received", REFERRAL, "The partner has the referral (money)"),
    ("triage.referral.accepted", REFERRAL, "The partner accepted (money)"),
    ("triage.referral.rejected", REFERRAL, "The partner could not take it on (money): no capacity"),
    ("triage.referral.on_hold", REFERRAL, "Help of the partner waits (money): no capacity"),
    ("triage.referral.in_progress", REFERRAL, "The partner has begun (money)"),
    ("triage.referral.completed", {**REFERRAL, "reason": "need_met"}, "Help of the partner is done (money): need met"),
    ("triage.referral.failed", {**REFERRAL, "reason": None}, "Help of the partner came to nothing (money)"),
    ("triage.referral.cancelled", REFERRAL, "The referral was withdrawn (money): no capacity"),
    ("triage.referral.escalated", REFERRAL, "The partner was silent: a manager sees to it (money)"),
    ("triage.discharge.received", DISCHARGE, "Coming home from hospital: to be done: heating, key"),
    ("triage.discharge.changed", {**DISCHARGE, "open_checks": []}, "Coming home from hospital"),
    (
        "triage.discharge.overdue",
        DISCHARGE,
        "Home from hospital: something due was not done, and a manager sees to it",
    ),
    ("triage.discharge.settled", DISCHARGE, "Home from hospital: everything is done"),
    ("triage.discharge.cancelled", DISCHARGE, "A discharge from hospital did not happen"),
    ("triage.landlord_message.sent", LANDLORD, "Landlord written to: payment made"),
    ("casefile.work_journey.opened", JOURNEY, "On the way to work: a new start"),
    ("casefile.work_journey.moved", JOURNEY, "On the way to work: preparing"),
    ("casefile.work_journey.moved", {**JOURNEY, "stage": "in_work"}, "On the way to work: has started a job"),
    (
        "casefile.work_journey.moved",
        {**JOURNEY, "stage": "sustained_26_weeks"},
        "On the way to work: in the job for 26 weeks",
    ),
    (
        "casefile.work_journey.closed",
        {**JOURNEY, "state": "closed", "close_reason": "in_lasting_work"},
        "The way to work was closed: in lasting work",
    ),
    ("casefile.care_leaver.recorded", LEAVER, "Support for leaving care began"),
    ("casefile.care_leaver.plan_agreed", LEAVER, "Pathway plan agreed, to be reviewed by 7 June 2027"),
    ("casefile.care_leaver.plan_reviewed", LEAVER, "Pathway plan reviewed, next by 7 June 2027"),
    (
        "casefile.care_leaver.review_overdue",
        LEAVER,
        "Pathway plan not reviewed in time: it was due on 7 June 2027",
    ),
    ("casefile.care_leaver.adviser_changed", LEAVER, "Another personal adviser took over, by name"),
    ("casefile.care_leaver.ended", LEAVER, "Support for leaving care ended"),
    ("casefile.outcome.recorded", OUTCOME, "Outcome: home kept, since 1 March 2027"),
    (
        "casefile.outcome.checked",
        {**OUTCOME, "state": "sustained"},
        "Outcome looked at again: home kept, still holds after six months",
    ),
    (
        "casefile.outcome.checked",
        {**OUTCOME, "state": "not_sustained"},
        "Outcome looked at again: home kept, did not last",
    ),
    (
        "casefile.outcome.checked",
        {**OUTCOME, "state": "not_known"},
        "Outcome looked at again: home kept, not known whether it lasted",
    ),
    ("casefile.outcome.struck", OUTCOME, "Outcome struck, it was recorded by mistake: home kept"),
    ("casefile.plan.agreed", PLAN, "Plan agreed, face to face"),
    ("casefile.plan.agreed", {**PLAN, "agreed_number": 2, "how": "phone"}, "Plan agreed anew (version 2), by phone"),
    ("casefile.plan.agreed", {**PLAN, "how": "link"}, "Plan agreed"),
    ("casefile.goal.achieved", GOAL, "A goal of the plan was reached"),
    ("casefile.goal.reopened", {**GOAL, "state": "open"}, "A goal of the plan is open again"),
    ("casefile.task.completed", PLAN_TASK, "A task of the plan was done by them"),
    ("casefile.task.completed", {**PLAN_TASK, "whose": "ours"}, "A task of the plan was done by us"),
    ("casefile.task.completed", {**PLAN_TASK, "whose": "partners"}, "A task of the plan was done by a partner"),
    ("casefile.task.reopened", {**PLAN_TASK, "state": "to_do"}, "A task of the plan is open again"),
    (
        "casefile.reply.received",
        {"reply_id": ID, "person_id": ID, "state": "waiting", "received_at": moment(), "changed_at": moment()},
        "Answered us by text message",
    ),
    (
        "casefile.paper_entry.typed",
        {"entry_id": ID, "person_id": ID, "kind": "visit", "was_at": moment(), "typed_at": moment()},
        "Visit written on paper during an outage",
    ),
    ("risk.household.profile_changed", PROFILE, "What One View knows of the household changed"),
    ("risk.factor.disputed", DISPUTE, "A factor of One View set aside"),
    *REGISTER_WORDS,
    *HOMELESSNESS_WORDS,
    *LETTINGS_WORDS,
    *PLACEMENTS_WORDS,
]


def test_the_page_does_not_tell_of_a_crisis() -> None:
    for event in ("started", "changed", "ended"):
        standard, crisis = (
            line_of(
                f"casefile.breathing_space.{event}",
                parsed(f"casefile.breathing_space.{event}", {**SPACE, "kind": kind}),
            )
            for kind in ("standard", "mental_health_crisis")
        )
        assert standard == crisis


SEALED = [
    ("triage.contact.decided", decided(outcome="targeted", specialism="drugs_and_alcohol")["data"]),
    ("triage.need.recorded", {**NEED, "domain": "drugs_and_alcohol"}),
    ("triage.need.met", {**NEED, "domain": "drugs_and_alcohol", "status": "met"}),
    ("triage.referral.requested", {**REFERRAL, "domain": "drugs_and_alcohol"}),
    ("casefile.sealed_case.opened", {**CASE, "compartment": "drugs_and_alcohol"}),
    ("casefile.sealed_case.closed", {**CASE, "compartment": "drugs_and_alcohol"}),
    ("casefile.step.accepted", {**STEP, "compartment": "drugs_and_alcohol"}),
]


@pytest.mark.parametrize(("type_", "data"), SEALED)
def test_drug_and_alcohol_work_is_for_its_part_of_the_file_alone(type_: str, data: Any) -> None:
    assert line_of(type_, parsed(type_, data)).part == "drugs_and_alcohol"


def test_the_page_tells_no_factor() -> None:
    for type_, data in (("risk.household.profile_changed", PROFILE), ("risk.factor.disputed", DISPUTE)):
        line = line_of(type_, parsed(type_, data))
        assert "domestic_abuse" not in f"{line.title}{line.facts}"
        assert "domestic abuse" not in line.title


def parsed(type_: str, data: Any) -> Any:
    model = CATALOGUE[type_].model
    assert model is not None
    return model.model_validate(data).model_dump(mode="json", by_alias=True)


@pytest.mark.parametrize(("type_", "data", "title"), WORDS)
def test_what_a_line_says_names_no_sealed_topic_and_leads_to_what_can_be_read(
    type_: str, data: Any, title: str
) -> None:
    line = line_of(type_, parsed(type_, data))
    assert line.title == title
    if line.part is None and not type_.startswith("casefile.sealed_case."):
        assert "drugs" not in f"{line.title}{line.facts}"
    assert any(path.fullmatch(line.record) for path in READABLE), line.record


READABLE = [
    re.compile(re.sub(r"\{[^}]+\}", "[^/{}]+", route.path)) for route in GUARDED_ROUTES if route.method == "GET"
]


def test_the_words_of_every_case_fact_are_tested() -> None:
    assert {each[0] for each in WORDS} == set(CASE_FACTS)


@pytest.mark.parametrize("type_", CASE_FACTS)
def test_no_raw_code_leaks_into_the_words(type_: str) -> None:
    @settings(max_examples=examples(1, 50), deadline=None)
    @given(events(type_))
    def check(event: Any) -> None:
        line = line_of(type_, parsed(type_, event["data"]))
        assert re.fullmatch(r"[A-Z][a-zA-Z0-9 ,:()£.]+", line.title), line.title
        assert "None" not in line.title
        assert not re.search(r"[0-9a-f]{8}-|  |[:,] *$|\( *\)", line.title), line.title

    check()


def test_a_type_nobody_taught_us_reads_as_words_and_leads_nowhere() -> None:
    line = line_of("grants.tombola.won", {"tombola_id": ID})
    assert (line.title, line.record, line.facts) == ("Tombola won", "", {})


@pytest.mark.full
@given(st.sampled_from(CASE_FACTS), st.data())
@settings(max_examples=examples(20, 300), deadline=None)
def test_the_facts_beside_the_words_are_some_of_the_event(type_: str, data: st.DataObject) -> None:
    given_ = parsed(type_, data.draw(events(type_))["data"])
    shown = line_of(type_, given_).facts
    assert all(given_[name] == value for name, value in shown.items())


def test_only_case_facts_reach_the_timeline() -> None:
    declared = {each.type for each in live_types() if each.case_fact}
    (handler,) = handlers.all
    assert handler.types == declared
    assert handler.kind == "reactions"
    assert not {type_.split(".")[1] for type_ in declared} & NEVER_CASE_FACTS
