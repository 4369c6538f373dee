"""What whoever prints says, and how a paper goes out."""

from typing import Annotated, Any, Final

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from kit import clock
from kit.paper.sheet import Stamp
from kit.store.unit import UnitOfWork

MEDIA_TYPE: Final = "application/pdf"
PDF: Final[dict[str, Any]] = {"response_description": "Tagged PDF (PDF/UA-1): nothing of it is kept"}


class PrintOrder(BaseModel):
    """Who prints, and in which size. The name is what they sign with; the platform adds who it knows them to be."""

    model_config = ConfigDict(extra="forbid")

    printed_as: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=80)]
    large: bool = Field(False, description="Large print: 18 point instead of 12")


def stamp_of(unit: UnitOfWork, order: PrintOrder) -> Stamp:
    """Printed by, at. Of the worker's id only its end: enough to find them on the record of access."""
    return Stamp(order.printed_as, f"worker {unit.cause.actor[-8:]}", clock.business_now())


def as_pdf(pdf: bytes) -> Response:
    """The paper itself, under a name that tells nobody anything; no cache keeps it."""
    return Response(
        pdf,
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": 'inline; filename="paper.pdf"', "Cache-Control": "no-store"},
    )
