"""Temporary accommodation: how many through time and in what, who must leave bed and breakfast, stays and placing."""

import asyncio
from datetime import date
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kit.clock import months_after, today
from staff.charts import Chart, stacked_areas
from staff.client import Refused, an_id
from staff.forms import Form
from staff.page import Page, SignedIn
from staff.pages.contacts.choices import choices
from staff.pages.contacts.people import names_of
from staff.words import short_day

router = APIRouter()

STAYS: Final = "/v1/housing/placements"
HOMES: Final = "/v1/housing/temporary-homes"
SPANS: Final = {
    "month": ("By month, a year", 12),
    "quarter": ("By quarter, three years", 36),
    "week": ("By week, a quarter", 3),
}
DUTIES: Final = choices(
    [
        ("interim_188", "While we look into it (section 188)"),
        ("relief_189b", "Relief (section 189B)"),
        ("main_193", "Main duty (section 193)"),
        ("intentional_190", "Intentionally homeless (section 190)"),
        ("non_cooperation_193c", "After non-cooperation (section 193C)"),
        ("referral_200", "Referred to another council (sections 199A and 200)"),
        ("pending_review_188_3", "While a review is decided (section 188(3))"),
        ("pending_appeal_204_4", "While an appeal is decided (section 204(4))"),
    ]
)
ENDS: Final = choices(
    [
        ("private_rented_home", "They have a private home"),
        ("supported_housing", "They have supported housing"),
        ("family_or_friends", "They live with family or friends"),
        ("duty_ended", "The duty ended"),
        ("left_of_their_own", "They left of their own accord"),
        ("asked_to_leave", "They were asked to leave"),
        ("contact_lost", "Contact was lost"),
        ("died", "They died"),
        ("recorded_by_mistake", "It was recorded by mistake"),
    ]
)


@router.get("/placements")
async def dashboard(page: SignedIn) -> Response:
    """How many households, in which kind of home, through time; what must be done this week."""
    every = page.asked("every") or "month"
    every = every if every in SPANS else "month"
    last = today()
    span = {"since": months_after(last, -SPANS[every][1]).isoformat(), "until": last.isoformat(), "every": every}
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            board=page.get(f"{STAYS}/dashboard", span),
            alarms=page.get(f"{STAYS}/alarms", {"limit": 50}),
            notices=page.get(f"{STAYS}/notices", {"limit": 50}),
            voids=page.get(f"{HOMES}/voids", {"limit": 50}),
            stays=page.get(STAYS, {"on": last.isoformat(), "limit": 50}),
        ),
    )
    rows = found["stays"].items
    people = await names_of(page, [each["person_id"] for each in rows])
    days = found["board"].body["days"] if found["board"].ok else []
    return page.render(
        "placements/dashboard.html",
        names=names,
        people=people,
        who_stays={each["household_id"]: people.get(each["person_id"], "") for each in rows},
        chart=_chart(days),
        day=days[-1] if days else None,
        every=every,
        spans=[(code, text) for code, (text, _) in SPANS.items()],
        **found,
    )


def _chart(days: list[dict[str, Any]]) -> Chart | None:
    """Households by kind through time; None where there is nothing to draw."""
    if not days:
        return None
    kinds = [(each["kind"], each["title"]) for each in days[-1]["kinds"]]
    series = [
        (title, [next(k["households"] for k in each["kinds"] if k["kind"] == kind) for each in days])
        for kind, title in kinds
    ]
    shown = [(title, figures) for title, figures in series if any(figures)] or series[:1]
    now, before = days[-1]["households"], days[0]["households"]
    says = (
        f"{now} households on {short_day(days[-1]['day'])}, {before} on {short_day(days[0]['day'])}; "
        f"{days[-1]['bed_and_breakfast']} of them in bed and breakfast now."
    )
    return stacked_areas(
        "placements",
        "Households in temporary accommodation",
        says,
        [_step(each["day"]) for each in days],
        shown,
        label="On the night of",
        whole="All",
    )


def _step(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.day} {when:%b %y}"


@router.get("/placements/stays")
async def stays(page: SignedIn) -> Response:
    """Every stay, in order of entering."""
    asked = {
        "kind": page.asked("kind"),
        "family": page.asked("family"),
        "past_six_weeks": page.asked("past"),
        "on": today().isoformat() if page.asked("now") else None,
    }
    names, found = await asyncio.gather(
        page.names(), page.parts(stays=page.get(STAYS, {**asked, "limit": 50, "after": page.asked("after")}))
    )
    people = await names_of(page, [each["person_id"] for each in found["stays"].items])
    after = found["stays"].next
    kept = {name: page.asked(name) for name in ("kind", "family", "past", "now")}
    return page.render(
        "placements/stays.html",
        names=names,
        people=people,
        kept=kept,
        **page.turning("/placements/stays", kept, after),
        **found,
    )


@router.get("/placements/new")
async def new(page: SignedIn) -> Response:
    """A household enters a temporary home."""
    return await _new(page, Form(start={"case": page.asked("case") or "", "duty": "interim_188"}))


