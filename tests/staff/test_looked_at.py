"""Pages judged by axe, at desk width and at 320 px, before a made-up gateway: seconds, and no platform to start.

`LOOK_AT=<folder>` keeps a picture of each, to be looked at.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from pydantic import HttpUrl, SecretStr

from kit.settings import StaffSettings
from staff.app import StaffApp
from staff.oidc import signed_in
from tests.staff.conftest import BODILESS, MadeUpGateway, refused
from tests.staff.test_casework_pages import ONE, approval, warning
from tests.staff.test_pages import CASE, HOME, KELLY, ME, case, family, person
from tests.staff.test_planning import GOAL, PLAN, STEP, plan
from tests.staff.tokens import token_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PLANS = f"/households/{HOME}/plans"
LATER = {"at": "2026-11-01T09:00:00Z", "day": "2026-11-20"}
HOMELESS: dict[str, Any] = {
    "id": CASE, "version": 3, "person_id": KELLY, "household_id": HOME, "contact_id": None, "made_on": "2026-10-20",
    "position": "assessing", "position_title": "Being found out", "position_since": "2026-10-20", "next_day": None,
    "days_left": None, "officer": ME, "closed_on": None, "clocks": [], "next_steps": [], "assessment": None,
    "where_tonight": "friends", "tonight": "ask", "suggested_priority": [], "members": [
        {"id": ONE, "person_id": KELLY, "role": "main_applicant", "born_on": "1988-06-21", "sex": "female",
         "pregnant": True, "baby_due_on": "2027-02-01", "care_leaver": False, "in_education": False},
        {"id": PLAN, "person_id": None, "role": "child", "born_on": "2017-02-03", "sex": "unknown", "pregnant": False,
         "baby_due_on": None, "care_leaver": False, "in_education": True}],
}  # fmt: skip
LOCK_OUT: dict[str, Any] = {
    "id": ONE, "version": 1, "case_id": CASE, "happened_on": "2026-11-01", "acts": ["locks_changed", "threats"],
    "words": "Her things are on the pavement", "reported_by": ME, "reported_at": LATER["at"], "due_at": LATER["at"],
    "overdue": True, "state": "reported", "escalated_at": None, "taken_by": None, "taken_at": None, "outcome": None,
    "outcome_words": None, "ended_at": None, "changed_at": LATER["at"],
}  # fmt: skip
CAMPAIGN: dict[str, Any] = {
    "id": ONE, "version": 2, "title": "A kitchen for the hall", "words": "So that we can cook together.",
    "group_name": "Friends of the hall", "ward": None, "target_pence": 500000, "pledged_pence": 212500, "backers": 31,
    "match_percent": 40, "match_most_pence": 200000, "reserved_pence": 200000, "match_pence": 0,
    "match_settled_at": None, "match_returned_reason": None, "to_go_pence": 87500, "closes_at": "2026-12-20T23:59:00Z",
    "state": "open", "checks": {"costed": True, "insurance": False}, "ended_at": None, "ended_reason": None,
    "made_at": LATER["at"], "allowed": ["withdrawn"],
}  # fmt: skip
FIGURE = {"source": "Census 2021", "measure": "one_parent", "title": "Households with one parent", "period": "2021",
          "unit": "people", "value": 420, "hidden": False}  # fmt: skip
PACK: dict[str, Any] = {
    "id": ONE, "panel_id": PLAN, "sha256": "ab" * 32, "made_at": LATER["at"], "content": {
        "panel_id": PLAN, "made_on": "2026-11-01", "fewest_shown": 10, "rounded_to": 5, "wards": [
            {"ward": ward, "figures": [{**FIGURE, "value": value, "hidden": value is None}],
             "past_grants": {"awards": 2, "pence": 1234500}}
            for ward, value in (("E05014053", 420), ("E05014054", None), ("E05014055", 365))]},
}  # fmt: skip


def _answers(gateway: MadeUpGateway) -> None:
    on = gateway.on
    planned = plan(state="agreed", changed_since_agreed=True)
    family(gateway, plans=[planned], warnings=[warning(state="standing", review_overdue=True)])
    on(
        "GET /v1/workers",
        {
            "items": [{"worker_id": ME, "name": "Tom Abiola", "active": True, "roles": ["universal_worker"]}],
            "next": None,
        },
    )
    names = [{"id": KELLY, "names": person(KELLY, "Kelly", "Pike", "1988-06-21")["names"]}]
    on("GET /v1/casefile/people/names", names)
    on("GET /v1/casefile/cases/{id}", case())
    on("GET /v1/casefile/plans/{id}", plan(state="agreed", changed_since_agreed=True, review_on=LATER["day"]))
    left = [{"kind": "goals", "id": GOAL, "why": "telling_words", "telling": ["court"]}]
    on("GET /v1/casefile/plans/{id}/shared-copy", {"shared": {}, "left_out": left})
    agreed = {"number": 1, "how": "phone", "whole": True, "words": "Fine", "recorded_by": ME, "agreed_at": LATER["at"],
              "intact": True, "goals": [], "actions": []}  # fmt: skip
    on("GET /v1/casefile/plans/{id}/agreements", {"items": [agreed], "next": None})
    on("PATCH /v1/casefile/plans/{id}/actions/{id}", lambda _: refused(412, "changed"))
    on("GET /v1/casefile/warnings/{id}", warning())
    on("GET /v1/casefile/approvals", {"items": [approval(), approval(id=STEP, kind="closing")], "next": None})
    on("GET /v1/casefile/approvals/{id}", approval())
    on("GET /v1/housing/homelessness-cases/{id}", HOMELESS)
    on("GET /v1/housing/illegal-evictions", {"items": [LOCK_OUT, {**LOCK_OUT, "state": "taken", "taken_by": ME}]})
    on("GET /v1/grants/campaign-drafts", {"items": [CAMPAIGN, {**CAMPAIGN, "state": "draft"}], "next": None})
    on("GET /v1/grants/campaign-drafts/{id}", {**CAMPAIGN, "state": "draft"})
    on("GET /v1/grants/campaigns", {"items": [CAMPAIGN], "next": None})
    on("GET /v1/grants/campaigns/{id}", CAMPAIGN)
    on("GET /v1/grants/funds", {"items": [{"kind": "match", "code": "match", "name": "Match fund"}], "next": None})
    on("GET /v1/grants/panels/{id}", {"id": PLAN, "title": "The 2026 panel"})
    on("GET /v1/grants/panels/{id}/evidence/{id}", PACK)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The pages, served for a browser, with the made-up gateway behind them."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    here = f"http://127.0.0.1:{port}"
    app = StaffApp(
        StaffSettings(
            environment="test",
            secret_key=SecretStr("s" * 40),
            gateway_url=HttpUrl("http://gateway.test"),
            staff_url=here,
        )
    )
    gateway = MadeUpGateway()
    _answers(gateway)
    app.pages.state.gateway = gateway
    app.pages.state.routes.learn(BODILESS)
    _SERVED[here] = app
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    yield here
    server.should_exit = True
    thread.join(10)


_SERVED: dict[str, StaffApp] = {}


def _opened(browser: "Browser", address: str, role: str, path: str) -> "Page":
    context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
    session = signed_in({"access_token": token_of(role, "Tom Abiola")})
    for each in _SERVED[address].seal.fields(session):
        name, _, rest = each.decode().partition("=")
        if value := rest.partition(";")[0]:
            context.add_cookies([{"name": name, "value": value, "url": address}])
    page = context.new_page()
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == 200, f"{path}: {answer.status}"
    return page


def _judged(page: "Page", name: str) -> None:
    """Axe at desk width and at 320 px; a picture of both when one wants to look."""
    from tests.staff.browsing import axe, narrow

    folder = os.environ.get("LOOK_AT")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    axe(page)
    narrow(page)
    if folder:
        page.screenshot(path=Path(folder) / f"{name}-320.png", full_page=True)


PAGES = {
    "plan": ("universal_worker", f"/households/{HOME}/plan"),
    "plan-new": ("universal_worker", f"{PLANS}/new"),
    "plan-work": ("universal_worker", f"{PLANS}/{PLAN}"),
    "plan-matters": ("universal_worker", f"{PLANS}/{PLAN}/what-matters"),
    "plan-goal": ("universal_worker", f"{PLANS}/{PLAN}/goals/{GOAL}"),
    "plan-step": ("universal_worker", f"{PLANS}/{PLAN}/actions/{STEP}"),
    "plan-agree": ("universal_worker", f"{PLANS}/{PLAN}/agree"),
    "plan-end": ("universal_worker", f"{PLANS}/{PLAN}/end"),
    "glance": ("universal_worker", f"/households/{HOME}"),
    "approvals": ("manager", "/approvals"),
    "approval": ("manager", f"/approvals/{ONE}"),
    "approval-mine": ("universal_worker", f"/approvals/{ONE}"),
    "approval-ask": ("universal_worker", f"/cases/{CASE}/approvals/new"),
    "warnings": ("manager", "/warnings"),
    "warning": ("manager", f"/warnings/{ONE}"),
    "warning-new": ("universal_worker", f"/households/{HOME}/warnings/new"),
    "homeless-household": ("housing_officer", f"/homelessness/{CASE}/household"),
    "lock-out": ("housing_officer", f"/homelessness/{CASE}/lock-outs"),
    "lock-outs": ("housing_officer", "/lock-outs"),
    "campaigns": ("grants_officer", "/campaigns"),
    "campaign": ("grants_officer", f"/campaigns/{ONE}"),
    "campaign-new": ("grants_officer", "/campaigns/new"),
    "public-campaigns": ("grants_officer", "/public/campaigns"),
    "public-campaign": ("grants_officer", f"/public/campaigns/{ONE}"),
    "evidence": ("grants_officer", f"/panels/{PLAN}/evidence/{ONE}"),
    "public-evidence": ("grants_officer", f"/public/panels/{PLAN}/evidence/{ONE}"),
    "figures": ("grants_officer", "/evidence"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(browser: "Browser", address: str, name: str) -> None:
    page = _opened(browser, address, *PAGES[name])
    _judged(page, name)
    page.context.close()


MISTAKEN = {
    "plan-new": "Begin the plan",
    "plan-step": "Keep the step",
    "plan-agree": "They agree",
    "plan-end": "End the plan",
    "approval": "Return it",
    "approval-ask": "Ask",
    "warning": "Decide",
    "warning-new": "Propose it",
    "homeless-household": "Keep the household",
    "lock-out": "Report it to enforcement",
    "campaign": "Keep it",
    "campaign-new": "Draw it up",
    "figures": "Give the figures",
}


@pytest.mark.parametrize("name", MISTAKEN)
def test_so_it_is_with_mistakes_which_the_summary_leads_to(browser: "Browser", address: str, name: str) -> None:
    page = _opened(browser, address, *PAGES[name])
    page.evaluate("document.querySelectorAll('main input:checked').forEach(each => { each.checked = false })")
    page.get_by_role("button", name=MISTAKEN[name], exact=True).click()
    page.wait_for_selector(".govuk-error-summary")
    assert page.title().startswith("Error: ")
    for link in page.locator(".govuk-error-summary__list a").all():
        field = (link.get_attribute("href") or "")[1:]
        assert page.locator(f"[id='{field}']").count() == 1, f"{name}: nothing has the id {field}"
    _judged(page, f"{name}-mistaken")
    page.context.close()
