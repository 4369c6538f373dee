"""The demo: homelessness cases at every stage, by the doors an officer uses. Again changes nothing.

Seven households: one kept at home by mediation and a small sum, one whose home was secured, one just come in with a
roof owed, one in relief, one owed the main duty, one without a priority need who asks for a review, one locked out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

_CASES = "/v1/housing/homelessness-cases"
_DECISIONS = "/v1/housing/homelessness-decisions"
_COMPLETE: Mapping[str, Any] = {"reason_to_believe": True, "eligible": "yes", "eligibility_basis": "british_or_irish"}
_HOMELESS: Mapping[str, Any] = {**_COMPLETE, "homelessness": "homeless", "intentional": "no"}


@dataclass(frozen=True)
class Household:
    """One household of the demo and how far it came. Days are counted back from today."""

    given: str
    family: str
    born: str
    sex: str
    applied: int
    found: Mapping[str, Any]
    steps: tuple[tuple[str, int, Mapping[str, Any]], ...]
    others: tuple[Mapping[str, Any], ...] = ()
    pregnant: bool = False
    activities: tuple[tuple[Mapping[str, Any], Mapping[str, Any] | None], ...] = ()
    plan: bool = True
    review: bool = False
    lock_out: bool = False


_CHILD: Mapping[str, Any] = {"role": "child", "sex": "female"}
_LOSING: Mapping[str, Any] = {
    **_COMPLETE,
    "homelessness": "threatened",
    "intentional": "no",
    "priority": "yes",
    "priority_category": "dependent_children",
    "loss_reason": "end_of_private_rented_ast",
    "last_settled": "private_rented_self_contained",
    "accommodation_now": "private_rented_self_contained",
    "causes": ["rent_arrears", "landlord_dispute"],
    "support_needs": ["difficulties_budgeting"],
}
_WITH_FAMILY: Mapping[str, Any] = {
    **_HOMELESS,
    "loss_reason": "family_or_friends_no_longer_willing",
    "last_settled": "with_family",
    "accommodation_now": "no_fixed_abode",
    "causes": ["family_conflict"],
}
_SECURED: Mapping[str, Any] = {
    "suitable": True,
    "prospect_months": 12,
    "accommodation": "private_rented_self_contained",
    "stayed": True,
}
_HOUSEHOLDS: tuple[Household, ...] = (
    Household(
        "Marisol", "Quennell", "1991-08-14", "female", 20, _LOSING,
        (("prevention_owed", 19, {}),),
        others=({**_CHILD, "born_on": "2019-02-03"}, {**_CHILD, "born_on": "2016-10-21", "sex": "male"}),
        activities=(
            ({"kind": "landlord_mediation", "cause": "landlord_dispute"}, {"outcome": "time_won"}),
            (
                {
                    "kind": "other_financial_payment",
                    "cause": "rent_arrears",
                    "amount_pence": 38_500,
                    "fund": "crisis_and_resilience_fund",
                },
                None,
            ),
        ),
    ),
    Household(
        "Tobias", "Wetherill", "1984-01-30", "male", 75, _LOSING,
        (("prevention_owed", 74, {}), ("prevention_secured", 30, _SECURED)),
        others=({**_CHILD, "born_on": "2014-06-11"},),
        activities=(
            (
                {"kind": "negotiation_or_advocacy_to_prevent_eviction", "cause": "rent_arrears"},
                {"outcome": "home_kept"},
            ),
        ),
    ),
    Household(
        "Adaeze", "Holloway", "1998-05-02", "female", 2,
        {**_WITH_FAMILY, "priority": "yes", "priority_category": "pregnant"},
        (("interim_owed", 2, {}), ("relief_owed", 1, {})),
        others=({**_CHILD, "born_on": "2022-09-09"},), pregnant=True, plan=False,
    ),
    Household(
        "Gethin", "Prosser", "1969-11-17", "male", 25,
        {
            **_WITH_FAMILY,
            "priority": "unknown",
            "accommodation_now": "rough_sleeping",
            "support_needs": ["rough_sleeping", "alcohol_dependency"],
        },
        (("relief_owed", 24, {}),),
    ),
    Household(
        "Nasrin", "Begley", "1989-03-25", "female", 80,
        {
            **_HOMELESS,
            "priority": "yes",
            "priority_category": "domestic_abuse",
            "loss_reason": "domestic_abuse",
            "last_settled": "private_rented_self_contained",
            "accommodation_now": "refuge",
            "support_needs": ["domestic_abuse"],
            "causes": ["abuse_or_violence"],
        },
        (("interim_owed", 80, {}), ("relief_owed", 79, {})),
        others=({**_CHILD, "born_on": "2018-04-04"}, {**_CHILD, "born_on": "2021-12-12", "sex": "male"}),
        activities=(({"kind": "housing_related_support", "cause": "abuse_or_violence"}, {"outcome": "no_change"}),),
    ),
    Household(
        "Callum", "Ivey", "1994-07-07", "male", 70, {**_WITH_FAMILY, "priority": "no"},
        (("relief_owed", 69, {}), ("relief_no_priority", 10, {})), review=True,
        activities=(
            ({"kind": "helped_to_secure_without_payment", "cause": "family_conflict"}, {"outcome": "no_change"}),
        ),
    ),
    Household(
        "Oksana", "Draper", "1979-09-19", "female", 1,
        {**_WITH_FAMILY, "priority": "unknown", "loss_reason": "end_of_private_rented_ast",
         "last_settled": "private_rented_hmo", "causes": ["illegal_eviction"]},
        (("relief_owed", 0, {}),), lock_out=True, plan=False,
    ),
)  # fmt: skip


def load_homelessness(gateway: str, say: Callable[[str], None]) -> None:
    """Put it in, unless it is there. Raises httpx.HTTPStatusError if a door refuses it."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        _sign_in(client, "housing_officer", "homelessness")
        if client.get(_CASES, params={"position": "main", "limit": 1}).raise_for_status().json()["items"]:
            return
        today = date.fromisoformat(_post(client, "/v1/housing/local-connection", {"spells": []})["on"])
        for each in _HOUSEHOLDS:
            _put_in(client, each, today)
    say(f"{len(_HOUSEHOLDS)} homelessness cases: prevention, relief, a main duty, a review asked for, a lock-out")


