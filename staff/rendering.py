"""Templates and static files: everything that is sent to a browser is made or read here."""

import asyncio
import base64
import hashlib
import mimetypes
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import ChainableUndefined, ChoiceLoader, Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.responses import Response

from kit.contracts.purposes import PURPOSES
from kit.contracts.questions import QUESTIONS
from kit.contracts.roles import ROLES
from staff import purposes, words

HERE: Final = Path(__file__).resolve().parent
_FOREVER: Final = "public, max-age=31536000, immutable"
_INLINE: Final = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", re.DOTALL)


class Static:
    """The files of `staff/static`, in memory. Their address holds a digest of all: browsers keep them for ever."""

    def __init__(self, folder: Path = HERE / "static") -> None:
        kept = {".css", ".js", ".svg", ".png", ".ico", ".txt", ".woff2", ".json"}
        paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in kept)
        self._files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
        digest = hashlib.sha256()
        for name, content in self._files.items():
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self.version = digest.hexdigest()[:12]

    def address(self, name: str) -> str:
        """Where a file is. Raises KeyError for one that is not there, so that a slip shows at once."""
        if name not in self._files:
            raise KeyError(f"there is no static file {name}")
        return f"/static/{self.version}/{name}"

    def answer(self, version: str, name: str) -> Response:
        """The file itself; one of an earlier version may be asked for while a page is still open."""
        content = self._files.get(name)
        if content is None:
            return Response(status_code=404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        fields = {"Cache-Control": _FOREVER if version == self.version else "no-cache"}
        return Response(content, media_type=kind, headers=fields)


@cache
def made() -> tuple[Static, Environment]:
    """The static files and the templates of this process; they do not change while it runs."""
    static = Static()
    return static, environment(static)


async def warm(templates: Environment) -> None:
    """Reads all templates after the start, so that the first look at a page is as quick as the next."""
    for name in templates.list_templates(filter_func=lambda each: not each.startswith("govuk_frontend_jinja")):
        await asyncio.to_thread(templates.get_template, name)
        await asyncio.sleep(0.01)


def environment(static: Static) -> Environment:
    """Jinja as our templates and the design system's macros need it."""
    made = Environment(
        loader=ChoiceLoader(
            [
                FileSystemLoader(HERE / "templates"),
                PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
            ]
        ),
        autoescape=True,
        # The macros ask for parameters of parameters that nobody gave.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters |= {
        "day": words.day,
        "short_day": words.short_day,
        "time": words.time_of_day,
        "day_and_time": words.day_and_time,
        "money": words.money,
        "label": words.label,
        "phone": words.phone,
        "purpose": purposes.title,
    }
    made.globals |= {
        "static": static.address,
        "plural": words.plural,
        "PURPOSES": PURPOSES,
        "QUESTIONS": QUESTIONS,
        "ROLES": ROLES,
    }
    return made


def inline_hashes(made: Environment, context: Mapping[str, Any]) -> list[str]:
    """CSP sources for the one inline script that the design system's page has."""
    html = made.get_template("layout.html").render(context)
    return [
        f"'sha256-{base64.b64encode(hashlib.sha256(each.encode()).digest()).decode()}'"
        for each in _INLINE.findall(html)
    ]
