"""Panels through their door: a pool is gathered, drawn in public, filled again; whoever checks gets the same names."""

import asyncio
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from kit import clock, lottery_verifier
from services.grants.panels.figures import banded
from tests.grants.doors import PUBLIC, Grants
from tests.grants.moments import stand_at

RUN: dict[str, Any] = {"purpose": "resident_panel"}
SEED = {"seed": "3 14 15 29 41 47 bonus 8", "witnessed_by": "Councillor Ward"}
QUOTAS = [
    {"category": "age", "feature": "young", "least": 2, "most": 3},
    {"category": "age", "feature": "old", "least": 2, "most": 3},
    {"category": "tenure", "feature": "own", "least": 1, "most": 3},
    {"category": "tenure", "feature": "rent", "least": 2, "most": 4},
]
PLAN = {"title": "Neighbourhood panel", "summary": "It looks at round 1", "size": 5, "quotas": QUOTAS}


@pytest.fixture(autouse=True)
def the_clock_is_put_back() -> Iterator[None]:
    before = clock.offset()
    yield
    clock.set_offset(before)


def volunteers(number: int = 24) -> list[dict[str, Any]]:
    """Half young, two thirds renting, a few in one home; names that must never be public."""
    return [
        {
            "name": f"Zebedee Quill {each}",
            "email": f"zebedee{each}@example.org",
            "uprn": f"10000{each // 2:07d}" if each < 6 else None,
            "features": {"age": "young" if each % 2 else "old", "tenure": "own" if each % 3 == 0 else "rent"},
        }
        for each in range(number)
    ]


async def gathered(grants: Grants, number: int = 24, **more: Any) -> dict[str, Any]:
    """A panel with a pool."""
    panel = await grants.good("POST", "/panels", {**PLAN, **more}, **RUN)
    await grants.good("POST", f"/panels/{panel['id']}/pool", {"volunteers": volunteers(number)}, **RUN)
    return await read(grants, panel["id"])


async def read(grants: Grants, panel_id: str) -> dict[str, Any]:
    found: dict[str, Any] = await grants.good("GET", f"/panels/{panel_id}", **PUBLIC)
    return found


def asked(**more: Any) -> dict[str, Any]:
    """A draw whose seed is known in an hour."""
    later = (clock.business_now() + timedelta(hours=1)).isoformat()
    return {"seed_source": "UK Lotto of Saturday 5 December 2026, as drawn", "seed_from": later, **more}


