"""The demo: homes to bid for, households that bid, homes let past the list, and their lettings logs without an error.

By the doors an officer uses. Nothing is drawn: bidding goes on for two weeks, and the clock is for whoever shows it.
Again changes nothing.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_HOUSING: Final = "/v1/housing"
_PATIENCE_SECONDS: Final = 10.0
_ADVERTS: Final = 3
_BIDDERS: Final = 4
_LETTINGS: Final = 2
_OURS: Final = frozenset({"social", "london_affordable"})
_CHANNELS: Final = ("web", "phone", "text", "in_person")
# What nobody but the tenant can say; all of it made up.
_SAID: Final[Mapping[str, Any]] = {
    "ethnic": 17,
    "nationality_all": 826,
    "armedforces": 2,
    "preg_occ": 2,
    "housingneeds": 2,
    "illness": 2,
    "reason": 12,
    "prevten": 31,
    "net_income_known": 0,
    "incfreq": 1,
    "hb": 9,
    "benefits": 3,
    "layear": 12,
    "previous_la_known": 0,
    "rent_type": 0,
}

Row = Mapping[str, Any]


def load_lettings(gateway: str, say: Callable[[str], None]) -> None:
    """Put them in, unless there are adverts. Raises httpx.HTTPStatusError if a door refuses."""
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as client:
        _sign_in(client, "housing_officer", "housing_register")
        if _items(client, "adverts?limit=1"):
            return
        homes = [each for each in _items(client, "homes?state=available&limit=200") if each["rent_regime"] in _OURS]
        waiting = _waiting(client)
        if not homes or not waiting:
            return
        today = _today(client)
        back = _who_returns(client, today)
        _sign_in(client, "manager", "supervision")
        _quota(client)
        _sign_in(client, "housing_officer", "lettings")
        free = _by_size(waiting)
        lets = _let_past_the_list(client, homes, free, today)
        adverts, bids = _advertise(client, homes, free, back, today)
        year = today.year - (today.month < 4)
        told = client.get(f"{_HOUSING}/returns/core?year={year}").raise_for_status().json()
    say(
        f"{adverts} homes to bid for with {bids} bids, {lets} homes let past the list;"
        f" CORE: {told['included']} lettings in the file, {told['left_out']} not, {told['errors']} errors"
    )


def _waiting(client: httpx.Client) -> list[Row]:
    """Households that may bid. They come in by a long load: it is waited for, not for ever."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while not (found := _items(client, "applications?state=active&limit=200")) and time.monotonic() < until:
        time.sleep(0.2)
    return found


def _by_size(waiting: Sequence[Row]) -> dict[int, Iterator[Row]]:
    sizes: dict[int, list[Row]] = {}
    for each in waiting:
        sizes.setdefault(each["bedrooms_needed"], []).append(each)
    return {size: iter(found) for size, found in sizes.items()}


def _who_returns(client: httpx.Client, today: date) -> list[Row]:
    """Decanted neighbours, on the register too so that they may bid for the new homes; those of two bedrooms."""
    _sign_in(client, "housing_officer", "regeneration")
    decants = [each for each in _items(client, "decants?limit=50") if each["bedrooms_needed"] == 2]
    _sign_in(client, "housing_officer", "housing_register")
    found = []
    for each in decants:
        if each["household_id"] is None:
            continue
        body = {
            "household_id": each["household_id"],
            "channel": "assisted",
            "members": [
                {"person_id": each["person_id"], "born": "1981-05-14", "sex": "female", "place": "applicant"},
                {"born": (today - timedelta(days=7 * 365)).isoformat(), "sex": "male", "relation": "child"},
            ],
            "circumstances": {
                "tenure": "council_tenant",
                "bedrooms_now": 1,
                "resident_since": "2009-03-02",
                "eligible": True,
                "income_year_pence": 24_000_00,
                "capital_pence": 0,
                "owned_within_5_years": False,
                "other_register": False,
                "arrears_weeks": 0,
            },
        }
        made = _post(client, "applications", body)
        _post(client, f"applications/{made['id']}/assessments", {}, version=made["version"])
        now = client.get(f"{_HOUSING}/applications/{made['id']}").raise_for_status().json()
        if now["may_bid"]:
            found.append(now)
    return found


def _quota(client: httpx.Client) -> None:
    path = f"{_HOUSING}/letting-quotas/care_leavers"
    if all(
        each["code"] != "care_leavers" for each in client.get(f"{_HOUSING}/letting-quotas").raise_for_status().json()
    ):
        body = {
            "title": "Young people leaving our care",
            "groups": ["care_leaver"],
            "percent": 5,
            "starts_on": "2026-01-01",
            "source": "The demo council's allocation scheme, made up",
        }
        client.put(path, json=body).raise_for_status()


