"""The catalogue: complete, owned, consumed by services that exist, and fit for the timeline where it says so."""

from __future__ import annotations

import re
from typing import Any

import pytest

from kit.contracts import catalogue
from kit.contracts.catalogue import CATALOGUE, OWNERS, SERVICES, CatalogueError, Sensitivity, State, collect
from kit.contracts.envelope import EventData, Sealed
from kit.contracts.event_type import EventType, live, live_sealed, planned, planned_sealed

# "Events out" of each service's page and of the ownership rules; additions of our own are not listed.
NAMED = {
    "triage": """
        contact.received contact.decided need.recorded need.met handover.offered handover.accepted
        safeguarding.raised safeguarding.acknowledged safeguarding.escalated
        referral.requested referral.received referral.accepted referral.rejected referral.in_progress
        referral.completed referral.failed referral.cancelled referral.escalated
        outreach.offered outreach.accepted outreach.declined
        recovery_hold.requested recovery_hold.granted recovery_hold.refused
        appointment.booked appointment.missed duty_to_refer.received
        queue_entry.added queue_entry.moved queue_entry.removed
        """,
    "casefile": """
        person.registered person.changed person.merged person.unmerged people.separated people.rejoined
        household.formed household.changed case.opened case.allocated case.closed case.reopened
        plan.agreed goal.achieved task.completed debt.agreed breathing_space.started breathing_space.ended
        benefit.confirmed outcome.recorded person.restricted person.unrestricted
        access.granted access.revoked access.broken_glass message.addressed
        rights.access_requested identity.changed
        """,
    "risk": """
        source.loaded household.profile_changed signal.raised cohort.published factor.disputed model.published
        index.published resident.relinked resident.introduced
        """,
    "grants": """
        fund.receipted round.opened round.closed application.submitted application.assessed
        panel.drawn panel.member_replaced ballot.decided award.made payment.made report.received
        proposal.raised proposal.supported proposal.adopted campaign.funded hardship.paid
        """,
    "housing": """
        approach.made duty.started duty.ended placement.started placement.ended placement.breached
        application.registered application.banded application.suspended home.available
        advert.opened advert.closed bid.placed shortlist.frozen offer.made offer.accepted offer.refused
        letting.started rent.set decant.recorded decant.returned
        scheme.milestone_reached scheme.jobs_committed homes.handed_over
        """,
    "gateway": "worker.changed team.changed clock.moved message.sent message.failed access.recorded access.told",
}
OWED = """
    access.recorded separation.applied message.requested consent.recorded consent.withdrawn
    rights.package_returned
    """
