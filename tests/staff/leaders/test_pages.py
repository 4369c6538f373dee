"""What the pages of leaders, analysts and those who watch must say, before a made-up gateway."""

from typing import Any

from staff.pages.insight import _short
from tests.staff.conftest import staff_app

ID = "01a2035b-bcdd-7a93-9bff-91d0d7137be6"
NOBODY: dict[str, Any] = {"count": None, "of": None, "percent": None, "interval": None}


def measure(code: str, total: dict[str, Any], rows: dict[str, Any]) -> dict[str, Any]:
    told = {"code": code, "title": code.replace("_", " ").capitalize(), "words": "What it is.", "unit": "households"}
    return {"measure": {**told, "caveats": ["Careful."]}, "total": total, "rows": rows}


async def test_a_measure_shows_its_interval_and_never_a_few() -> None:
    async with staff_app() as staff:
        staff.sign_in("board_member", "Joan Webb")
        many = {"count": 120, "of": None, "percent": None, "interval": [99.5, 143.5]}
        body = {
            "quarter": "2027-01-01",
            "until": "2027-03-31",
            "by": "ward",
            "method": "Counted.",
            "closed_at": "2027-04-21T09:00:00Z",
            "wards": {"E05014053": "Abbey"},
            "measures": [
                measure(
                    "duties_owed",
                    many,
                    dict.fromkeys(["E05014053", "E05014055", "E05014056"], many) | {"E05014054": NOBODY},
                )
            ],
            "savings": [],
            "savings_method": "",
        }
        staff.gateway.on("GET /v1/risk/measures", body)
        staff.gateway.on("GET /v1/risk/packs", {"items": [], "next": None})
        page = (await staff.get("/measures?by=ward")).text
        assert "120" in page
        assert "(100 to 144)" in page.replace("\n", "")
        assert "too few to show" in page
        assert "Abbey" in page
        # Thirty pictures at once are slow and help nobody: each measure's is on a page of its own.
        assert "<svg" not in page
        assert 'href="/measures/duties_owed/by/ward"' in page
        apart = (await staff.get("/measures/duties_owed/by/ward")).text
        [asked] = [each for each in staff.gateway.asked_for("GET /v1/risk/measures") if "measure" in each.query]
        assert asked.query["measure"] == ["duties_owed"]
        assert "<svg" in apart
        assert "too few to show" in apart
        assert (await staff.get("/measures/duties_owed/by/shoe_size")).status_code == 404


async def test_broken_glass_is_reviewed_with_what_was_found() -> None:
    async with staff_app() as staff:
        staff.sign_in("manager", "Hannah Price")
        glass = {
            "id": ID,
            "worker": "w1",
            "reason": "An ambulance asks.",
            "purpose": "safeguarding",
            "broken_at": "2026-11-22T14:00:00Z",
            "until": "2026-11-22T15:00:00Z",
            "reads": 2,
            "manager": None,
            "review_due": "2026-11-25",
            "verdict": None,
        }
        staff.gateway.on("GET /v1/casefile/access/broken-glass/{id}", glass)
        page = await staff.post(f"/reads/broken-glass/{ID}", {"verdict": "needed"})
        assert page.status_code == 422
        assert "Say what you looked at" in page.text
        staff.gateway.on("POST /v1/casefile/access/broken-glass/{id}/review", glass)
        said = {"verdict": "needed", "note": "I rang the crew.", "version": '"1"'}
        assert (await staff.post(f"/reads/broken-glass/{ID}", said)).headers["location"] == "/reads"
        [asked] = staff.gateway.asked_for("POST /v1/casefile/access/broken-glass/{id}/review")
        assert (asked.body, asked.fields["If-Match"]) == ({"verdict": "needed", "note": "I rang the crew."}, '"1"')


async def test_the_whole_record_is_reckoned_through_only_when_asked() -> None:
    """It costs more the longer the record is: no page does it by the way."""
    async with staff_app() as staff:
        staff.sign_in("information_governance_lead", "Grace Osei")
        none = {"items": [], "next": None}
        staff.gateway.on("GET /v1/casefile/access/broken-glass", none)
        staff.gateway.on("GET /v1/casefile/access/alerts", none)
        row = {"service": "risk", "entries": 1204, "sealed_at": "2026-11-22T14:00:00Z", "first_break": 7, "missing": 0}
        staff.gateway.on("GET /v1/casefile/access/chains", [row])
        page = await staff.get("/reads")
        assert "Check the whole record" in page.text
        assert staff.gateway.asked_for("GET /v1/casefile/access/chains") == []
        checked = await staff.post("/reads/chains", {})
        assert checked.status_code == 200
        assert "1,204" in checked.text
        assert "Broken at 7" in checked.text


async def test_what_is_wrong_with_the_platform_comes_first() -> None:
    async with staff_app() as staff:
        staff.sign_in("operations", "Olu Martins")
        well = dict.fromkeys(
            "outbox_waiting outbox_oldest_seconds dead_letters jobs_running jobs_queued alarms_overdue".split(), 0
        )
        sick = {**well, "version": "1", "dead_letters": 3}
        nothing = dict.fromkeys("waiting oldest_seconds dead disabled_failing in_waiting in_dead".split(), 0)
        services = [
            {"service": "risk", "up": True, "standing": sick},
            {"service": "grants", "up": False, "standing": None},
        ]
        health = {"services": services, "consumers": [], "webhooks": nothing, "seen_at": "2026-11-22T14:00:00Z"}
        staff.gateway.on("GET /v1/ops/health", health)
        page = (await staff.get("/operations")).text
        assert page.index("grants does not answer") < page.index("risk: events could not take effect")
        assert "All is well" not in page


def test_two_wards_that_begin_alike_have_letters_of_their_own_on_the_map() -> None:
    names = ["Eastbrook & Rush Green", "Eastbury", "Abbey"]
    assert [_short(each, names) for each in names] == ["EAR", "EAU", "ABB"]