def _advertise(
    client: httpx.Client, homes: list[Row], free: Mapping[int, Iterator[Row]], back: Sequence[Row], today: date
) -> tuple[int, int]:
    """Homes of the new block first, so that who returns comes before everybody; then others."""
    homes.sort(key=lambda home: (home["scheme_id"] is None, home["bedrooms"] != 2, home["uprn"]))
    adverts = bids = 0
    for home in homes[:_ADVERTS]:
        body = {
            "home_id": home["id"],
            "closes_at": f"{today + timedelta(days=14)}T23:59:00+00:00",
            "seed_source": f"The main numbers of the first National Lottery draw after {today + timedelta(days=15)}",
            "seed_from": f"{today + timedelta(days=19)}T21:00:00+00:00",
        }
        advert = _post(client, "adverts", body)
        adverts += 1
        people = [*_some(free, home["bedrooms"], _BIDDERS), *(back if adverts == 1 and home["bedrooms"] == 2 else ())]
        for channel, each in zip(_CHANNELS * 2, people, strict=False):
            bid = {"advert_id": advert["id"], "application_id": each["id"], "channel": channel}
            # Who does not meet a rule of the home is told so, as in life.
            bids += _post(client, "bids", bid, may_be_refused=True) is not None
    return adverts, bids


def _let_past_the_list(client: httpx.Client, homes: list[Row], free: Mapping[int, Iterator[Row]], today: date) -> int:
    """Homes that go directly, with the scheme's reason, and are let today."""
    done = 0
    for home in [each for each in homes if each["scheme_id"] is None and each["bedrooms"] > 0]:
        for who in _some(free, home["bedrooms"], 1):
            body = {
                "home_id": home["id"],
                "application_id": who["id"],
                "why": "management_transfer",
                "words": "Agreed by the housing panel",
                "answer_by": (today + timedelta(days=5)).isoformat(),
            }
            offer = _post(client, "offers", body)
            yes = _post(client, f"offers/{offer['id']}/answer", {"accepts": True}, version=offer["version"])
            signed = {
                "starts_on": today.isoformat(),
                "tenancy": "secure_lifetime",
                "tenants": [who["person_id"]],
                "weekly_rent_pence": 128_40,
            }
            letting = _post(client, f"offers/{offer['id']}/lettings", signed, version=yes["version"])
            _answer_core(client, letting["id"])
            homes.remove(home)
            done += 1
        if done == _LETTINGS:
            break
    return done


def _answer_core(client: httpx.Client, letting: str) -> None:
    path = f"{_HOUSING}/lettings/{letting}/core"
    log = client.get(path).raise_for_status().json()
    known, asked = log["answers"], {each["name"] for each in log["to_ask"]}
    told: dict[str, Any] = {}
    for name in asked:
        if name.startswith("ecstat"):
            age = known.get(f"age{name[6:]}", 30)
            told[name] = 5 if age >= 66 else 7 if name != "ecstat1" and age < 20 else 1
        elif name in _SAID:
            told[name] = _SAID[name]
    told |= {"incfreq": 1, "earnings": 250_00 if told.get("ecstat1") == 5 else 420_00}
    client.put(path, json={"answers": told}, headers={"If-Match": f'"{log["version"]}"'}).raise_for_status()


def _some(free: Mapping[int, Iterator[Row]], bedrooms: int, count: int) -> list[Row]:
    """Up to so many households that need such a home and have not been named yet."""
    found = free.get(bedrooms, iter(()))
    return [each for _, each in zip(range(count), found, strict=False)]


def _today(client: httpx.Client) -> date:
    found = client.get(f"{_HOUSING}/applications/waiting-times").raise_for_status().json()["on"]
    return date.fromisoformat(found)


def _items(client: httpx.Client, path: str) -> list[Row]:
    found: list[Row] = client.get(f"{_HOUSING}/{path}").raise_for_status().json()["items"]
    return found


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _post(
    client: httpx.Client, path: str, body: Row, *, version: int | None = None, may_be_refused: bool = False
) -> Any:
    headers = {"Idempotency-Key": str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:lettings:{path}:{body}"))}
    headers |= {"If-Match": f'"{version}"'} if version is not None else {}
    answer = client.post(f"{_HOUSING}/{path}", json=dict(body), headers=headers)
    if may_be_refused and answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
        return None
    return answer.raise_for_status().json()
