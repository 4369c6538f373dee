"""Applications as homeless: they open with what is said, in whatever order, and nothing goes in their place."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kit import clock
from kit.contracts.codes import Channel, NeedDomain, Outcome, Stage
from kit.testing.databases import ServiceDatabase
from services.triage.applications import domain
from services.triage.applications.domain import How, TonightQuestion
from services.triage.contacts.domain import HomelessnessSign, Need, PrioritySign, Tonight
from tests.triage.desk import Desk, events, know, problem, set_clock

CONTACTS = "/v1/triage/contacts"
PERSON = uuid4()
ROOFLESS = {"domain": "housing", "where_tonight": "nowhere"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


async def recorded(desk: Desk, *needs: dict[str, Any], **body: Any) -> dict[str, Any]:
    answer = await desk.post(CONTACTS, {"channel": "walk_in", "needs": list(needs), **body})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def at(contact: dict[str, Any]) -> str:
    return f"{CONTACTS}/{contact['id']}"


def told(store: ServiceDatabase) -> list[tuple[str, dict[str, Any]]]:
    """What housing hears of applications."""
    return [(each["type"].rpartition(".")[2], each["data"]) for each in events(store) if "application" in each["type"]]


# The rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "signs", "priority", "wanted"),
    [
        (Tonight.NOWHERE, set(), {PrioritySign.PREGNANT}, TonightQuestion.HOUSE_TONIGHT),
        (Tonight.OUTSIDE, set(), {PrioritySign.DEPENDENT_CHILDREN}, TonightQuestion.HOUSE_TONIGHT),
        (Tonight.NOWHERE, set(), set(), TonightQuestion.ASK),
        (Tonight.HOME, {HomelessnessSign.NOWHERE_SAFE_TONIGHT}, {PrioritySign.OLDER}, TonightQuestion.HOUSE_TONIGHT),
        (Tonight.FRIENDS_OR_FAMILY, set(), {PrioritySign.PREGNANT}, TonightQuestion.NOT_TONIGHT),
        (Tonight.HOME, set(), set(), TonightQuestion.NOT_TONIGHT),
        (Tonight.UNKNOWN, set(), {PrioritySign.PREGNANT}, TonightQuestion.ASK),
    ],
)
def test_a_roof_tonight_on_reason_to_believe(
    where: Tonight, signs: set[HomelessnessSign], priority: set[PrioritySign], wanted: TonightQuestion
) -> None:
    assert domain.tonight_question(where, frozenset(signs), frozenset(priority)) is wanted


def test_fleeing_domestic_abuse_is_a_priority_need_and_other_violence_is_asked_about() -> None:
    signs = frozenset({HomelessnessSign.FLEEING_ABUSE_OR_VIOLENCE})
    abuse = domain.application(How.SAID, [Need(uuid4(), NeedDomain.DOMESTIC_ABUSE, signs=signs)])
    other = domain.application(How.SAID, [Need(uuid4(), NeedDomain.COMMUNITY_SAFETY, signs=signs)])
    assert (abuse.tonight, other.tonight) == (TonightQuestion.HOUSE_TONIGHT, TonightQuestion.ASK)


def test_the_worst_place_told_counts() -> None:
    places = [Tonight.NOWHERE, Tonight.FRIENDS_OR_FAMILY]
    needs = [Need(uuid4(), NeedDomain.HOUSING, where_tonight=each) for each in places]
    for order in (needs, needs[::-1]):
        assert domain.application(How.SAID, order).where_tonight is Tonight.NOWHERE


def test_a_public_bodys_referral_is_no_application_until_it_is_decided() -> None:
    need = Need(uuid4(), NeedDomain.HOUSING, where_tonight=Tonight.NOWHERE)
    assert domain.opened_by(Channel.DUTY_TO_REFER, [need]) is None
    assert domain.opened_by(Channel.PHONE, [need]) is How.SAID
    decided = Need(uuid4(), NeedDomain.HOUSING, where_tonight=Tonight.NOWHERE, stage=Stage.FINAL)
    assert domain.opened_by(Channel.DUTY_TO_REFER, [decided]) is How.DECIDED


# From any desk --------------------------------------------------------------------------------------------


async def test_it_opens_with_what_is_said(desk: Desk, store: ServiceDatabase) -> None:
    set_clock(store, datetime(2026, 12, 4, 16, 40, tzinfo=UTC))
    need = {**ROOFLESS, "priority_signs": ["pregnant", "dependent_children"]}
    contact = await recorded(desk, need)
    view = (await desk.get(f"{at(contact)}/homelessness-application")).json()
    assert (view["made_on"], view["how"], view["tonight"]) == ("2026-12-04", "said", "house_tonight")
    assert view["priority_signs"] == ["dependent_children", "pregnant"]
    assert view["person_id"] is None
    (kind, said), *rest = told(store)
    assert (kind, rest) == ("opened", [])
    assert (said["application_id"], said["made_on"], said["tonight"]) == (view["id"], "2026-12-04", "house_tonight")
    tonight = (await desk.get("/v1/triage/homelessness-applications?tonight=house_tonight")).json()["items"]
    assert [each["id"] for each in tonight] == [view["id"]]


async def test_its_day_is_the_day_they_came_in_london(desk: Desk) -> None:
    # Half past midnight in July, London: the day before in UTC.
    contact = await recorded(desk, ROOFLESS, occurred_at="2025-07-09T23:30:00Z")
    view = (await desk.get(f"{at(contact)}/homelessness-application")).json()
    assert view["made_on"] == "2025-07-10"


async def test_it_follows_what_is_learned(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, ROOFLESS)
    answers = [{"need_id": contact["needs"][0]["id"], "priority_signs": ["pregnant"]}]
    known = await desk.patch(
        at(contact), {"person_id": str(PERSON), "answers": answers}, if_match=f'"{contact["version"]}"'
    )
    assert known.status_code == 200, known.text
    assert [(kind, each["tonight"], each["person_id"]) for kind, each in told(store)] == [
        ("opened", "ask", None),
        ("changed", "house_tonight", str(PERSON)),
    ]
    await desk.patch(at(contact), {"language": "so"}, if_match=known.headers["etag"])
    assert len(told(store)) == 2, "nothing of the application changed"


async def test_who_asks_has_applied_whatever_was_said(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, {"domain": "money"}, outcome="resolved")
    path = f"{at(contact)}/homelessness-application"
    problem(await desk.get(path), 404, "not-found")
    host = desk.other(worker="host-1", role="hub_host")
    first, again = [await host.send("POST", path, idempotency_key=str(uuid4())) for _ in range(2)]
    assert (first.status_code, again.status_code) == (201, 201), first.text
    assert first.json() == again.json()
    assert (first.json()["how"], first.json()["opened_by"]) == ("asked", "host-1")
    assert [kind for kind, _ in told(store)] == ["opened"]


async def test_two_desks_at_once_open_one(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk)
    path = f"{at(contact)}/homelessness-application"
    asks = (desk.send("POST", path, idempotency_key=str(uuid4())) for _ in range(3))
    answers = await asyncio.gather(*asks, desk.post(f"{at(contact)}/needs", ROOFLESS))
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.json()["id"] for each in answers[:3]}) == 1
    assert [kind for kind, _ in told(store)].count("opened") == 1


async def test_an_unanswered_housing_need_decided_anywhere_opens_one(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, {"domain": "housing"}, person_id=str(PERSON))
    assert told(store) == []
    decision = {"outcome": "targeted", "specialism": "debt", "reason": "rent arrears"}
    answer = await desk.post(f"{at(contact)}/decisions", decision, if_match=f'"{contact["version"]}"')
    assert answer.status_code == 201, answer.text
    assert [(kind, each["how"]) for kind, each in told(store)] == [("opened", "decided")]
    assert answer.headers["event-id"] == events(store)[-1]["id"]
    assert events(store)[-1]["type"] == "triage.contact.decided"


async def test_whose_contact_is_kept_back_has_no_application_for_them(desk: Desk, store: ServiceDatabase) -> None:
    contact = await recorded(desk, ROOFLESS, person_id=str(PERSON))
    know(store, PERSON, restricted=True)
    path = f"{at(contact)}/homelessness-application"
    problem(await desk.get(path), 404, "not-found")
    problem(await desk.send("POST", path, idempotency_key="k"), 404, "not-found")
    assert (await desk.get("/v1/triage/homelessness-applications")).json()["items"] == []


# Every order ----------------------------------------------------------------------------------------------

STEP = st.one_of(
    st.tuples(
        st.just("need"),
        st.fixed_dictionaries(
            {
                "domain": st.sampled_from(["housing", "money", "domestic_abuse"]),
                "where_tonight": st.sampled_from(["home", "nowhere", "friends_or_family", "unknown"]),
                "may_lose_home_within_56_days": st.sampled_from([True, False, "unknown"]),
            }
        ),
    ),
    st.tuples(st.just("answer"), st.sampled_from(["home", "nowhere"])),
    st.tuples(
        st.just("decide"),
        st.sampled_from([str(each) for each in Outcome]),
    ),
    st.tuples(st.just("ask"), st.none()),
)


async def _take(desk: Desk, contact: dict[str, Any], step: tuple[str, Any]) -> None:
    kind, what = step
    version = f'"{(await desk.get(at(contact))).json()["version"]}"'
    match kind:
        case "need":
            await desk.post(f"{at(contact)}/needs", what)
        case "answer":
            needs = (await desk.get(at(contact))).json()["needs"]
            answers = [{"need_id": each["id"], "where_tonight": what} for each in needs]
            await desk.patch(at(contact), {"answers": answers}, if_match=version)
        case "decide":
            extra = {"targeted": {"specialism": "debt"}, "statutory": {"statutory_service": "police"}}
            body = {"outcome": what, "reason": "because", **extra.get(what, {})}
            await desk.post(f"{at(contact)}/decisions", body, if_match=version)
        case _:
            await desk.send("POST", f"{at(contact)}/homelessness-application", idempotency_key=str(uuid4()))


async def _holds(desk: Desk, contact: dict[str, Any]) -> None:
    """Whatever may be homelessness is never ended without an application, and never ended at the desk."""
    now = (await desk.get(at(contact))).json()
    applied = (await desk.get(f"{at(contact)}/homelessness-application")).status_code == 200
    ended: dict[str, str] = {}
    for each in now["decisions"]:
        ended |= {need: each["outcome"] for need in each["need_ids"] if each["stage"] == "final"}
    for need in now["needs"]:
        suggests = need["where_tonight"] in {"nowhere", "friends_or_family"} or (
            need["may_lose_home_within_56_days"] is True
        )
        assert applied or not suggests, "it was said, and no application was opened"
        if need["may_be_homeless"] and need["stage"] == "final":
            assert applied
            assert ended[need["id"]] in {"universal", "targeted", "statutory"}


async def _every_order(desk: Desk, examples: int) -> None:
    orders: list[list[tuple[str, Any]]] = []

    @settings(max_examples=examples, database=None, deadline=None)
    @given(st.lists(STEP, min_size=2, max_size=6))
    def draw(order: list[tuple[str, Any]]) -> None:
        orders.append(order)

    draw()
    for order in orders:
        contact = await recorded(desk, person_id=str(uuid4()))
        for step in order:
            await _take(desk, contact, step)
            await _holds(desk, contact)


@pytest.mark.full
async def test_a_few_orders_of_steps(desk: Desk) -> None:
    await _every_order(desk, 5)


@pytest.mark.full
@pytest.mark.timeout(600)
async def test_many_orders_of_steps(desk: Desk) -> None:
    await _every_order(desk, 150)
