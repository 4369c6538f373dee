"""The demo: homes and the housing register, from the borough's extracts, by the doors a council migrates through.

Some four hundred homes by CSV; two hundred households who wait, first into casefile, then with casefile's ids onto the
register. What the extract of the register does not tell (children, where they live, what they earn) is made up from
the reference, so every start means the same. Again changes nothing.
"""

import csv
import hashlib
import io
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import httpx

_SOURCE: Final = "housing_register"
_HOMES: Final = 400
_HOUSEHOLDS: Final = 200
_MARKET: Final = (25_500, 32_000, 38_500, 46_000, 56_000, 62_000)
"""Market rents in pence a week by bedrooms: made up, about what outer east London asks."""
_VALUES_1999: Final = (38_000_00, 46_000_00, 58_000_00, 72_000_00, 85_000_00, 94_000_00)
_TENURES: Final = (*["private_rent"] * 9, *["council_tenant"] * 5, *["housing_association_tenant"] * 2)
_OTHER_TENURES: Final = (*["family_or_friends"] * 3, "temporary_accommodation")
_GIVEN: Final = "Maya Noah Amira Leo Zara Sami Ruby Idris Ella Kofi Nadia Finn Hana Omar Grace Tariq Ines Luca".split()
_PATIENCE_SECONDS: Final = 20.0

Row = Mapping[str, str]


def load_homes_and_register(gateway: str, say: Callable[[str], None]) -> None:
    """Put them in, unless there are homes already. Raises httpx.HTTPStatusError if a door refuses."""
    folder = _borough()
    if folder is None:
        return
    with httpx.Client(base_url=gateway, timeout=30, trust_env=False) as client:
        _sign_in(client, "administrator", "data_migration")
        # What is sent last says whether all of it was.
        if client.get("/v1/housing/loads?kind=applications").raise_for_status().json()["items"]:
            return
        today = date.fromisoformat(client.get("/v1/housing/applications/waiting-times").raise_for_status().json()["on"])
        waiting = _read(folder / "register.csv")[:_HOUSEHOLDS]
        people = [person for row in waiting for person in _people(row, today)]
        job = _send(client, "/v1/casefile/imports", "text/csv", _csv(people))["job_id"]
        # Meanwhile, for the households wait for casefile's ids.
        homes = [_home(number, row, today) for number, row in enumerate(_let_by_landlords(folder))]
        _send(client, "/v1/housing/homes/loads", "text/csv", _csv(homes))
        _wait(client, f"/v1/casefile/jobs/{job}")
        known = _known(client)
        lines = [
            json.dumps(_application(row, known, today)) for row in waiting if f"{row['application_ref']}/0" in known
        ]
        _send(client, "/v1/housing/applications/loads", "application/x-ndjson", "\n".join(lines))
    say(f"{len(homes)} homes, and {len(lines)} households on their way onto the housing register")


# The files ------------------------------------------------------------------------------------------------


def _borough() -> Path | None:
    """The extracts of the borough that was loaded last."""
    from demo.loading import KEPT

    found = sorted(KEPT.glob("*/register.csv"), key=lambda path: path.stat().st_mtime)
    return found[-1].parent if found else None


def _read(path: Path) -> list[Row]:
    with path.open(newline="") as content:
        return list(csv.DictReader(content))