def _put_in(client: httpx.Client, one: Household, today: date) -> None:
    def ago(days: int) -> str:
        return (today - timedelta(days=days)).isoformat()

    who = {
        "names": [{"given": one.given, "family": one.family}],
        "date_of_birth": one.born,
        "confirmed_new": True,
    }
    person = _post(client, "/v1/casefile/people", who)
    applicant = {"role": "main_applicant", "born_on": one.born, "sex": one.sex, "pregnant": one.pregnant}
    if one.pregnant:
        applicant["baby_due_on"] = (today + timedelta(days=60)).isoformat()
    case = _post(
        client,
        _CASES,
        {
            "person_id": person["id"],
            "household_id": person["household_id"],
            "made_on": ago(one.applied),
            "members": [{**applicant, "person_id": person["id"]}, *one.others],
        },
    )
    place, version = f"{_CASES}/{case['id']}", case["version"]
    found = dict(one.found)
    if found["homelessness"] == "threatened":
        found["notice"] = {
            "type": "s8",
            "landlord": "private",
            "served_on": ago(one.applied + 5),
            "expires_on": (today - timedelta(days=one.applied - 35)).isoformat(),
        }
    else:
        found["homeless_on"] = ago(one.applied)
    answer = _sent(client, f"{place}/assessments", {**found, "made_on": ago(one.applied)}, version)
    version = _version(answer)
    if one.plan:
        _plan(client, place, today)
    for body, outcome in one.activities:
        made = _post(client, f"{place}/activities", {**body, "started_on": ago(one.applied - 2)})
        if outcome is not None:
            done = {**outcome, "ended_on": ago(one.applied - 15)}
            _sent(client, f"{place}/activities/{made['id']}/outcome", done, made["version"])
    if one.lock_out:
        body = {"acts": ["locks_changed", "belongings_removed"], "happened_on": ago(1)}
        _post(client, f"{place}/illegal-evictions", body)
    for transition, days, said in one.steps:
        reasons = "What you told us on the day, and the papers we saw with you."
        body = {"transition": transition, "made_on": ago(days), "reasons": reasons, **said}
        decision = _sent(client, f"{place}/decisions", body, version).json()
        told = {"notified_on": ago(days), "how": "by_hand"}
        _sent(client, f"{_DECISIONS}/{decision['id']}/notification", told, decision["version"])
        version = client.get(place).raise_for_status().json()["version"]
        if one.review and transition == "relief_no_priority":
            asked = {"asked_on": ago(3), "words": "My doctor's letter was not read."}
            _post(client, f"{_DECISIONS}/{decision['id']}/reviews", asked)


def _plan(client: httpx.Client, place: str, today: date) -> None:
    steps = [
        {"whose": "ours", "words": "Ring the landlord, and two others, and tell you what they say."},
        {"whose": "theirs", "weight": "mandatory", "words": "Bring the last three wage slips or benefit letters."},
        {"whose": "theirs", "weight": "recommended", "words": "Look at the homes we send you twice a week."},
    ]
    body = {"steps": steps, "review_on": (today + timedelta(days=14)).isoformat()}
    plan = _post(client, f"{place}/plans", body)
    plan = _sent(client, f"{place}/plan/agreement", {"agreed": True}, plan["version"]).json()
    _sent(client, f"{place}/plan/copy", {}, plan["version"])


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(client: httpx.Client, path: str, body: Any) -> dict[str, Any]:
    answer: dict[str, Any] = _sent(client, path, body, None).json()
    return answer


def _sent(client: httpx.Client, path: str, body: Any, version: int | None) -> httpx.Response:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:homelessness:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    return client.post(path, json=body, headers=headers).raise_for_status()


def _version(answer: httpx.Response) -> int:
    return int(answer.headers["etag"].strip('"'))
