"""Cover for a large caseload, and what the counts cost: the same statements for few cases as for many."""

import time
from typing import Any

import pytest

from tests.casefile.doors import Casefile, counted
from tests.casefile.work import case_of
from tests.service_doors import MANAGER

_MANY = """
    with made as (
        insert into household (id, version, formed_at, changed_at, formed_by)
        select gen_random_uuid(), 1, now(), now(), 'import' from generate_series(1, %(many)s) returning id
    ), named as (select id, gen_random_uuid() as person_id, gen_random_uuid() as case_id from made),
    people as (
        insert into person (id, version, names, addresses, contacts, languages, communication_needs, source,
            registered_at, registered_by, changed_at)
        select person_id, 1, '[]', '[]', '[]', '{}', '{}', 'import', now(), 'import', now() from named
    ), living as (
        insert into membership (household_id, person_id, since) select id, person_id, current_date from named
    ), files as (
        insert into case_file (id, version, household_id, state, layer, workstreams, decision_ids, account_manager,
            episode, opened_at, opened_by, changed_at, episodes)
        select case_id, 1, id, 'open', 'universal', '[]', '{}', 'w1', 1, now(), 'import', now(), '[]' from named
    )
    insert into case_member (id, case_id, household_id, worker, role, episode, since, added_by)
    select gen_random_uuid(), case_id, id, 'w1', 'account_manager', 1, now(), 'import' from named
"""


async def statements(casefile: Casefile, path: str) -> int:
    async with counted(casefile.database) as said:
        await casefile.good("GET", path, **MANAGER)
    return len([each for each in said if "business_clock" not in each])


@pytest.mark.full
async def test_lists_cost_as_many_statements_for_many_as_for_few(casefile: Casefile) -> None:
    due = None
    costs: dict[str, list[int]] = {}
    for _ in range(2):
        for _ in range(2):
            case = await case_of(casefile)
            due = due or case["next_review_on"]
            await casefile.good("POST", "/tasks", {"case_id": case["id"], "words": "x", "due_on": due}, **MANAGER)
            await casefile.good("POST", f"/cases/{case['id']}/approvals", {"kind": "plan", "words": "x"}, **MANAGER)
        for path in ("/cases", "/tasks", "/approvals", "/steps", "/warnings", "/caseloads", "/caseloads/summary"):
            costs.setdefault(path, []).append(await statements(casefile, path))
    assert {path: cost for path, cost in costs.items() if cost[0] != cost[1]} == {}
    assert max(cost for each in costs.values() for cost in each) <= 10


@pytest.mark.full
async def test_two_hundred_cases_change_hands_in_one_act(casefile: Casefile) -> None:
    many = 200
    casefile.stored.execute(_MANY, {"many": many})
    body: Any = {"from_worker": "w1", "to_workers": ["w2", "w3"], "reason": "absence", "words": "Off sick"}
    begun = time.monotonic()
    made = await casefile.good("POST", "/reallocations", body, **MANAGER)
    print(f"{many} cases: {time.monotonic() - begun:.2f} s")
    assert made["moved"] == {"w2": many // 2, "w3": many // 2}
    begun = time.monotonic()
    loads = (await casefile.good("GET", "/caseloads", **MANAGER))["items"]
    print(f"caseloads: {time.monotonic() - begun:.3f} s")
    assert [each["open"] for each in loads] == [many // 2, many // 2]