LIVE = """
    gateway.access.told grants.access.told housing.access.told risk.access.told triage.access.told
    gateway.webhook_endpoint.disabled
    casefile.access.broken_glass casefile.access.granted casefile.access.noticed casefile.access.recorded
    casefile.access.revoked casefile.access_alert.raised casefile.access_alert.settled
    casefile.adviser_handover.changed casefile.adviser_handover.offered casefile.agreement.changed
    casefile.approval.approved casefile.approval.asked casefile.approval.returned casefile.approval.withdrawn
    casefile.asb_review.asked casefile.asb_review.changed casefile.asb_review.overdue casefile.benefit.claimed
    casefile.benefit.confirmed casefile.breathing_space.changed casefile.breathing_space.ended
    casefile.breathing_space.started casefile.care_leaver.adviser_changed casefile.care_leaver.changed
    casefile.care_leaver.ended casefile.care_leaver.plan_agreed casefile.care_leaver.plan_reviewed
    casefile.care_leaver.recorded casefile.care_leaver.review_overdue casefile.case.allocated
    casefile.case.changed casefile.case.closed casefile.case.opened casefile.case.reopened
    casefile.case.workstream_added casefile.case_task.changed casefile.case_task.done casefile.case_task.dropped
    casefile.case_task.made casefile.caseload.changed casefile.complaint.changed casefile.complaint.received
    casefile.debt.agreed casefile.debt.changed casefile.glass_review.asked casefile.glass_review.given
    casefile.glass_review.overdue casefile.goal.achieved casefile.goal.reopened casefile.household.changed
    casefile.household.formed casefile.identity.changed casefile.import.completed casefile.introduction.answered
    casefile.message.addressed casefile.message.failed casefile.message.requested casefile.reply.read
    casefile.reply.received gateway.reply.received casefile.outcome.checked
    casefile.outcome.recorded casefile.outcome.struck casefile.paper_entry.typed casefile.people.rejoined
    casefile.people.separated casefile.person.changed casefile.person.merged casefile.person.registered
    casefile.person.restricted casefile.person.unmerged casefile.person.unrestricted casefile.plan.agreed
    casefile.reallocation.given_back casefile.reallocation.made casefile.rights.access_requested
    casefile.rights.changed casefile.rights.decided casefile.rights.erased casefile.rights.erasure_requested
    casefile.rights.package_returned casefile.safety_case.changed casefile.safety_case.closed
    casefile.safety_case.opened casefile.sealed_case.allocated casefile.sealed_case.changed
    casefile.sealed_case.closed casefile.sealed_case.opened casefile.sealed_case.reopened
    casefile.sealed_case.workstream_added casefile.sealed_outcome.checked casefile.sealed_outcome.recorded
    casefile.sealed_outcome.struck casefile.separation.applied casefile.share.changed casefile.step.accepted
    casefile.step.declined casefile.step.escalated casefile.step.lapsed casefile.step.offered
    casefile.step.withdrawn casefile.support_plan.eviction_prevented casefile.task.completed
    casefile.task.reopened casefile.warning.decided casefile.warning.proposed casefile.warning.removed
    casefile.warning.reviewed casefile.warning.told casefile.ward_needs.published
    casefile.work_journey.changed casefile.work_journey.closed
    casefile.work_journey.moved casefile.work_journey.opened casefile.work_offer.changed
    casefile.work_offer.made casefile.work_vacancy.changed casefile.work_vacancy.opened gateway.access.noticed
    gateway.access.recorded gateway.clock.moved gateway.message.failed gateway.message.sent
    gateway.rights.erased gateway.rights.package_returned gateway.team.changed gateway.worker.changed
    grants.application.assessed grants.application.changed grants.application.submitted grants.award.changed
    grants.award.made grants.fund.receipted grants.payment.made grants.report.changed grants.report.chased
    grants.report.received grants.round.changed grants.round.closed grants.round.opened
    grants.access.noticed grants.access.recorded grants.message.requested grants.rights.erased
    grants.rights.package_returned grants.separation.applied housing.access.noticed housing.access.recorded
    housing.message.requested housing.rights.erased housing.rights.package_returned housing.rights.recipients_named
    housing.separation.applied
    risk.access.noticed risk.access.recorded risk.cohort.published risk.factor.disputed
    risk.household.profile_changed risk.index.published risk.message.requested
    risk.resident.introduced risk.resident.relinked risk.rights.erased risk.rights.package_returned
    risk.separation.applied risk.signal.raised
    risk.source.loaded triage.access.noticed triage.access.recorded triage.appointment.booked
    triage.appointment.changed triage.appointment.missed triage.call.ended triage.call.started
    triage.capacity_question.answered triage.capacity_question.asked triage.capacity_question.unanswered
    triage.contact.changed triage.contact.decided triage.contact.received triage.directory_service.changed
    triage.discharge.cancelled triage.discharge.changed triage.discharge.overdue triage.discharge.received
    triage.discharge.settled triage.disclosure_notice.sent triage.duty_to_refer.matched triage.duty_to_refer.received
    triage.everyday_task.booked triage.everyday_task.changed triage.everyday_task.chased
    triage.everyday_task.done triage.everyday_task.due triage.everyday_task.not_done triage.handover.accepted
    triage.handover.declined triage.handover.escalated triage.handover.lapsed triage.handover.offered
    triage.handover.withdrawn triage.homelessness_application.changed triage.homelessness_application.opened
    triage.landlord_message.sent triage.message.requested triage.need.met triage.need.recorded
    triage.objection.recorded triage.objection.withdrawn triage.organisation.changed triage.outreach.accepted
    triage.outreach.attempted triage.outreach.closed triage.outreach.declined triage.outreach.held
    triage.outreach.offered triage.outreach.resumed triage.partner_message.addressed triage.queue_entry.added
    triage.queue_entry.changed triage.queue_entry.moved triage.queue_entry.removed triage.queue_rules.changed
    triage.recovery_hold.granted triage.recovery_hold.refused triage.recovery_hold.requested
    triage.recovery_hold.unanswered triage.referral.accepted triage.referral.cancelled triage.referral.changed
    triage.referral.chased triage.referral.completed triage.referral.escalated triage.referral.failed
    triage.referral.in_progress triage.referral.on_hold triage.referral.received triage.referral.rejected
    triage.referral.requested triage.rights.erased triage.rights.package_returned triage.rights.recipients_told
    triage.safe_contact.told
    triage.safeguarding.acknowledged triage.safeguarding.escalated triage.safeguarding.raised
    triage.safeguarding.rung triage.separation.applied triage.speaker.changed triage.speaker.ended
    triage.speaker.recorded triage.staff_concern.acknowledged triage.staff_concern.escalated
    triage.staff_concern.raised
    housing.placement.alarmed housing.placement.breached housing.placement.changed housing.placement.ended
    housing.placement.started
    housing.application.registered housing.application.banded housing.application.suspended
    housing.application.restored housing.application.ended housing.application.changed housing.home.available
    housing.home.changed housing.load.completed housing.rent.set housing.decant.recorded housing.decant.changed
    housing.decant.returned housing.scheme.milestone_reached housing.scheme.jobs_committed housing.scheme.changed
    housing.homes.handed_over
    housing.advert.opened housing.advert.closed housing.advert.changed housing.bid.placed housing.bid.withdrawn
    housing.shortlist.frozen housing.shortlist.drawn housing.offer.made housing.offer.accepted
    housing.offer.refused housing.offer.withdrawn housing.offer.changed housing.letting.started
    housing.letting.ended
    housing.approach.made housing.duty.started housing.duty.ended housing.homelessness_decision.notified
    housing.homelessness_review.asked housing.homelessness_review.decided housing.homelessness_activity.started
    housing.homelessness_activity.ended housing.illegal_eviction.reported housing.illegal_eviction.taken
    housing.illegal_eviction.ended
    grants.ballot.decided
    grants.panel.changed grants.panel.drawn grants.panel.member_replaced
    grants.hardship.paid
    risk.model.published risk.emergency.signed
    grants.campaign.funded grants.proposal.adopted grants.proposal.raised grants.proposal.supported
    triage.volunteer_session.recorded
    """
