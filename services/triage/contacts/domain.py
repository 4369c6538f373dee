"""What may happen to a contact: needs, decisions in stages, and no gatekeeping of homelessness.

Pure rules: values in, new values or a refusal out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from kit.contracts.codes import ContactStatus, NeedDomain, NeedStatus, Outcome, Stage, Urgency
from kit.errors import Conflict, DomainError, FieldError, Invalid, invalid

SETTLED_AT_THE_DESK = frozenset({Outcome.RESOLVED, Outcome.ADVICE_ONLY, Outcome.NO_FURTHER_ACTION})
NEVER_FOR_HOMELESSNESS = SETTLED_AT_THE_DESK | {Outcome.PARTNER}
NEEDS_A_PERSON = frozenset({Outcome.UNIVERSAL, Outcome.TARGETED, Outcome.STATUTORY})

# A desk's clock may run ahead of ours by this much before we doubt what it says.
_CLOCK_DRIFT = timedelta(minutes=1)
_STAGES = tuple(Stage)
_URGENCIES = tuple(Urgency)


class Tonight(StrEnum):
    """Where do you sleep tonight? Only a home one may stay in is a home (Housing Act 1996 s175)."""

    HOME = "home"
    FRIENDS_OR_FAMILY = "friends_or_family"
    TEMPORARY_ACCOMMODATION = "temporary_accommodation"
    HOSTEL_OR_REFUGE = "hostel_or_refuge"
    HOSPITAL_OR_PRISON = "hospital_or_prison"
    VEHICLE_OR_TENT = "vehicle_or_tent"
    OUTSIDE = "outside"
    NOWHERE = "nowhere"
    UNKNOWN = "unknown"


class HomelessnessSign(StrEnum):
    """Something said that suggests homelessness, whatever the conversation was about."""

    NOTICE_SERVED = "notice_served"
    ASKED_TO_LEAVE = "asked_to_leave"
    POSSESSION_OR_EVICTION = "possession_or_eviction"
    LOSE_HOME_WITHIN_56_DAYS = "lose_home_within_56_days"
    NOWHERE_SAFE_TONIGHT = "nowhere_safe_tonight"
    FLEEING_ABUSE_OR_VIOLENCE = "fleeing_abuse_or_violence"
    HOME_UNFIT_TO_STAY_IN = "home_unfit_to_stay_in"
    LEAVING_HOSPITAL_PRISON_OR_CARE = "leaving_hospital_prison_or_care"


class PrioritySign(StrEnum):
    """Something said that may make a priority need (Housing Act 1996 s189(1); SI 2002/2051): never a finding."""

    PREGNANT = "pregnant"
    DEPENDENT_CHILDREN = "dependent_children"
    EMERGENCY = "emergency"
    AGED_16_OR_17 = "aged_16_or_17"
    CARE_LEAVER = "care_leaver"
    FLEEING_DOMESTIC_ABUSE = "fleeing_domestic_abuse"
    OLDER = "older"
    ILL_OR_DISABLED = "ill_or_disabled"
    LEFT_FORCES = "left_forces"
    LEFT_CUSTODY = "left_custody"
    FLEEING_OTHER_VIOLENCE = "fleeing_other_violence"
    VULNERABLE_OTHERWISE = "vulnerable_otherwise"


_ROOFLESS = frozenset(Tonight) - {Tonight.HOME, Tonight.HOSPITAL_OR_PRISON, Tonight.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Need:
    """A need as the rules see it. `stage` is how far its decision has come; final means decided."""

    id: UUID
    domain: NeedDomain
    urgency: Urgency = Urgency.ROUTINE
    where_tonight: Tonight = Tonight.UNKNOWN
    may_lose_home: bool | None = None  # within 56 days; None: not known
    signs: frozenset[HomelessnessSign] = frozenset()
    priority: frozenset[PrioritySign] = frozenset()
    stage: Stage = Stage.CONTACT
    status: NeedStatus = NeedStatus.OPEN


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as the rules see it. `stage` is the furthest that any of its decisions has come."""

    named: bool = False
    state: ContactStatus = ContactStatus.OPEN
    stage: Stage = Stage.CONTACT
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision someone wants to make. Without `need_ids` it is about every need still undecided."""

    outcome: Outcome
    stage: Stage = Stage.FINAL
    reason: str = ""
    specialism: str | None = None
    statutory_service: str | None = None
    need_ids: tuple[UUID, ...] = ()


class MayBeHomeless(DomainError):
    """Someone who may be homeless, or lose their home within 56 days, is owed inquiries: no desk may end it."""

    slug = "may-be-homeless"
    title = "A need that may be homelessness cannot end here"
    status = 422


# Homelessness ---------------------------------------------------------------------------------------------


def suggests_homelessness(need: Need) -> bool:
    """Whether anything said suggests that they are homeless, or may lose their home within 56 days."""
    return bool(need.signs) or need.may_lose_home is True or need.where_tonight in _ROOFLESS


def may_be_homeless(need: Need) -> bool:
    """Whether homelessness is suggested, or, for a housing need, not ruled out by asking.

    "Reason to believe" is a low bar (Housing Act 1996 ss183-184), so a question that was not asked, or not answered,
    never lets a housing need end at the desk.
    """
    if suggests_homelessness(need):
        return True
    if need.domain is not NeedDomain.HOUSING:
        return False
    return need.where_tonight is not Tonight.HOME or need.may_lose_home is not False


def answer(
    need: Need,
    *,
    where_tonight: Tonight | None = None,
    may_lose_home: bool | None = None,
    signs: Iterable[HomelessnessSign] = (),
    priority: Iterable[PrioritySign] = (),
) -> Need:
    """The need with what was asked later. None leaves an answer as it is; signs are added to those there.

    What once suggested homelessness can't be talked away: only the homelessness team's inquiries end it.
    """
    if need.stage is Stage.FINAL:
        raise Conflict("This need is decided: record what is new as a new contact", state=need.stage, allowed=[])
    answered = replace(
        need,
        where_tonight=need.where_tonight if where_tonight is None else where_tonight,
        may_lose_home=need.may_lose_home if may_lose_home is None else may_lose_home,
        signs=need.signs | frozenset(signs),
        priority=need.priority | frozenset(priority),
    )
    if suggests_homelessness(need) and not suggests_homelessness(answered):
        raise Conflict(
            "An earlier answer suggested homelessness; it stands until the homelessness team has looked into it "
            "(Housing Act 1996 s184)"
        )
    return answered


# Decisions ------------------------------------------------------------------------------------------------


def covered_by(contact: Contact, proposal: Proposal) -> tuple[Need, ...]:
    """The needs a decision would be about; refused for a closed contact, an unknown or a decided need."""
    if contact.state is ContactStatus.CLOSED:
        raise Conflict("This contact is closed: record a new one", state=contact.state, allowed=[])
    if not proposal.need_ids:
        return tuple(need for need in contact.needs if need.stage is not Stage.FINAL)
    known = {need.id: need for need in contact.needs}
    for place, need_id in enumerate(proposal.need_ids):
        if need_id not in known:
            raise invalid(f"/need_ids/{place}", "This contact has no such need", "need-of-this-contact")
    covered = tuple(known[need_id] for need_id in dict.fromkeys(proposal.need_ids))
    if any(need.stage is Stage.FINAL for need in covered):
        undecided = [str(need.id) for need in contact.needs if need.stage is not Stage.FINAL]
        raise Conflict("One of these needs is decided already", state=Stage.FINAL, allowed=[], undecided=undecided)
    return covered


def decide(contact: Contact, proposal: Proposal) -> Contact:
    """The contact after the decision; closed once every need has a final one.

    Refused: going back in stage (`Conflict`, with the stages allowed), an outcome that lacks what it needs
    (`Invalid`, naming it), an outcome that would end what may be homelessness (`MayBeHomeless`).
    """
    covered = covered_by(contact, proposal)
    _check_stage(contact, covered, proposal.stage)
    _check_complete(contact, proposal)
    _check_no_gatekeeping(covered, proposal.outcome)
    met = proposal.stage is Stage.FINAL and proposal.outcome is Outcome.RESOLVED
    moved = {
        need.id: replace(need, stage=proposal.stage, status=NeedStatus.MET if met else need.status) for need in covered
    }
    needs = tuple(moved.get(need.id, need) for need in contact.needs)
    over = proposal.stage is Stage.FINAL and all(need.stage is Stage.FINAL for need in needs)
    return replace(
        contact,
        stage=_furthest((contact.stage, proposal.stage)),
        state=ContactStatus.CLOSED if over else contact.state,
        needs=needs,
    )


def _check_stage(contact: Contact, covered: Sequence[Need], stage: Stage) -> None:
    # Needs move apart: one may be final while another is still being screened.
    reached = _furthest(need.stage for need in covered) if covered else contact.stage
    if _STAGES.index(stage) < _STAGES.index(reached):
        allowed = _STAGES[_STAGES.index(reached) :]
        raise Conflict(f"This stands at {reached} already and does not go back", state=reached, allowed=list(allowed))


def _check_complete(contact: Contact, proposal: Proposal) -> None:
    outcome, faults = proposal.outcome, []
    if outcome in NEEDS_A_PERSON and not contact.named:
        faults.append(("person_id", "", f"{outcome} needs a person: find or register them and link the contact first"))
    for name, owner in (("specialism", Outcome.TARGETED), ("statutory_service", Outcome.STATUTORY)):
        given = getattr(proposal, name) is not None
        if outcome is owner and not given:
            faults.append((name, f"/{name}", f"{outcome} needs a {name.replace('_', ' ')}"))
        elif given and outcome is not owner:
            raise invalid(f"/{name}", f"Only {owner} has a {name.replace('_', ' ')}", "fits-outcome")
    if not proposal.reason and (contact.named or outcome not in SETTLED_AT_THE_DESK):
        # Help given unnamed takes ten seconds and is on nobody's record; anything else is someone's to account for.
        faults.append(("reason", "/reason", "Say why"))
    if faults:
        errors = [FieldError(pointer, detail, "missing") for _, pointer, detail in faults]
        raise Invalid("; ".join(error.detail for error in errors), *errors, missing=[name for name, _, _ in faults])


def _check_no_gatekeeping(covered: Iterable[Need], outcome: Outcome) -> None:
    held = [need for need in covered if may_be_homeless(need)]
    if not held or outcome not in NEVER_FOR_HOMELESSNESS:
        return
    unasked = [str(need.id) for need in held if not suggests_homelessness(need)]
    detail = (
        f"They may be homeless, or lose their home within 56 days: {outcome} cannot end that need. The council must "
        "look into it, with or without papers (Housing Act 1996 ss183-184)."
    )
    if unasked:
        detail += " If nobody asked yet: ask where they sleep tonight and whether they may lose their home."
    raise MayBeHomeless(
        detail,
        FieldError("/outcome", f"{outcome} is not allowed for a need that may be homelessness", "no-gatekeeping"),
        allowed_outcomes=[each for each in Outcome if each not in NEVER_FOR_HOMELESSNESS],
        need_ids=[str(need.id) for need in held],
        unasked_need_ids=unasked,
    )


def _furthest(stages: Iterable[Stage]) -> Stage:
    return max(stages, key=_STAGES.index)


# The rest -------------------------------------------------------------------------------------------------


def check_takes_needs(contact: Contact) -> None:
    """A closed contact takes no more needs."""
    if contact.state is ContactStatus.CLOSED:
        raise Conflict("This contact is closed: record the need in a new one", state=contact.state, allowed=[])


def check_person_change(before: UUID | None, after: UUID | None, outcomes: Iterable[Outcome]) -> None:
    """An unnamed contact may be given its person at any time; a person that a case stands on is not exchanged."""
    if before is None or before == after:
        return
    standing = [outcome for outcome in outcomes if outcome in NEEDS_A_PERSON]
    if standing:
        raise Conflict(f"A decision for this person stands ({standing[0]}): record a new contact for the other person")


def took_place(said: datetime | None, now: datetime) -> datetime:
    """When the contact took place: now unless said otherwise, never in the future (`now` by the business clock)."""
    if said is None or now < said <= now + _CLOCK_DRIFT:
        return now
    if said > now:
        raise invalid("/occurred_at", "A contact cannot have taken place in the future", "not-in-future")
    return said


def urgency_of(needs: Iterable[Urgency]) -> Urgency:
    """A contact is as urgent as its most urgent need."""
    return min(needs, key=_URGENCIES.index, default=Urgency.ROUTINE)