async def _new(page: Page, form: Form) -> Response:
    case_id = form.text("case")
    entered = form.date("entered", "The day") or today()
    asked = {"homes": page.get(HOMES, {"free_on": entered.isoformat(), "limit": 100})}
    if case_id:
        asked["case"] = page.get(f"/v1/housing/homelessness-cases/{an_id(case_id)}")
    found = await page.parts(**asked)
    case = found["case"].body if case_id else None
    people = await names_of(page, [case["person_id"]] if case else [])
    if not form.sent and case:
        children = sum(each["role"] == "child" for each in case["members"])
        pregnant = any(each["pregnant"] for each in case["members"])
        day = today()
        start = {"case": case_id, "children": str(children), "pregnant": "yes" if pregnant else "no"}
        start |= {"entered-day": str(day.day), "entered-month": str(day.month), "entered-year": str(day.year)}
        start["duty"] = {"main": "main_193", "relief": "relief_189b"}.get(case["position"], "interim_188")
        form = Form(start=start)
    person = people.get(case["person_id"] or "", "") if case else ""
    return page.render("placements/new.html", form, the_case=case, person=person, duties=DUTIES, homes=found["homes"])


@router.post("/placements/new")
async def place(page: SignedIn) -> Response:
    """Places them. Bed and breakfast for a family only with a word of what else was looked for."""
    form = await page.form()
    entered = form.date("entered", "The day they enter", must=True)
    home = form.required("home", "Choose the home")
    children = form.whole("children", "The number of children")
    if children is None and form.error("children") is None:
        form.wrong("children", "Enter how many children, 0 if there are none")
    if form.errors:
        return await _new(page, form)
    case = await page.get(f"/v1/housing/homelessness-cases/{an_id(form.text('case'))}")
    body = {
        "household_id": case["household_id"],
        "person_id": case["person_id"],
        "case_id": case["id"],
        "duty": form.text("duty"),
        "home_id": home,
        "entered_on": entered.isoformat() if entered else None,
        "children": children,
        "pregnant": form.text("pregnant") == "yes",
        "nothing_else": form.text("nothing_else") or None,
        "sealed": form.has("sealed"),
        "agreed_by_parent": {"yes": True, "no": False}.get(form.text("agreed_by_parent")),
    }
    try:
        wrote = await page.post(STAYS, body, key=form.key)
    except Refused as refused:
        form.refused(refused, {"/entered_on": "entered-day", "/home_id": "home"})
        return await _new(page, form)
    return page.to(f"/placements/{wrote['id']}", said="They are placed", wrote=wrote, path=STAYS)


@router.get("/placements/{placement_id}")
async def stay(page: SignedIn, placement_id: UUID) -> Response:
    """One stay: days left in bed and breakfast, alarms, who is to be told, what it costs."""
    return await _one(page, placement_id, Form())


async def _one(page: Page, placement_id: UUID, form: Form) -> Response:
    answer, names, homes = await asyncio.gather(
        page.get(f"{STAYS}/{placement_id}"),
        page.names(),
        page.part(page.get(HOMES, {"free_on": today().isoformat(), "limit": 100})),
    )
    home, people = await asyncio.gather(
        page.part(page.get(f"{HOMES}/{answer['home_id']}")), names_of(page, [answer["person_id"]])
    )
    return page.render(
        "placements/one.html",
        form,
        stay=answer.body,
        version=answer.etag,
        names=names,
        person=people.get(answer["person_id"], ""),
        home=home,
        homes=homes,
        ends=ENDS,
        duties={each["value"]: each["text"] for each in DUTIES},
    )


@router.post("/placements/{placement_id}")
async def work(page: SignedIn, placement_id: UUID) -> Response:
    """They move or leave; an alarm or a notice is answered: as the form says."""
    form = await page.form()
    here = f"{STAYS}/{placement_id}"
    does = form.text("does")
    body: dict[str, Any]
    if does == "ends":
        left = form.date("left", "The day they left", must=True)
        body = {"left_on": left.isoformat() if left else None, "reason": form.required("reason", "Choose why")}
    elif does == "moves":
        moved = form.date("moved", "The day they move", must=True)
        body = {
            "home_id": form.required("move_to", "Choose the home"),
            "moved_on": moved.isoformat() if moved else None,
        }
        body["nothing_else"] = form.text("nothing_else") or None
    elif does == "alarm":
        here += f"/alarms/{int(form.text('day'))}"
        does, body = "answers", {"answer": form.required("answer", "Write what is done so that they leave in time")}
    elif does == "notice":
        here += f"/notices/{UUID(form.text('notice'))}"
        body = {"sent_on": today().isoformat(), "sent_to": form.required("sent_to", "Write to whom it was sent")}
        if form.has("not_needed_because"):
            body = {"not_needed": form.text("not_needed_because")} if form.text("not_needed_because") else body
        does = "answers"
    else:
        raise Refused(404, "not-found", "Page not found", "There is no page at this address.")
    if not form.errors:
        try:
            wrote = await page.post(f"{here}/{does}", body, if_match=form.version)
            return page.to(f"/placements/{wrote['id']}", said="Recorded", wrote=wrote, path=STAYS)
        except Refused as refused:
            form.refused(refused, {"/left_on": "left-day", "/moved_on": "moved-day", "/home_id": "move_to"})
    return await _one(page, placement_id, form)