KEPT_FROM_THE_TIMELINE = re.compile(r"vote|ballot|panel|pool|proposal|comment|complaint|rights|librar|consult|campaign")
OPEN, PERSONAL = Sensitivity.OPEN, Sensitivity.PERSONAL


class Fact(EventData):
    """A model for declarations made up here."""


def test_every_event_the_specification_names_is_declared_by_its_owner() -> None:
    wanted = {f"{owner}.{name}" for owner, names in NAMED.items() for name in names.split()}
    wanted |= {f"{service}.{name}" for service in SERVICES for name in OWED.split()}
    assert sorted(wanted - set(CATALOGUE)) == []


def test_the_live_types_are_these() -> None:
    assert [each.type for each in catalogue.live_types()] == sorted(LIVE.split())


def test_every_entry_is_owned_summed_up_and_read_by_services_that_exist() -> None:
    for name, event in CATALOGUE.items():
        assert name == event.type
        assert event.owner in OWNERS
        assert event.consumers <= set(OWNERS)
        assert event.summary
        assert not event.summary.endswith(".")
        assert (event.state is State.LIVE) == (event.model is not None)


def test_every_subject_lies_under_its_owner_and_tells_nothing_when_sealed() -> None:
    streams = {each.name: each for each in catalogue.streams()}
    for event in CATALOGUE.values():
        (prefix,) = streams[event.stream].subjects
        assert event.nats_subject.startswith(prefix.removesuffix(">"))
        if event.sealed:
            (reader,) = event.consumers
            assert event.nats_subject == f"newstart.vault.{reader}.{event.owner}"
        else:
            assert event.nats_subject == f"newstart.{event.type}"
            assert streams[event.stream].owner == event.owner
    assert [each.name for each in catalogue.streams()] == [*map(str.upper, OWNERS), "VAULT"]
    assert catalogue.stream_of("triage") == "TRIAGE"
    with pytest.raises(KeyError):
        catalogue.stream_of("payroll")