def _let_by_landlords(folder: Path) -> list[Row]:
    """Homes of the council and of housing associations from all over the borough."""
    found = [row for row in _read(folder / "housing_stock.csv") if row["landlord"]]
    return found[:: max(1, len(found) // _HOMES)][:_HOMES]


def _csv(rows: Sequence[Mapping[str, Any]]) -> str:
    out = io.StringIO(newline="")
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _lot(of: str, what: str, sides: int) -> int:
    """A throw of a die that falls the same way each time."""
    return int.from_bytes(hashlib.sha256(f"{what}:{of}".encode()).digest()[:4]) % sides


# Homes ----------------------------------------------------------------------------------------------------


def _home(number: int, row: Row, today: date) -> dict[str, Any]:
    uprn, bedrooms = row["uprn"], min(5, int(row["bedrooms"]))
    flat = row["building"] in {"flat", "converted"} or row["address"].startswith("Flat ")
    floor = _lot(uprn, "floor", 6) if flat else 0
    home = {
        "uprn": uprn,
        "address": row["address"],
        "postcode": row["postcode"],
        "ward": row["ward_code"],
        "kind": "flat" if flat else "house",
        "building": "converted" if row["building"] == "converted" else "purpose_built",
        "bedrooms": bedrooms,
        "floor": floor,
        "lift": "true" if floor > 2 else "false",
        "access": "step_free" if floor > 2 or _lot(uprn, "access", 5) == 0 else "general",
        "energy_rating": row["energy_rating"],
        "market_rent_week_pence": _MARKET[bedrooms],
        "value_1999_pence": _VALUES_1999[bedrooms],
        "service_charge_week_pence": 850 if flat else 0,
        **_landlord(row, uprn),
    }
    if row["temporary_accommodation"] == "Y":
        return home | {"state": "temporary"}
    if number % 10:
        return home | {"state": "let", "let_on": (today - timedelta(days=400 + _lot(uprn, "let", 4000))).isoformat()}
    since = today - timedelta(days=3 + _lot(uprn, "void", 40))
    why = ("to_private", "died_no_succession", "internal_transfer", "to_care_home")[_lot(uprn, "why", 4)]
    state = ("available", "available", "works", "void")[number // 10 % 4]
    return home | {"state": state, "void_since": since.isoformat(), "vacancy": why}


def _landlord(row: Row, uprn: str) -> dict[str, Any]:
    if row["landlord"] != "council":
        regime = "social" if _lot(uprn, "rent", 3) else "london_affordable"
        return {"landlord": "housing_association", "landlord_name": "Riverside Homes (made up)", "rent_regime": regime}
    if _lot(uprn, "reside", 7) == 0:
        return {"landlord": "reside", "rent_regime": f"market_{(50, 60, 80)[_lot(uprn, 'rent', 3)]}"}
    return {"landlord": "council", "rent_regime": "london_affordable" if _lot(uprn, "rent", 8) == 0 else "social"}


# Households -----------------------------------------------------------------------------------------------


def _children(row: Row, today: date) -> list[tuple[str, str]]:
    """Sex and day of birth of as many as the extract's bedrooms tell of."""
    reference, rooms = row["application_ref"], int(row["bedrooms_needed"])
    count = max(0, 2 * (rooms - 1) - _lot(reference, "odd", 2))
    found = []
    for number in range(count):
        lot = f"{reference}/{number}"
        born = today - timedelta(days=200 + _lot(lot, "born", 17 * 365))
        found.append((("female", "male")[_lot(lot, "sex", 2)], born.isoformat()))
    return found


def _people(row: Row, today: date) -> Iterable[dict[str, str]]:
    reference = row["application_ref"]
    fixed = {"source": _SOURCE, "household_reference": reference, "family": row["surname"]}
    home = {"address": row["address"].replace(", ", ";"), "postcode": row["postcode"]}
    yield fixed | home | {"reference": f"{reference}/0", "given": row["forename"], "date_of_birth": row["dob"]}
    for number, (_, born) in enumerate(_children(row, today), 1):
        given = _GIVEN[_lot(f"{reference}/{number}", "given", len(_GIVEN))]
        yield fixed | home | {"reference": f"{reference}/{number}", "given": given, "date_of_birth": born}


def _application(row: Row, known: Mapping[str, tuple[str, str]], today: date) -> dict[str, Any]:
    reference = row["application_ref"]
    applicant, household = known[f"{reference}/0"]
    members: list[dict[str, Any]] = [
        {
            "person_id": applicant,
            "born": row["dob"],
            "sex": ("female", "male")[_lot(reference, "sex", 2)],
            "place": "applicant",
        }
    ]
    for number, (sex, born) in enumerate(_children(row, today), 1):
        child = known.get(f"{reference}/{number}")
        members.append({"person_id": child and child[0], "born": born, "sex": sex, "relation": "child"})
    return {
        "source_reference": reference,
        "household_id": household,
        "applied_on": row["applied_on"],
        "channel": "load",
        "members": members,
        "circumstances": _circumstances(row, today),
        "verified": True,
    }


def _circumstances(row: Row, today: date) -> dict[str, Any]:
    reference = row["application_ref"]
    lacking = {"A": 3, "B": 2, "C": 1}[row["band"]]
    tenures = (*_TENURES, *_OTHER_TENURES)
    applied = date.fromisoformat(row["applied_on"])
    here: date | None = applied - timedelta(days=1200 + _lot(reference, "here", 6000))
    if _lot(reference, "unknown", 20) == 0:
        # Nobody asked yet: the application waits for an officer.
        here = None
    elif _lot(reference, "new here", 25) == 0:
        here = today - timedelta(days=300)
    return {
        "tenure": tenures[_lot(reference, "tenure", len(tenures))],
        "bedrooms_now": max(0, int(row["bedrooms_needed"]) - lacking),
        "resident_since": here.isoformat() if here else None,
        "eligible": True,
        "income_year_pence": (12_000 + 500 * _lot(reference, "income", 70)) * 100,
        "capital_pence": _lot(reference, "capital", 60) * 100_00,
        "owned_within_5_years": False,
        "other_register": False,
        "arrears_weeks": _lot(reference, "arrears", 4) if _lot(reference, "owes", 4) == 0 else 0,
        "hardship": _lot(reference, "hardship", 12) == 0,
        "armed_forces": _lot(reference, "forces", 40) == 0,
        "care_leaver": False,
    }


# The doors ------------------------------------------------------------------------------------------------


def _sign_in(client: httpx.Client, role: str, purpose: str) -> None:
    token = client.post("/demo/token", json={"role": role}).raise_for_status().json()["access_token"]
    client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": purpose})


def _send(client: httpx.Client, path: str, form: str, content: str) -> dict[str, Any]:
    digest = hashlib.sha256(content.encode()).hexdigest()
    key = str(uuid5(NAMESPACE_URL, f"urn:newstart:demo:register:{path}:{digest}"))
    headers = {"Content-Type": form, "Idempotency-Key": key}
    sent: dict[str, Any] = client.post(path, content=content.encode(), headers=headers).raise_for_status().json()
    return sent


def _wait(client: httpx.Client, job: str) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS
    while client.get(job).raise_for_status().json()["state"] not in {"succeeded", "failed"}:
        if time.monotonic() > until:
            return
        time.sleep(0.1)


def _known(client: httpx.Client) -> dict[str, tuple[str, str]]:
    """Casefile's ids of everybody of the register, by their references."""
    found: dict[str, tuple[str, str]] = {}
    asked: dict[str, str] = {"source": _SOURCE, "limit": "200"}
    while True:
        page = client.get("/v1/casefile/imports/people", params=asked).raise_for_status().json()
        for each in page["items"]:
            if each["household_id"] is not None:
                found[each["reference"]] = (each["person_id"], each["household_id"])
        if page["next"] is None:
            return found
        asked["after"] = page["next"]
