"""Funds: what stands in each pot, and its ledger in plain words."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from staff.charts import Chart, Group, grouped_bars
from staff.charts.scales import pounds
from staff.client import Part, Refused, SignInAgain
from staff.forms import Form
from staff.page import Page, SignedIn

router = APIRouter()
F: Final = "/v1/grants/funds"
KINDS: Final = {
    "ncil": "Neighbourhood levy from developers",
    "match": "Adds to what neighbours raise themselves",
    "endowment": "Is kept, and lasts",
    "lottery": "The local lottery",
    "hardship": "Help in a crisis",
}
STANDS: Final = {
    "available": "Free to give",
    "reserved": "Set aside for rounds",
    "awarded": "Promised to groups",
    "paid": "Paid out",
    "administration": "For running it",
    "strategic": "For the borough's works",
}
_ENTRIES: Final = {
    "receipt": "Money came in",
    "refund": "Money went back to where it came from",
    "reservation": "Set aside",
    "release": "Set free again",
    "award": "Promised to a group",
    "withdrawal": "A promise ended: free again",
    "payment": "Paid out",
    "recovery": "A group gave money back",
    "transfer": "Moved between funds",
}


async def act(
    page: Page,
    form: Form,
    path: str,
    body: Any,
    *,
    back: str,
    said: str,
    names: Mapping[str, str] | None = None,
    text: str = "",
) -> Response | None:
    """Sends a form on, unless it has mistakes. None: it has some now, and the page is to be shown again."""
    if form.errors:
        return None
    try:
        wrote = await page.post(path, body, key=form.key, if_match=form.version)
    except SignInAgain:
        raise
    except Refused as refused:
        if refused.status == 412:
            form.wrong("", "Somebody changed this before you. Look at how it stands now, then do it again.")
        else:
            form.refused(refused, names)
        return None
    return page.to(back, said=said, text=text, wrote=wrote, path=path)


@router.get("/funds")
async def funds(page: SignedIn) -> Response:
    """Every pot, and whether the whole ledger adds up."""
    found = await page.parts(funds=page.get(F, {"limit": 100}), proof=page.get(f"{F}/proof"))
    items = found["funds"].items
    return page.render("funds/list.html", kinds=KINDS, stands=STANDS, chart=_chart(items), **found)


def _chart(items: Sequence[dict[str, Any]]) -> Chart | None:
    if not items:
        return None
    names = ["Free to give", "Set aside or promised", "Paid out"]
    given = [
        Group(
            each["name"],
            [
                each["stands"]["available_pence"],
                each["stands"]["reserved_pence"] + each["stands"]["awarded_pence"],
                each["stands"]["paid_pence"],
            ],
        )
        for each in items
    ]
    free = sum(each["stands"]["available_pence"] for each in items)
    says = f"{pounds(free)} is free to give in {len(items)} funds together."
    return grouped_bars("funds", "What stands in each fund", says, names, given, written=pounds, label="Fund")


@router.get("/funds/{fund_id}")
async def fund(page: SignedIn, fund_id: UUID) -> Response:
    """One fund: where its money stands, each movement, and forms for money that comes or goes."""
    return await _one(page, fund_id)


async def _one(page: Page, fund_id: UUID, form: Form | None = None) -> Response:
    names, found = await asyncio.gather(
        page.names(),
        page.parts(
            fund=page.get(f"{F}/{fund_id}"),
            ledger=page.get(f"{F}/{fund_id}/ledger", {"limit": 100, "after": page.asked("after")}),
            funds=page.get(F, {"limit": 100}),
        ),
    )
    part: Part = found["fund"]
    if part.refused:
        raise part.refused
    entries = [movement(each, str(fund_id)) for each in found["ledger"].items]
    others = [each for each in found["funds"].items if each["id"] != str(fund_id)]
    context = {"entries": entries, "others": others, "kinds": KINDS, "stands": STANDS, **found}
    return page.render("funds/one.html", form, names=names, **context)


def movement(entry: Mapping[str, Any], fund_id: str) -> dict[str, Any]:
    """An entry of the ledger as one reads it: what happened, why, and what each place of this fund won or lost."""
    moved: dict[str, int] = {}
    for line in entry["lines"]:
        if line["fund_id"] == fund_id and line["account"] in STANDS:
            moved[line["account"]] = moved.get(line["account"], 0) + line["pence"]
    title = _ENTRIES.get(entry["kind"], str(entry["kind"]).capitalize())
    if entry["kind"] == "transfer" and moved:
        title = "Moved to another fund" if sum(moved.values()) < 0 else "Came from another fund"
    return {
        "number": entry["number"],
        "title": title,
        "why": entry["why"],
        "dated": entry["dated"],
        "by": entry["made_by"],
        "moved": moved,
    }


@router.post("/funds/{fund_id}/receipts")
async def enter_receipt(page: SignedIn, fund_id: UUID) -> Response:
    """Money that came in."""
    form = await page.form()
    body = {
        "pence": _amount(form, "pence"),
        "source": form.required("source", "Say who the money came from"),
        "reference": form.required("reference", "Enter the reference on the payment"),
        "received_on": _day(form),
    }
    back = f"/funds/{fund_id}"
    done = await act(page, form, f"{F}/{fund_id}/receipts", body, back=back, said="The money is entered")
    return done or await _one(page, fund_id, form)


@router.post("/funds/{fund_id}/transfers")
async def transfer(page: SignedIn, fund_id: UUID) -> Response:
    """Money to another fund."""
    form = await page.form()
    body = {
        "to_fund_id": form.required("to_fund_id", "Choose the fund that gets it"),
        "pence": _amount(form, "moved_pence"),
        "reference": form.required("moved_reference", "Enter a reference"),
        "why": form.required("why", "Say why the money moves"),
    }
    names = {"/pence": "moved_pence", "/reference": "moved_reference"}
    back = f"/funds/{fund_id}"
    done = await act(page, form, f"{F}/{fund_id}/transfers", body, back=back, said="The money is moved", names=names)
    return done or await _one(page, fund_id, form)


def _amount(form: Form, name: str) -> int:
    form.required(name, "Enter the amount in pounds")
    return form.pence(name, "The amount") or 0


def _day(form: Form) -> str:
    day = form.date("received_on", "The day it came in", must=True)
    return day.isoformat() if day else ""