def test_what_residents_do_as_citizens_never_reaches_the_timeline() -> None:
    kept = [each for each in CATALOGUE.values() if KEPT_FROM_THE_TIMELINE.search(each.type)]
    assert len(kept) > 10
    assert [each.type for each in kept if each.case_fact] == []


@pytest.mark.parametrize(
    "aggregate", ["ballot", "vote", "panel", "pool", "proposal", "comment", "complaint", "rights", "library"]
)
def test_declaring_such_an_event_a_case_fact_is_refused(aggregate: str) -> None:
    with pytest.raises(CatalogueError, match="never reaches the timeline"):
        planned(f"grants.{aggregate}.made", "Something a citizen did", PERSONAL, case_fact=True)


def test_casefile_reads_every_case_fact_and_every_seal_of_an_audit_trail() -> None:
    for event in CATALOGUE.values():
        if event.case_fact or event.type.endswith(".access.recorded"):
            assert "casefile" in event.consumers, event.type


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_learns_who_people_are_who_works_here_and_what_day_it_is(service: str) -> None:
    read = {each.type for each in catalogue.consumed_by(service)}
    assert read >= {
        *(f"casefile.person.{each}" for each in ("registered", "changed", "merged", "unmerged")),
        "gateway.worker.changed",
        "gateway.team.changed",
        "gateway.clock.moved",
    }


@pytest.mark.parametrize("service", ["casefile", "risk", "grants", "housing"])
def test_those_who_work_with_households_learn_of_them(service: str) -> None:
    read = {each.type for each in catalogue.consumed_by(service)}
    assert read >= {"casefile.household.formed", "casefile.household.changed"}


def test_only_live_types_are_consumed_and_published_unless_asked() -> None:
    assert "grants.consent.recorded" not in {each.type for each in catalogue.consumed_by("casefile")}
    assert "grants.consent.recorded" in {each.type for each in catalogue.consumed_by("casefile", planned=True)}
    planned_ones = {each.type for each in catalogue.published_by("grants", planned=True)}
    assert planned_ones - {each.type for each in catalogue.published_by("grants")} == {
        "grants.consent.recorded",
        "grants.consent.withdrawn",
    }
    assert [each.type for each in catalogue.consumed_by("payroll", planned=True)] == []


