"""How somebody may be reached: every rule by itself, and what holds for everybody whatever is known of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.contracts.messages import TEMPLATES, Template, Way
from services.casefile.messages import domain
from services.casefile.messages.domain import Choice, Reason, Recipient, Told, choose

TODAY = date(2026, 12, 4)
MOBILE, OTHERS, LANDLINE, MAIL = "+447700900123", "+447700900456", "+442079460958", "kelly@example.org"
HOME = {"lines": ["1 Heath Road", "Flat 2"], "postcode": "RM10 1AA", "until": None}
KELLY = Recipient(
    names=[{"given": "Kelly", "family": "Pike"}],
    contacts=[{"kind": "phone", "value": MOBILE, "safe": True}, {"kind": "email", "value": MAIL, "safe": True}],
    addresses=[HOME],
    born="1990-05-01",
)
REMINDER, REFERRAL = TEMPLATES["appointment.reminder"], TEMPLATES["referral.sent"]
OBJECTION = TEMPLATES["objection.recorded"]


def way(person: Recipient, template: Template = REMINDER) -> Way:
    found = choose(person, template, TODAY)
    assert isinstance(found, Choice), found
    return found.route.way


def test_the_quickest_way_first() -> None:
    assert way(KELLY) is Way.SMS
    assert way(replace(KELLY, contacts=KELLY.contacts[1:])) is Way.EMAIL
    found = choose(replace(KELLY, contacts=()), REMINDER, TODAY)
    assert isinstance(found, Choice)
    assert found.route.to == ("Kelly Pike", "1 Heath Road", "Flat 2", "RM10 1AA")


def test_a_landline_takes_no_text() -> None:
    assert way(replace(KELLY, contacts=[{"kind": "phone", "value": LANDLINE}])) is Way.LETTER


def test_what_is_marked_unsafe_is_no_way() -> None:
    unsafe = [{**each, "safe": False} for each in KELLY.contacts]
    assert way(replace(KELLY, contacts=unsafe)) is Way.LETTER
    gone = {**HOME, "until": "2026-01-01"}
    assert choose(replace(KELLY, contacts=unsafe, addresses=[gone]), REMINDER, TODAY) is Reason.NO_ADDRESS


def test_what_they_said_is_kept() -> None:
    assert way(replace(KELLY, told=Told(never=frozenset({"text"})))) is Way.EMAIL
    assert way(replace(KELLY, told=Told(ways=frozenset({"letter"})))) is Way.LETTER
    assert choose(replace(KELLY, told=Told(ways=frozenset({"call"}))), REMINDER, TODAY) is Reason.NO_SAFE_WAY


def test_a_way_that_others_use_carries_only_what_they_may_read() -> None:
    shared = replace(KELLY, contacts=KELLY.contacts[:1], addresses=(), others_use={MOBILE})
    assert choose(shared, REMINDER, TODAY) == Choice(domain.Route(Way.SMS, (MOBILE,), True), plain=False)
    assert choose(shared, REFERRAL, TODAY) == Choice(domain.Route(Way.SMS, (MOBILE,), True), plain=True)
    assert choose(shared, OBJECTION, TODAY) is Reason.WORDS_NOT_SAFE
    # A way of their own is better than plain words.
    own = replace(KELLY, others_use={MOBILE})
    assert way(own, REFERRAL) is Way.EMAIL


def test_where_there_is_abuse_only_what_they_named_and_only_plain_words() -> None:
    guarded = replace(KELLY, guarded=True)
    assert choose(guarded, REMINDER, TODAY) is Reason.NO_SAFE_WAY
    named = replace(guarded, told=Told(ways=frozenset({"text"})))
    assert choose(named, REMINDER, TODAY) == Choice(domain.Route(Way.SMS, (MOBILE,), False), plain=True)
    assert choose(named, OBJECTION, TODAY) is Reason.WORDS_NOT_SAFE
    assert choose(replace(named, others_use={MOBILE}), REMINDER, TODAY) is Reason.NO_SAFE_WAY


@pytest.mark.parametrize(
    ("born", "child"),
    [("2010-12-04", False), ("2010-12-05", True), ("2010-12", True), ("2010", True), ("2009", False), (None, False)],
)
def test_nothing_goes_to_a_child(born: str | None, child: bool) -> None:
    assert (choose(replace(KELLY, born=born), REMINDER, TODAY) is Reason.CHILD) == child


def test_somebody_not_met_hears_of_offers_alone() -> None:
    stranger = replace(KELLY, introduced=True)
    assert choose(stranger, REMINDER, TODAY) is Reason.NOT_MET
    assert isinstance(choose(stranger, OBJECTION, TODAY), Choice)


def test_too_late() -> None:
    now = datetime(2026, 12, 4, 16, 40, tzinfo=UTC)
    assert not domain.too_late(None, now)
    assert domain.too_late(now, now)
    assert not domain.too_late(now + timedelta(seconds=1), now)


WORDS = st.frozensets(st.sampled_from(["call", "voicemail", "text", "email", "letter", "visit", "through_someone"]))
PEOPLE = st.builds(
    Recipient,
    names=st.just(KELLY.names),
    contacts=st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.just("phone"),
                "value": st.sampled_from([MOBILE, OTHERS, LANDLINE]),
                "safe": st.booleans(),
            }
        )
        | st.fixed_dictionaries({"kind": st.just("email"), "value": st.just(MAIL), "safe": st.booleans()}),
        max_size=3,
    ),
    addresses=st.sampled_from([[], [HOME]]),
    born=st.sampled_from([None, "1990-05-01"]),
    introduced=st.booleans(),
    guarded=st.booleans(),
    told=st.builds(Told, WORDS, WORDS),
    others_use=st.sets(st.sampled_from([MOBILE, OTHERS, MAIL])),
    lives_with_others=st.booleans(),
)
_AS_TOLD = {Way.SMS: "text", Way.EMAIL: "email", Way.LETTER: "letter"}


@given(person=PEOPLE, name=st.sampled_from(sorted(TEMPLATES)))
def test_whatever_is_known_nobody_is_put_at_risk(person: Recipient, name: str) -> None:
    template = TEMPLATES[name]
    found = choose(person, template, TODAY)
    if isinstance(found, Reason):
        return
    word = _AS_TOLD[found.route.way]
    assert word not in person.told.never
    assert word in person.told.ways or not (person.told.ways or person.guarded)
    unsafe = {each["value"] for each in person.contacts if not each["safe"]}
    safe = {each["value"] for each in person.contacts if each["safe"]}
    assert found.route.way is Way.LETTER or found.route.to[0] in safe
    assert not (found.route.way is not Way.LETTER and set(found.route.to) & (unsafe - safe))
    if person.guarded:
        assert found.plain
        assert found.route.way is Way.LETTER or found.route.to[0] not in person.others_use
    elif found.route.shared:
        assert found.plain or template.for_any_eyes
