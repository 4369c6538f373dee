"""A long form that is found again as it was left: kept while it is typed, or by its button; gone once it is sent.

Its own words are under a draft of the service that will take them. What the form changes (the ETag) stands in `seen`,
because `version` is the draft's.
"""

from dataclasses import dataclass

from starlette.responses import Response

from staff import drafts
from staff.client import PurposeNeeded, Refused, SignInAgain
from staff.drafts import Kept
from staff.forms import Form
from staff.page import Page


@dataclass(frozen=True, slots=True)
class Place:
    """Where a form keeps itself: one of its kind for each key, of each person."""

    service: str
    kind: str
    key: str


async def resume(page: Page, place: Place, **usual: str | list[str]) -> tuple[Form, Kept]:
    """The form as it was left, else as it usually begins. What was kept cannot be read now: it begins anew."""
    try:
        kept = await drafts.load(page, place.service, place.kind, place.key)
    except SignInAgain:
        raise
    except (Refused, PurposeNeeded):
        kept = Kept()
    # What was kept stands alone: a box that was unticked is not in it, and must not come back ticked.
    return drafts.form_of(kept) if kept.version else drafts.form_of(kept, **usual), kept


async def put_by(page: Page, place: Place, form: Form, back: str) -> Response | None:
    """What the buttons "Keep it for later" and "Throw it away" do. None: another button was pressed, or the words of
    another window stand in the way, which is then said on the form.
    """
    action = form.text("action")
    if action == "discard":
        await drafts.discard(page, place.service, place.kind, place.key)
        return page.to(back, said="It was thrown away")
    if action != "keep":
        return None
    try:
        await drafts.keep(page, place.service, place.kind, place.key, drafts.body_of(form), form.version)
    except (drafts.ChangedElsewhere, drafts.Gone):
        form.wrong("", "It was kept or sent from another window meanwhile. Your words are below: send them, or leave.")
        return None
    return page.to(back, said="It is kept for later", text="You find it as you left it when you open it again.")


async def sent(page: Page, place: Place) -> None:
    """The words are where they belong: nothing is kept of them. A draft that stays does no harm, so nothing fails."""
    try:
        await drafts.discard(page, place.service, place.kind, place.key)
    except SignInAgain:
        raise
    except (Refused, PurposeNeeded):
        return


def as_sent(form: Form) -> Kept:
    """What the page says of the draft when the form comes back with mistakes."""
    return Kept(version=form.version or "")