def test_nobody_but_casefile_reads_decisions_and_concerns() -> None:
    """A new reader of these is a decision to be seen in a review, not a by-product."""
    # What became of an offer is for who sent the signal too; a recorded need is a fact of One View (its domain alone).
    told = {f"triage.outreach.{each}" for each in ("offered", "accepted", "declined")} | {"triage.need.recorded"}
    # Whoever objects to being sought out is not introduced by risk either.
    told |= {"triage.objection.recorded", "triage.objection.withdrawn"}
    # While somebody is ringing a household, the gateway lets no message to it go out.
    # That nobody took a concern in a quarter of an hour is for the screens that show the list.
    calls = {"triage.call.started", "triage.call.ended", "triage.safeguarding.rung"}
    # Lists that people look at: the gateway tells those who may read one that it changed (gateway/live), by id alone.
    followed = {"contact", "safeguarding", "handover", "appointment", "referral", "outreach", "recovery_hold"}
    for event in catalogue.published_by("triage"):
        if event.type.startswith("triage.staff_concern."):
            # The worker it is about may read every timeline: nobody hears of it at all.
            assert event.consumers == set(), event.type
            continue
        readers = {"gateway"} if event.type in calls else {"casefile", "risk"} if event.type in told else {"casefile"}
        # Measures count them: risk keeps codes and days, neither who decided nor what a need was about.
        if event.aggregate in {"contact", "handover", "volunteer_session"}:
            readers = readers | {"risk"} if event.aggregate != "volunteer_session" else {"risk"}
        # The door hides a pair at this service until it has said that it does so itself.
        if event.aggregate in followed or event.aggregate == "separation":
            readers |= {"gateway"}
        if event.aggregate in {"queue_entry", "queue_rules"}:
            readers = {"gateway"}
        # What partners' systems hear of; that a partner was asked once more is nobody's story.
        partners_hear = {"capacity_question", "partner_message", "disclosure_notice"}
        if event.aggregate in partners_hear or event.type == "triage.referral.chased":
            readers = {"gateway"}
        # Who may be homeless is for housing the same day, in codes and dates.
        if event.aggregate in {"homelessness_application", "duty_to_refer"}:
            readers |= {"housing"}
        if event.aggregate == "homelessness_application":
            readers |= {"risk"}
        if event.type == "triage.homelessness_application.changed":
            readers = {"housing", "risk"}
        # Who speaks for somebody is nobody's story; what help there is, is about nobody.
        if event.aggregate in {"speaker", "directory_service", "organisation"}:
            readers = set()
        assert event.consumers == readers, event.type


def test_a_planned_type_cannot_be_read_and_an_unknown_one_is_not_there() -> None:
    with pytest.raises(CatalogueError, match="planned"):
        catalogue.event_type("risk.consent.withdrawn").parse(b"{}")
    with pytest.raises(KeyError):
        catalogue.event_type("grants.award.unmade")


@pytest.mark.parametrize(
    ("declaration", "complaint"),
    [
        ({"type": "triage.contact"}, "a type is"),
        ({"type": "triage.Contact.received"}, "a type is"),
        ({"type": "payroll.payslip.sent"}, "owns no events"),
        ({"consumers": frozenset({"payroll"})}, "unknown consumers"),
        ({"case_fact": True, "consumers": frozenset({"risk"})}, "must consume a case fact"),
        ({"sealed": True, "consumers": frozenset({"risk", "casefile"})}, "exactly one reader"),
        ({"sealed": True, "consumers": frozenset({"casefile"}), "case_fact": True}, "cannot be a case fact"),
        ({"sealed": True, "consumers": frozenset({"risk"}), "model": Fact}, "travels sealed"),
        ({"model": Sealed}, "travels sealed"),
        ({"sealed": True, "consumers": frozenset({"risk"}), "model": Sealed}, "opens as"),
        ({"model": Fact, "opens_as": Fact}, "opens as"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_refused(declaration: dict[str, Any], complaint: str) -> None:
    right: dict[str, Any] = {
        "type": "triage.contact.received",
        "summary": "A summary",
        "sensitivity": OPEN,
        "consumers": frozenset(),
    }
    assert EventType(**right).state is State.PLANNED
    with pytest.raises(CatalogueError, match=complaint):
        EventType(**{**right, **declaration})


def test_a_sealed_type_says_what_it_opens_as_and_travels_sealed() -> None:
    event = live_sealed("casefile.identity.changed", Fact, "Identity details", "risk")
    assert (event.model, event.opens_as, event.stream) == (Sealed, Fact, "VAULT")
    assert planned_sealed("casefile.identity.changed", "Identity details", "risk").state is State.PLANNED


def test_a_type_is_declared_once_and_only_by_its_owner() -> None:
    mine = live("triage.contact.received", Fact, "Someone came", OPEN)
    assert list(collect({"triage": [mine]})) == ["triage.contact.received"]
    with pytest.raises(CatalogueError, match="declared by risk"):
        collect({"risk": [mine]})
    with pytest.raises(CatalogueError, match="twice"):
        collect({"triage": [mine, mine]})
