"""Work is never lost: what is typed is kept at the gateway as it is typed, and read again from there.

A form keeps itself with `{{ autosave(page, "casefile", "note", key) }}` in its tag (`static/autosave.js`); else
its button "Keep it for later" does. While there is no connection or no sign-in, the browser keeps the words itself,
sealed with a key that only this person's next page brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from staff.client import Refused
from staff.forms import OWN, Form
from staff.page import Page


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft as it was kept last; `version` is empty when there is none yet."""

    body: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    at: str = ""


class ChangedElsewhere(Exception):
    """Another window kept other words meanwhile: `theirs` is what stands now."""

    def __init__(self, theirs: Kept) -> None:
        super().__init__("the draft was changed in another window")
        self.theirs = theirs


class Gone(Exception):
    """The draft was sent, or thrown away, from another window."""


def path(service: str, kind: str, key: str) -> str:
    """Where the gateway keeps it."""
    return f"/v1/{service}/drafts/{kind}/{key}"


async def load(page: Page, service: str, kind: str, key: str) -> Kept:
    """The draft, or an empty one."""
    try:
        answer = await page.get(path(service, kind, key))
    except Refused as refused:
        if refused.status == 404:
            return Kept()
        raise
    return Kept(answer["body"], answer.etag, answer["updated_at"])


async def keep(page: Page, service: str, kind: str, key: str, body: Mapping[str, Any], version: str | None) -> Kept:
    """Keeps what is typed. Raises ChangedElsewhere, Gone or another Refused."""
    try:
        answer = await page.change("PUT", path(service, kind, key), dict(body), if_match=version or None)
    except Refused as refused:
        if refused.status == 412 or (refused.status == 409 and not version):
            raise ChangedElsewhere(await load(page, service, kind, key)) from None
        if refused.status == 404:
            raise Gone from None
        raise
    return Kept(answer["body"], answer.etag, answer["updated_at"])


async def discard(page: Page, service: str, kind: str, key: str) -> None:
    """Throws it away; one that is not there is thrown away already."""
    try:
        await page.change("DELETE", path(service, kind, key))
    except Refused as refused:
        if refused.status != 404:
            raise


def body_of(form: Form) -> dict[str, Any]:
    """A form as it is kept: flat, the fields of the mould left out, ticked boxes as lists."""
    body: dict[str, Any] = {}
    for name, value in form.fields():
        if name in OWN or name == "action":
            continue
        value = value.replace("\r\n", "\n")
        if name in body:
            body[name] = [*(body[name] if isinstance(body[name], list) else [body[name]]), value]
        else:
            body[name] = value
    return body


def form_of(kept: Kept, **usual: str | list[str]) -> Form:
    """A form filled with what was kept."""
    texts = {name: value for name, value in kept.body.items() if isinstance(value, str | list)}
    return Form(start={**usual, **texts})
