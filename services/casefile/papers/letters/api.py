"""The HTTP door of letters. A letter is printed by a POST, so that no name ever stands in an address."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit.web.pages import Page, Paging
from kit.web.preconditions import Expected, set_etag
from kit.web.routing import Unit, UnitRoute, may
from services.casefile.papers.letters import commands, domain, printing, queries, rows
from services.casefile.papers.letters.domain import How
from services.casefile.papers.letters.rows import LetterView
from services.casefile.papers.orders import PDF, PrintOrder, as_pdf

router = APIRouter(route_class=UnitRoute, tags=["letters"])

Field120 = Annotated[str, StringConstraints(max_length=domain.LONGEST_FIELD)]


class TemplateView(BaseModel):
    """A kind of letter: its words with what must be filled in."""

    code: str
    title: str
    paragraphs: list[str]
    fields: dict[str, str] = Field(description="Name to kind: text, date, amount or phone")


class NewLetter(BaseModel):
    """A letter to somebody."""

    model_config = ConfigDict(extra="forbid")

    person_id: UUID
    template: str = Field(max_length=64)
    fields: dict[str, Field120] = Field(default_factory=dict, max_length=20)
    own_words: Annotated[str, StringConstraints(max_length=domain.LONGEST_WORDS)] = ""
    how: How = How.BY_HAND


class Sent(BaseModel):
    """It went."""

    model_config = ConfigDict(extra="forbid")

    sent_on: date


@router.get("/letter-templates", **may("casefile.letter.read"))
async def list_letter_templates(unit: Unit) -> list[TemplateView]:
    """The letters there are."""
    return [
        TemplateView(code=each.code, title=each.title, paragraphs=list(each.paragraphs), fields=dict(each.fields))
        for each in domain.TEMPLATES.values()
    ]


@router.post("/letters", status_code=201, **may("casefile.letter.write", keyed=True, refusals=(404,)))
async def write_letter(unit: Unit, response: Response, letter: NewLetter) -> LetterView:
    """Write a letter from a template. By post only where that is safe for them: 409 with the reason otherwise."""
    row = await commands.write(unit, letter.person_id, letter.template, letter.fields, letter.own_words, letter.how)
    response.headers["Location"] = f"/v1/casefile/letters/{row.id}"
    set_etag(response, row.version)
    return rows.shown(row)


@router.get("/letters", **may("casefile.letter.read"))
async def list_letters(unit: Unit, paging: Paging, person_id: UUID) -> Page[LetterView]:
    """What was written to somebody on paper, the newest first."""
    return paging.page(await queries.of_person(unit, person_id, paging.place, paging.limit + 1), queries.place_of)


@router.get("/letters/{letter_id}", **may("casefile.letter.read", refusals=(404,)))
async def read_letter(unit: Unit, response: Response, letter_id: UUID) -> LetterView:
    """One of them."""
    view = await queries.view(unit, letter_id)
    set_etag(response, view.version)
    return view


@router.post("/letters/{letter_id}/sent", **may("casefile.letter.write", refusals=(404, 409, 412, 428)))
async def send_letter(unit: Unit, response: Response, letter_id: UUID, sent: Sent, expected: Expected) -> LetterView:
    """It was posted or handed over."""
    row = await commands.send(unit, letter_id, expected, sent.sent_on)
    set_etag(response, row.version)
    return rows.shown(row)


@router.post("/letters/{letter_id}/withdraw", **may("casefile.letter.write", refusals=(404, 409, 412, 428)))
async def withdraw_letter(unit: Unit, response: Response, letter_id: UUID, expected: Expected) -> LetterView:
    """It will not be sent; its words stay on file."""
    row = await commands.withdraw(unit, letter_id, expected)
    set_etag(response, row.version)
    return rows.shown(row)


@router.post(
    "/letters/{letter_id}/print", response_class=Response, **PDF, **may("casefile.paper.print", refusals=(404, 409))
)
async def print_letter(unit: Unit, letter_id: UUID, order: PrintOrder) -> Response:
    """The letter as tagged PDF, with its reader's address if it goes by post."""
    return as_pdf(await printing.letter(unit, letter_id, order))