async def announced(grants: Grants, panel: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Asked for and worked out."""
    draw = await grants.good("POST", f"/panels/{panel['id']}/draws", asked(**more), version=panel["version"], **RUN)
    assert draw["state"] == "working"
    await grants.work_off()
    found: dict[str, Any] = await grants.good("GET", f"/panels/{panel['id']}/draws/{draw['id']}", **PUBLIC)
    return found


async def later(grants: Grants, hours: int = 2) -> None:
    """So many hours on, for the service too: it follows its own row, and may just have read the one before."""
    moment = clock.business_now() + timedelta(hours=hours)
    stand_at(grants, moment)
    await asyncio.sleep(0.1)
    stand_at(grants, moment)


async def concluded(grants: Grants, draw: dict[str, Any]) -> dict[str, Any]:
    """The seed is known and entered."""
    await later(grants)
    path = f"/panels/{draw['panel_id']}/draws/{draw['id']}/result"
    found: dict[str, Any] = await grants.good("POST", path, SEED, version=draw["version"], **RUN)
    return found


async def test_a_panel_is_drawn_and_an_outsider_gets_the_same_names(grants: Grants, tmp_path: Path) -> None:
    panel = await gathered(grants, reserves=3)
    draw = await announced(grants, panel)
    assert draw["state"] == "announced", draw["failure"]
    assert draw["certificate"]["leximin"] is True
    assert draw["certificate"]["gap"] <= 1e-6
    assert draw["certificate"]["panels"] == 1000
    assert draw["taken"] == []
    proof = f"/panels/{panel['id']}/draws/{draw['id']}/proof"
    before = (await grants("GET", proof, **PUBLIC)).json()
    drawn = await concluded(grants, draw)
    assert drawn["commitment"] == before["draw"]["commitment"]

    file = await grants("GET", proof, **PUBLIC)
    (tmp_path / "proof.json").write_bytes(file.content)
    verifier = await grants("GET", "/panels/verifier", **PUBLIC)
    (tmp_path / "lottery_verifier.py").write_text(verifier.text, encoding="utf-8")
    said = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-I", "-S", "lottery_verifier.py", "proof.json"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.returncode == 0, said.stdout
    assert all(f"{token}   in" in said.stdout for token in drawn["taken"])
    assert len(drawn["taken"]) == 5

    seated = await grants.good("GET", f"/panels/{panel['id']}/members", **RUN)
    assert sorted(each["token"] for each in seated["members"]) == drawn["taken"]
    for quota in QUOTAS:
        held = sum(each["features"][quota["category"]] == quota["feature"] for each in seated["members"])
        assert quota["least"] <= held <= quota["most"]
    assert [each["token"] for each in seated["reserves"]] == drawn["reserves"]["tokens"]
    homes = [each["uprn"] for each in (*seated["members"], *seated["reserves"]) if each["uprn"]]
    assert len(homes) == len(set(homes))
    for text in (file.text, json.dumps(drawn), json.dumps(grants.announced("panel.drawn"))):
        assert "Zebedee" not in text
        assert "10000000" not in text
    (event,) = grants.announced("panel.drawn")
    assert event["data"]["members"] == 5
    assert event["data"]["smallest_of_thousand"] == drawn["certificate"]["smallest_of_list"]


async def test_anyone_sees_the_pool_against_the_quotas_in_rounded_counts(grants: Grants) -> None:
    panel = await gathered(grants)
    draw = await announced(grants, panel)
    figures = await grants.good("GET", f"/panels/{panel['id']}/draws/{draw['id']}/figures", **PUBLIC)
    assert figures["of"] == 1000
    assert [(each["category"], each["feature"]) for each in figures["groups"]] == [
        (each["category"], each["feature"]) for each in panel["quotas"]
    ]
    assert all(each["pool"] % 5 == 0 for each in figures["groups"])
    assert min(each["smallest"] for each in figures["groups"]) == draw["certificate"]["smallest_of_list"]
    assert max(each["largest"] for each in figures["groups"]) == draw["certificate"]["largest_of_list"]


def test_bands_of_chances_hold_everybody_once() -> None:
    bands = banded([0] * 5 + [10] * 15 + [25] * 5 + [26] * 10 + [1000] * 5)
    assert [(each.up_to, each.people) for each in bands if each.people] == [(0, 5), (25, 20), (50, 10), (1000, 5)]


@pytest.mark.full
async def test_each_person_is_told_their_chance(grants: Grants) -> None:
    panel = await gathered(grants)
    draw = await announced(grants, panel)
    page = await grants.good("GET", f"/panels/{panel['id']}/pool?limit=30", **RUN)
    groups = (await grants("GET", f"/panels/{panel['id']}/draws/{draw['id']}/proof", **PUBLIC)).json()["groups"]
    for each in page["items"][:5]:
        chance = await grants.good("GET", f"/panels/{panel['id']}/draws/{draw['id']}/chances/{each['token']}", **PUBLIC)
        assert chance["stands_in"] == each["of_thousand"] == sum(each["token"] in group for group in groups)
        assert chance["taken"] is None
    assert sum(each["of_thousand"] for each in page["items"]) == 5 * 1000
    unknown = f"/panels/{panel['id']}/draws/{draw['id']}/chances/{'0' * 32}"
    assert (await grants("GET", unknown, **PUBLIC)).status_code == 404


@pytest.mark.full
async def test_quotas_nobody_can_meet_are_refused_with_the_nearest_that_can(grants: Grants) -> None:
    quotas = [{**QUOTAS[0], "least": 3, "most": 3}, {**QUOTAS[1], "least": 3, "most": 3}, *QUOTAS[2:]]
    panel = await gathered(grants, quotas=quotas)
    refused = await grants("POST", f"/panels/{panel['id']}/draws", asked(), version=panel["version"], **RUN)
    assert refused.status_code == 422
    body = refused.json()
    assert {each["rule"] for each in body["errors"]} == {"quotas-met"}
    assert body["errors"][0]["pointer"] in {"/quotas/0", "/quotas/1"}
    assert len(body["nearest"]) == 1
    # Nothing happened: the pool is still open. Accepted, the change is published with the draw.
    draw = await announced(grants, await read(grants, panel["id"]), accept_nearest=True)
    assert draw["state"] == "announced"
    assert [each["possible"] for each in draw["changed_quotas"]] == body["nearest"]


@pytest.mark.full
async def test_once_a_draw_is_asked_for_nobodys_chance_can_be_touched(grants: Grants) -> None:
    panel = await gathered(grants)
    draw = await announced(grants, panel)
    now = await read(grants, panel["id"])
    assert now["state"] == "drawing"
    path = f"/panels/{panel['id']}"
    (first, *_) = (await grants.good("GET", f"{path}/pool", **RUN))["items"]
    for refused in (
        await grants("POST", f"{path}/pool", {"volunteers": volunteers(1)}, **RUN),
        await grants("PUT", path, PLAN, version=now["version"], **RUN),
        await grants("POST", f"{path}/pool/{first['id']}/withdrawal", **RUN),
        await grants("POST", f"{path}/draws", asked(), version=now["version"], **RUN),
    ):
        assert refused.status_code == 409, refused.text
        assert "allowed" in refused.json()
    result = f"{path}/draws/{draw['id']}/result"
    early = await grants("POST", result, SEED, version=draw["version"], **RUN)
    assert early.status_code == 422
    assert early.json()["errors"][0]["rule"] == "seed-later"
    await later(grants)
    alone = await grants("POST", result, {**SEED, "witnessed_by": "officer-1"}, version=draw["version"], **RUN)
    assert alone.json()["errors"][0]["rule"] == "witness"
    assert (await grants("POST", result, SEED, version=draw["version"] + 1, **RUN)).status_code == 412
    await concluded(grants, draw)
    assert (await grants("POST", result, SEED, version=draw["version"] + 1, **RUN)).status_code == 409


@pytest.mark.full
async def test_a_panel_is_drawn_again_only_for_a_public_reason_and_both_draws_stay(grants: Grants) -> None:
    panel = await gathered(grants)
    first = await concluded(grants, await announced(grants, panel))
    now = await read(grants, panel["id"])
    path = f"/panels/{panel['id']}/draws"
    silent = await grants("POST", path, asked(), version=now["version"], **RUN)
    assert silent.status_code == 422
    assert silent.json()["errors"][0]["rule"] == "reason-for-again"
    second = await concluded(grants, await announced(grants, now, because="The pool had a wrong ward"))
    draws = await grants.good("GET", path, **PUBLIC)
    assert [(each["kind"], each["state"]) for each in draws] == [("first", "drawn"), ("again", "drawn")]
    assert second["replaces_id"] == first["id"]
    file = (await grants("GET", f"{path}/{second['id']}/proof", **PUBLIC)).json()
    assert file["draw"]["replaces"] == first["commitment"]
    assert lottery_verifier.faults_of_groups(file) == []
    seated = await grants.good("GET", f"/panels/{panel['id']}/members", **RUN)
    assert sorted(each["token"] for each in seated["members"]) == second["taken"]


@pytest.mark.full
async def test_empty_places_are_filled_from_the_reserves_or_by_a_draw_of_their_own(grants: Grants) -> None:
    panel = await gathered(grants, reserves=2)
    drawn = await concluded(grants, await announced(grants, panel))
    path = f"/panels/{panel['id']}"
    seated = await grants.good("GET", f"{path}/members", **RUN)
    gone = seated["members"][0]
    body = {"leaving": [{"volunteer_id": gone["id"], "reason": "moved away"}]}
    version = (await read(grants, panel["id"]))["version"]
    await grants.good("POST", f"{path}/replacements", body, version=version, **RUN)
    after = await grants.good("GET", f"{path}/members", **RUN)
    assert len(after["members"]) == 5
    assert len(after["reserves"]) == 1
    come = {each["token"] for each in after["members"]} - {each["token"] for each in seated["members"]}
    assert come <= set(drawn["reserves"]["tokens"])

    again = {"leaving": [{"volunteer_id": after["members"][1]["id"], "reason": "no time"}], "draw": asked()}
    version = (await read(grants, panel["id"]))["version"]
    await grants.good("POST", f"{path}/replacements", again, version=version, **RUN)
    await grants.work_off()
    draw = (await grants.good("GET", f"{path}/draws", **PUBLIC))[-1]
    assert (draw["kind"], draw["state"], draw["size"]) == ("replacement", "announced", 1)
    await concluded(grants, draw)
    final = await grants.good("GET", f"{path}/members", **RUN)
    tokens = {each["token"] for each in final["members"]}
    assert len(tokens) == 5
    assert gone["token"] not in tokens
    for quota in QUOTAS:
        held = sum(each["features"][quota["category"]] == quota["feature"] for each in final["members"])
        assert quota["least"] <= held <= quota["most"]
    told = grants.announced("panel.member_replaced")
    assert [each["data"]["replaced"] for each in told] == [1, 2]


@pytest.mark.full
async def test_whoever_takes_their_name_back_leaves_a_token_and_nothing_else(grants: Grants) -> None:
    panel = await gathered(grants)
    (first, *_) = (await grants.good("GET", f"/panels/{panel['id']}/pool", **RUN))["items"]
    left = await grants.good("POST", f"/panels/{panel['id']}/pool/{first['id']}/withdrawal", **RUN)
    assert left["token"] == first["token"]
    assert (left["email"], left["uprn"], left["features"]) == (None, None, {})
    assert "Zebedee" not in left["name"]
    draw = await announced(grants, await read(grants, panel["id"]))
    assert draw["pool"] == 23
    file = (await grants("GET", f"/panels/{panel['id']}/draws/{draw['id']}/proof", **PUBLIC)).text
    assert first["token"] not in file


@pytest.mark.full
async def test_an_auditor_works_out_the_digest_and_the_panels_again(grants: Grants) -> None:
    from services.grants.panels.sortition.question import Question, Quota, Volunteer
    from services.grants.panels.working import found

    panel = await gathered(grants)
    draw = await announced(grants, panel)
    path = f"/panels/{panel['id']}/draws/{draw['id']}"
    told = await grants.good("GET", f"{path}/question", **RUN)
    text = {
        "salt": told["salt"], "size": told["size"], "one_per_home": told["one_per_home"], "quotas": told["quotas"],
        "pool": sorted([each["token"], each["features"], each["home"]] for each in told["pool"]),
        "spent": told["spent"],
    }  # fmt: skip
    bare = json.dumps(text, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert hashlib.sha256(bare.encode()).hexdigest() == draw["question_sha256"]
    question = Question(
        [Volunteer(each["token"], each["features"], each["home"]) for each in told["pool"]],
        [Quota(**each) for each in told["quotas"]],
        told["size"],
    )
    panels, _ = await asyncio.to_thread(found, question, None)
    file = (await grants("GET", f"{path}/proof", **PUBLIC)).json()
    assert [list(each) for each in panels] == file["groups"]


@pytest.mark.full
async def test_a_list_published_too_late_is_no_draw(grants: Grants) -> None:
    panel = await gathered(grants)
    await grants.good("POST", f"/panels/{panel['id']}/draws", asked(), version=panel["version"], **RUN)
    await later(grants)
    await grants.work_off()
    (draw,) = await grants.good("GET", f"/panels/{panel['id']}/draws", **PUBLIC)
    assert draw["state"] == "failed"
    assert "seed" in draw["failure"]
    assert (await read(grants, panel["id"]))["state"] == "gathering"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"quotas": [QUOTAS[0], QUOTAS[0]]}, ""),
        ({"quotas": [{**QUOTAS[0], "least": 4}]}, ""),
        ({"size": 1}, "/size"),
        ({"dropout": {"usual": 2}}, "/dropout/usual"),
    ],
)
async def test_what_cannot_be_a_panel(grants: Grants, body: dict[str, Any], pointer: str) -> None:
    refused = await grants("POST", "/panels", {**PLAN, **body}, **RUN)
    assert refused.status_code == 422
    assert pointer in [each["pointer"] for each in refused.json()["errors"]]


@pytest.mark.full
async def test_an_address_is_no_uprn(grants: Grants) -> None:
    panel = await grants.good("POST", "/panels", PLAN, **RUN)
    person = {**volunteers(1)[0], "uprn": "12 High Street"}
    refused = await grants("POST", f"/panels/{panel['id']}/pool", {"volunteers": [person]}, **RUN)
    assert refused.status_code == 422


async def test_whoever_is_hidden_from_an_officer_is_drawn_like_anyone_and_seen_by_none(grants: Grants) -> None:
    panel = await grants.good("POST", "/panels", PLAN, **RUN)
    hidden, other = str(uuid4()), str(uuid4())
    people = [{**each, "person_id": hidden if not place else None} for place, each in enumerate(volunteers())]
    await grants.good("POST", f"/panels/{panel['id']}/pool", {"volunteers": people}, **RUN)
    path = f"/panels/{panel['id']}/pool?limit=50"
    assert len((await grants.good("GET", path, **RUN))["items"]) == 24
    grants.stored.execute(
        "insert into known_person (id, sequence, households, restricted, separated_from, barred_workers)"
        " values (%s, 1, '[]', false, '{}', '{officer-1}')",
        [hidden],
    )
    assert len((await grants.good("GET", path, **RUN))["items"]) == 23
    assert len((await grants.good("GET", path, actor="officer-2", **RUN))["items"]) == 24
    draw = await announced(grants, await read(grants, panel["id"]))
    assert draw["pool"] == 24
    assert other not in draw


@pytest.mark.full
async def test_of_two_officers_who_ask_at_once_one_did(grants: Grants) -> None:
    panel = await gathered(grants)
    path, body = f"/panels/{panel['id']}/draws", asked()
    answers = await asyncio.gather(
        *(grants("POST", path, body, version=panel["version"], actor=f"officer-{each}", **RUN) for each in range(3))
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert len(await grants.good("GET", path, **PUBLIC)) == 1
