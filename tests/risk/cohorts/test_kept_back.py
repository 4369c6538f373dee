"""No count tells that somebody is there who is restricted or kept apart from somebody, whoever asks and however often.

The same questions are put to two boroughs: one where the protected homes are, and one where they are not. Every answer
is the same, so nothing worked out of any number of them (a difference of two wards, of two definitions, of two days)
can say where anybody is.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.risk.linkage.visibility import homes_kept_back
from services.risk.signals import commands as signals
from services.risk.signals.whose import Known
from tests.risk.cohorts.borough import COMBINATION, OTHER_WARD, WARD, Borough, Casefile
from tests.risk.cohorts.test_lists import approve, ask, cohort, work
from tests.risk.ground import Risk

DEBT: dict[str, Any] = {"factor": "rising_debt"}
PREVIEW = "/v1/risk/cohorts/preview"
# Of each, whether a few more or fewer single parents in one ward would move it.
QUESTIONS: Sequence[tuple[dict[str, Any], str | None]] = [
    (DEBT, None),
    (DEBT, "ward"),
    (DEBT, "children"),
    ({"all": [DEBT, {"wards": [WARD]}]}, None),
    ({"all": [DEBT, {"wards": [OTHER_WARD]}]}, None),
    ({"all": [DEBT, {"not": {"wards": [WARD]}}]}, "ward"),
    ({"all": [DEBT, {"adults_at_most": 1}]}, "ward"),
    ({"all": [DEBT, {"adults_at_least": 2}]}, "ward"),
    ({"all": [{"wards": [WARD]}, {"adults_at_most": 1, "children_at_least": 2}]}, None),
    ({"all": [{"factor": "private_rent"}, {"adults_at_most": 1}]}, "children"),
    ({"any": [DEBT, {"factor": "private_rent"}]}, "ward"),
    (COMBINATION, None),
]


def put_in(borough: Borough) -> None:
    """Counts that stand just below the next ten, so that one more home would show in many answers."""
    for ward, number in ((WARD, 104), (OTHER_WARD, 84), ("E05014055", 64)):
        borough.households(number, "rising_debt", "private_rent", ward=ward, registered=True)
        borough.households(24, "rising_debt", ward=ward, adults=1, children=2)


def protect(risk: Risk, borough: Borough, number: int = 5, *, kind: str = "apart", ward: str = WARD) -> list[UUID]:
    """Single mothers who moved into a ward; casefile knows them, and keeps them apart from somebody (or restricted)."""
    homes = borough.households(number, "rising_debt", "private_rent", ward=ward, adults=1, children=2, registered=True)
    assert risk.stored.vault is not None
    for resident in borough.records(homes, "council_tax_arrears").values():
        person = uuid4()
        risk.stored.vault.execute(
            "insert into resident (resident_id, pseudonym, person_id) values (%s, %s, %s)", [uuid4(), resident, person]
        )
        risk.know_person(person, restricted=kind == "restricted")
        if kind == "apart":
            risk.stored.execute(
                "update known_person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), person]
            )
    return homes


async def asked(risk: Risk) -> list[tuple[int, Any]]:
    """Every question, as for the first time."""
    risk.stored.execute("delete from shown_count")
    risk.stored.execute("delete from aggregate_query")
    told = []
    for definition, by in QUESTIONS:
        answer = await risk.post(PREVIEW, {"definition": definition, "by": by})
        told.append((answer.status_code, answer.json()))
    return told


@pytest.mark.parametrize("kind", ["apart", "restricted"])
async def test_two_boroughs_that_differ_by_protected_homes_are_told_of_alike(
    risk: Risk, borough: Borough, kind: str
) -> None:
    put_in(borough)
    before = await asked(risk)
    assert sum(answer["households"] is not None for _, answer in before) >= 6
    protect(risk, borough, 6, kind=kind)
    protect(risk, borough, 1, kind=kind, ward=OTHER_WARD)
    assert await asked(risk) == before
    # That it could have shown: the same homes of people whom nobody is kept from.
    risk.stored.execute("update known_person set restricted = false, separated_from = '{}'")
    assert await asked(risk) != before


async def test_whoever_asks_is_told_the_same(risk: Risk, borough: Borough) -> None:
    """An answer that were hers to some and not to others would tell by comparing them."""
    put_in(borough)
    protect(risk, borough, 6)
    barred = risk.other(worker="ben", role="manager", purpose="research_statistics")
    risk.stored.execute("update known_person set barred_workers = array['ben']")
    assert [each["households"] for _, each in await asked(risk)] == [
        each["households"] for _, each in await asked(barred)
    ]


async def test_saved_cohorts_their_members_and_their_lists_leave_them_out(risk: Risk, borough: Borough) -> None:
    put_in(borough)
    homes = protect(risk, borough)
    body = {"code": "debts", "title": "Debts", "definition": DEBT, "why": "To see how many there are"}
    made = await risk.post("/v1/risk/cohorts", body)
    assert made.status_code == 201, made.text
    assert made.json()["newest"]["households"] == 104 + 84 + 64 + 3 * 24
    assert made.json()["newest"]["population"] == 104 + 84 + 64 + 3 * 24
    listed, after = set(), ""
    while True:
        page = await risk.get(f"/v1/risk/cohorts/{made.json()['id']}/members?limit=200{after}")
        listed |= {UUID(each["household"]) for each in page["items"]}
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(listed) == 104 + 84 + 64 + 3 * 24
    assert not listed & set(homes)


async def test_the_homes_are_found_by_whoever_lives_there(risk: Risk, borough: Borough) -> None:
    homes = protect(risk, borough, 2) + protect(risk, borough, 1, kind="restricted")
    borough.households(3, "rising_debt")
    async with risk.unit() as unit:
        assert await homes_kept_back(unit) == set(homes)


# A list that was approved before ------------------------------------------------------------------------------


def become_apart(risk: Risk, resident: UUID) -> None:
    """Casefile keeps apart from somebody now a resident whom it knows."""
    assert risk.stored.vault is not None
    risk.stored.vault.execute(
        "insert into resident (resident_id, pseudonym, person_id) values (%s, %s, %s)",
        [uuid4(), resident, her := uuid4()],
    )
    risk.know_person(her)
    risk.stored.execute("update known_person set separated_from = array[%s]::uuid[] where id = %s", [uuid4(), her])


async def everything_told(risk: Risk, place: str, publication: str) -> tuple[dict[str, Any], list[str]]:
    """What anybody is told of a list: itself, among the others, and home by home."""
    view: dict[str, Any] = await risk.get(f"{place}/publications/{publication}")
    (among,) = (await risk.get(f"{place}/publications"))["items"]
    assert among == view
    page = await risk.get("/v1/risk/signals?kind=cohort&limit=200")
    return view, [each["household"] for each in page["items"]]


@pytest.mark.parametrize("when", ["before the offers", "while casefile is asked", "after the offers"])
async def test_a_home_kept_back_after_the_list_was_approved_is_held_back_from_it(
    risk: Risk, borough: Borough, casefile: Casefile, when: str
) -> None:
    homes = borough.households(9, "rising_debt", registered=True)
    (hers,) = borough.households(1, "rising_debt", registered=True)
    faces = borough.records([*homes, hers], "council_tax_accounts")
    place = await cohort(risk, definition=DEBT)
    asked = await ask(risk, place, part="both")
    assert (asked["listed"], asked["matching"], asked["cohort_households"]) == (10, 10, 10)
    told = await approve(risk, place, asked)
    known = {resident: Known(uuid4(), uuid4()) for resident in faces.values()}
    if when == "before the offers":
        become_apart(risk, faces[hers])
        assert (await everything_told(risk, place, told["id"]))[0]["states"] == {"waiting": 9}
    casefile.knows |= {
        each: one for each, one in known.items() if (each, when) != (faces[hers], "while casefile is asked")
    }
    await work(risk, told["id"])
    if when != "before the offers":
        become_apart(risk, faces[hers])
    async with risk.unit("outreach") as unit:
        await signals.answered(unit, faces[hers], known[faces[hers]])
    view, listed = await everything_told(risk, place, told["id"])
    # As if the home had never been on it, for whoever asks.
    assert (view["listed"], view["matching"], view["states"]) == (9, 9, {"raised": 9})
    assert (view["cohort_households"], view["cohort_known"]) == (9, 9)
    assert view["sentence"].startswith("9 homes (known or not).")
    assert sorted(listed) == sorted(str(each) for each in homes)
    manager = risk.other(role="manager", worker="manager-2", purpose="outreach")
    assert (await everything_told(manager, place, told["id"]))[0] == view
    # No offer, unless it was out: then whose it is is the front door's to keep back.
    called = {each["data"]["person_id"] for each in risk.events("signal.raised")}
    assert (str(known[faces[hers]].person_id) in called) == (when == "after the offers")
    rows = risk.stored.rows("select state, why from cohort_published_home where household = %s", [hers])
    assert [each["state"] for each in rows] == ["passed" if when == "before the offers" else "called"]
    rows += risk.stored.rows("select why from signal where household = %s", [hers])
    assert [each["why"] for each in rows if each["why"]] == ([] if when == "after the offers" else ["not_for_a_list"])


async def test_a_list_asked_for_before_is_counted_anew_when_it_is_approved(risk: Risk, borough: Borough) -> None:
    borough.households(9, "rising_debt")
    (hers,) = borough.households(1, "rising_debt")
    (resident,) = borough.records([hers], "council_tax_accounts").values()
    place = await cohort(risk, definition=DEBT)
    asked = await ask(risk, place)
    assert (asked["listed"], asked["matching"]) == (10, 10)
    become_apart(risk, resident)
    told = await approve(risk, place, asked)
    assert (told["listed"], told["matching"], told["states"]) == (9, 9, {"waiting": 9})
