"""The rules of contacts: stages, what a decision needs, and that homelessness never ends at the desk."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from kit import clock
from kit.contracts.codes import ContactStatus, NeedDomain, NeedStatus, Outcome, Stage, Urgency
from kit.errors import Conflict, Invalid
from services.triage.contacts import domain
from services.triage.contacts.domain import Contact, HomelessnessSign, MayBeHomeless, Need, Proposal, Tonight

SETTLED = (Outcome.RESOLVED, Outcome.ADVICE_ONLY, Outcome.NO_FURTHER_ACTION, Outcome.PARTNER)
ORDER = list(Stage)


def need(domain_: NeedDomain = NeedDomain.MONEY, **parts: object) -> Need:
    return Need(uuid4(), domain_, **parts)  # type: ignore[arg-type]  # the parts of a Need, as each test names them


def safe_home() -> Need:
    return need(NeedDomain.HOUSING, where_tonight=Tonight.HOME, may_lose_home=False)


def contact(*needs: Need, named: bool = True, **parts: object) -> Contact:
    return Contact(named=named, needs=needs, **parts)  # type: ignore[arg-type]  # as above


def propose(
    outcome: Outcome,
    stage: Stage = Stage.FINAL,
    *,
    about: tuple[Need, ...] = (),
    reason: str = "because",
    specialism: str | None = None,
    statutory_service: str | None = None,
) -> Proposal:
    return Proposal(outcome, stage, reason, specialism, statutory_service, tuple(each.id for each in about))


# No gatekeeping ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "suggesting",
    [
        *(need(NeedDomain.MONEY, signs=frozenset({sign})) for sign in sorted(HomelessnessSign)),
        *(need(NeedDomain.MONEY, where_tonight=place) for place in sorted(domain._ROOFLESS)),
        need(NeedDomain.DOMESTIC_ABUSE, may_lose_home=True),
        need(NeedDomain.HOUSING, where_tonight=Tonight.HOME, may_lose_home=True),
        need(NeedDomain.HOUSING, where_tonight=Tonight.FRIENDS_OR_FAMILY, may_lose_home=False),
        need(NeedDomain.HOUSING, where_tonight=Tonight.HOSPITAL_OR_PRISON, may_lose_home=False),
        need(NeedDomain.HOUSING),
        need(NeedDomain.HOUSING, where_tonight=Tonight.HOME),
        need(NeedDomain.HOUSING, may_lose_home=False),
    ],
)
@pytest.mark.parametrize("stage", Stage)
@pytest.mark.parametrize("outcome", SETTLED)
def test_homelessness_is_never_settled(suggesting: Need, stage: Stage, outcome: Outcome) -> None:
    with pytest.raises(MayBeHomeless) as refused:
        domain.decide(contact(need(), suggesting), propose(outcome, stage))
    assert refused.value.extra["allowed_outcomes"] == [Outcome.UNIVERSAL, Outcome.TARGETED, Outcome.STATUTORY]
    assert refused.value.extra["need_ids"] == [str(suggesting.id)]
    assert "Housing Act 1996 ss183-184" in refused.value.detail


@pytest.mark.parametrize("harmless", [safe_home(), need(), need(where_tonight=Tonight.HOSPITAL_OR_PRISON)])
@pytest.mark.parametrize("outcome", SETTLED)
def test_other_needs_may_be_settled(harmless: Need, outcome: Outcome) -> None:
    assert domain.decide(contact(harmless), propose(outcome)).state is ContactStatus.CLOSED


def test_the_refusal_says_when_nobody_asked() -> None:
    asked, unasked = need(may_lose_home=True), need(NeedDomain.HOUSING)
    with pytest.raises(MayBeHomeless, match="ask where they sleep tonight") as refused:
        domain.decide(contact(asked, unasked), propose(Outcome.RESOLVED))
    assert refused.value.extra["unasked_need_ids"] == [str(unasked.id)]


def test_one_need_may_be_settled_beside_one_that_may_not() -> None:
    money, home = need(), need(NeedDomain.HOUSING)
    settled = domain.decide(contact(money, home), propose(Outcome.RESOLVED, about=(money,)))
    assert settled.state is ContactStatus.OPEN
    assert [each.stage for each in settled.needs] == [Stage.FINAL, Stage.CONTACT]
    over = domain.decide(settled, propose(Outcome.STATUTORY, statutory_service="homelessness"))
    assert over.state is ContactStatus.CLOSED


def test_asking_later_rules_it_out() -> None:
    answered = domain.answer(need(NeedDomain.HOUSING), where_tonight=Tonight.HOME, may_lose_home=False)
    assert not domain.may_be_homeless(answered)


def test_nothing_asked_changes_nothing() -> None:
    before = need(NeedDomain.HOUSING, where_tonight=Tonight.OUTSIDE, signs=frozenset({HomelessnessSign.NOTICE_SERVED}))
    assert domain.answer(before) == before


def test_what_suggested_homelessness_is_not_talked_away() -> None:
    with pytest.raises(Conflict, match="s184"):
        domain.answer(need(may_lose_home=True), may_lose_home=False)
    with pytest.raises(Conflict, match="s184"):
        domain.answer(need(where_tonight=Tonight.NOWHERE), where_tonight=Tonight.HOME)
    # Another place that is no home either may be corrected.
    moved = domain.answer(need(where_tonight=Tonight.NOWHERE), where_tonight=Tonight.VEHICLE_OR_TENT)
    assert moved.where_tonight is Tonight.VEHICLE_OR_TENT


def test_a_decided_need_takes_no_answers() -> None:
    with pytest.raises(Conflict):
        domain.answer(need(stage=Stage.FINAL), may_lose_home=True)


# Stages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("later", Stage)
@pytest.mark.parametrize("earlier", Stage)
@pytest.mark.parametrize("with_need", [True, False])
def test_stages_only_go_forward(earlier: Stage, later: Stage, with_need: bool) -> None:
    first = domain.decide(contact(*([need()] if with_need else [])), propose(Outcome.UNIVERSAL, earlier))
    assert first.stage is earlier
    if earlier is Stage.FINAL or ORDER.index(later) < ORDER.index(earlier):
        with pytest.raises(Conflict) as refused:
            domain.decide(first, propose(Outcome.UNIVERSAL, later))
        allowed = [] if earlier is Stage.FINAL else ORDER[ORDER.index(earlier) :]
        assert refused.value.extra["allowed"] == allowed
    else:
        assert domain.decide(first, propose(Outcome.UNIVERSAL, later)).stage is later


def test_needs_move_apart() -> None:
    quick, slow = need(), need()
    one = domain.decide(contact(quick, slow), propose(Outcome.RESOLVED, about=(quick,)))
    two = domain.decide(one, propose(Outcome.UNIVERSAL, Stage.SCREENING, about=(slow,)))
    assert [each.stage for each in two.needs] == [Stage.FINAL, Stage.SCREENING]
    assert two.stage is Stage.FINAL
    assert two.state is ContactStatus.OPEN


def test_only_a_final_resolved_meets_a_need() -> None:
    def status(outcome: Outcome, stage: Stage) -> NeedStatus:
        return domain.decide(contact(need()), propose(outcome, stage)).needs[0].status

    assert status(Outcome.RESOLVED, Stage.FINAL) is NeedStatus.MET
    assert status(Outcome.RESOLVED, Stage.SCREENING) is NeedStatus.OPEN
    assert status(Outcome.UNIVERSAL, Stage.FINAL) is NeedStatus.OPEN


def test_a_decided_need_is_not_decided_again() -> None:
    done, waiting = need(stage=Stage.FINAL), need()
    with pytest.raises(Conflict) as refused:
        domain.decide(contact(done, waiting), propose(Outcome.UNIVERSAL, about=(done,)))
    assert refused.value.extra["undecided"] == [str(waiting.id)]


def test_a_need_of_another_contact_is_named() -> None:
    with pytest.raises(Invalid) as refused:
        domain.decide(contact(need()), propose(Outcome.UNIVERSAL, about=(need(),)))
    assert refused.value.errors[0].pointer == "/need_ids/0"


def test_a_closed_contact_takes_no_needs() -> None:
    with pytest.raises(Conflict) as refused:
        domain.check_takes_needs(contact(state=ContactStatus.CLOSED))
    assert refused.value.extra == {"state": "closed", "allowed": []}
    domain.check_takes_needs(contact())


# What a decision needs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "parts", "missing"),
    [
        (Outcome.UNIVERSAL, {}, ["person_id"]),
        (Outcome.TARGETED, {}, ["person_id", "specialism"]),
        (Outcome.TARGETED, {"specialism": "debt"}, ["person_id"]),
        (Outcome.STATUTORY, {"reason": ""}, ["person_id", "statutory_service", "reason"]),
        (Outcome.PARTNER, {"reason": ""}, ["reason"]),
    ],
)
def test_what_is_missing_is_named(outcome: Outcome, parts: dict[str, Any], missing: list[str]) -> None:
    with pytest.raises(Invalid) as refused:
        domain.decide(contact(need(), named=False), propose(outcome, **parts))
    assert refused.value.extra["missing"] == missing
    assert len(refused.value.errors) == len(missing)


@pytest.mark.parametrize("outcome", SETTLED)
def test_unnamed_help_can_be_settled(outcome: Outcome) -> None:
    assert domain.decide(contact(need(), named=False), propose(outcome)).state is ContactStatus.CLOSED


def test_only_unnamed_help_at_the_desk_goes_without_a_reason() -> None:
    bare = propose(Outcome.RESOLVED, reason="")
    assert domain.decide(contact(need(), named=False), bare).state is ContactStatus.CLOSED
    with pytest.raises(Invalid, match="why"):
        domain.decide(contact(need()), bare)


@pytest.mark.parametrize("parts", [{"specialism": "debt"}, {"statutory_service": "police"}])
def test_an_outcome_takes_only_what_fits_it(parts: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="Only"):
        domain.decide(contact(need()), propose(Outcome.UNIVERSAL, **parts))


# The rest -----------------------------------------------------------------------------------------------------


def test_the_person_of_a_case_stays() -> None:
    one, other = uuid4(), uuid4()
    for before, after in ((None, one), (one, one)):
        domain.check_person_change(before, after, [Outcome.UNIVERSAL])
    domain.check_person_change(one, other, [Outcome.RESOLVED, Outcome.PARTNER])
    for after_ in (other, None):
        with pytest.raises(Conflict, match="targeted"):
            domain.check_person_change(one, after_, [Outcome.RESOLVED, Outcome.TARGETED])


def test_a_contact_is_never_in_the_future() -> None:
    now = clock.business_now()
    yesterday = now - timedelta(days=1)
    assert domain.took_place(None, now) == now
    assert domain.took_place(yesterday, now) == yesterday
    # A desk's clock that runs a little ahead.
    assert domain.took_place(now + timedelta(seconds=20), now) == now
    with pytest.raises(Invalid) as refused:
        domain.took_place(now + timedelta(minutes=2), now)
    assert refused.value.errors[0].pointer == "/occurred_at"


def test_as_urgent_as_its_most_urgent_need() -> None:
    assert domain.urgency_of([Urgency.ROUTINE, Urgency.TODAY, Urgency.THIS_WEEK]) is Urgency.TODAY
    assert domain.urgency_of([]) is Urgency.ROUTINE


# Every order of steps -----------------------------------------------------------------------------------------

REFUSALS = (Conflict, Invalid, MayBeHomeless)


class EveryOrder(RuleBasedStateMachine):
    """Whatever is done in whatever order: decided things stay, and homelessness is never settled at the desk."""

    ids = Bundle("ids")

    @initialize(named=st.booleans())
    def walks_in(self, named: bool) -> None:
        self.contact = Contact(named=named)
        self.before = self.contact
        self.settled: dict[UUID, Outcome] = {}
        self.suggested: set[UUID] = set()

    @rule(
        target=ids,
        domain_=st.sampled_from([NeedDomain.HOUSING, NeedDomain.MONEY, NeedDomain.DOMESTIC_ABUSE]),
        where=st.sampled_from(Tonight),
        lose=st.sampled_from([True, False, None]),
        signs=st.frozensets(st.sampled_from(HomelessnessSign), max_size=1),
    )
    def adds_need(
        self, domain_: NeedDomain, where: Tonight, lose: bool | None, signs: frozenset[HomelessnessSign]
    ) -> UUID:
        new = Need(uuid4(), domain_, where_tonight=where, may_lose_home=lose, signs=signs)
        try:
            domain.check_takes_needs(self.contact)
        except Conflict:
            assert self.contact.state is ContactStatus.CLOSED
            return new.id
        self._become(replace(self.contact, needs=(*self.contact.needs, new)))
        return new.id

    @rule()
    def gets_a_name(self) -> None:
        self._become(replace(self.contact, named=True))

    @rule(
        id_=ids,
        where=st.sampled_from([None, *Tonight]),
        lose=st.sampled_from([True, False, None]),
        signs=st.frozensets(st.sampled_from(HomelessnessSign), max_size=1),
    )
    def answers(self, id_: UUID, where: Tonight | None, lose: bool | None, signs: frozenset[HomelessnessSign]) -> None:
        found = next((each for each in self.contact.needs if each.id == id_), None)
        if found is None:
            return
        try:
            answered = domain.answer(found, where_tonight=where, may_lose_home=lose, signs=signs)
        except Conflict:
            return
        needs = tuple(answered if each.id == id_ else each for each in self.contact.needs)
        self._become(replace(self.contact, needs=needs))

    @rule(
        outcome=st.sampled_from(Outcome),
        stage=st.sampled_from(Stage),
        about=st.lists(ids, max_size=2),
        reason=st.sampled_from(["", "because"]),
    )
    def decides(self, outcome: Outcome, stage: Stage, about: list[UUID], reason: str) -> None:
        proposal = Proposal(
            outcome,
            stage,
            reason,
            specialism="debt" if outcome is Outcome.TARGETED else None,
            statutory_service="police" if outcome is Outcome.STATUTORY else None,
            need_ids=tuple(about),
        )
        was_closed = self.contact.state is ContactStatus.CLOSED
        try:
            covered = domain.covered_by(self.contact, proposal)
            after = domain.decide(self.contact, proposal)
        except REFUSALS:
            return
        assert not was_closed, "a closed contact was decided"
        assert self.contact.named or outcome not in domain.NEEDS_A_PERSON
        if stage is Stage.FINAL:
            self.settled |= {each.id: outcome for each in covered}
        self._become(after)

    def _become(self, after: Contact) -> None:
        self.before, self.contact = self.contact, after
        self.suggested |= {each.id for each in after.needs if domain.suggests_homelessness(each)}

    @invariant()
    def nothing_goes_back(self) -> None:
        if self.before.state is ContactStatus.CLOSED:
            assert self.contact.state is ContactStatus.CLOSED
        assert ORDER.index(self.contact.stage) >= ORDER.index(self.before.stage)
        now = {each.id: each for each in self.contact.needs}
        for each in self.before.needs:
            assert ORDER.index(now[each.id].stage) >= ORDER.index(each.stage)
            assert each.status is NeedStatus.OPEN or now[each.id].status is NeedStatus.MET

    @invariant()
    def homelessness_never_ends_at_the_desk(self) -> None:
        for each in self.contact.needs:
            if self.settled.get(each.id) in SETTLED:
                assert not domain.may_be_homeless(each)
                assert each.id not in self.suggested, "it suggested homelessness once"

    @invariant()
    def closed_means_every_need_is_decided(self) -> None:
        if self.contact.state is ContactStatus.CLOSED:
            assert all(each.stage is Stage.FINAL for each in self.contact.needs)
            assert {each.id for each in self.contact.needs} == set(self.settled)


TestEveryOrder = EveryOrder.TestCase
