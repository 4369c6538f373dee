"""Where every page of the app is found: each of the demo's people follows the links they are shown.

The pages are the app's own routes, so a new one is in the atlas by itself; one that no link leads to is looked for by
the ids that other pages' addresses have, and is otherwise named as missing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import httpx
from fastapi import APIRouter
from fastapi.routing import iter_route_contexts
from starlette.routing import compile_path

from staff import pages

NOBODY: Final = ""
_FOR_ANYBODY: Final = ("/public", "/kiosk", "/kiosk/number", "/help", "/sign-in")
_OF_ONE_PERSON: Final = 5
_ENOUGH: Final = 3
"""So many addresses of a page are looked at in a browser: states differ. More are followed for where they lead."""
_NOT_FOLLOWED: Final = re.compile(r"/static/|/sign-out|/(kiosk|public)/leave")


class _Read(HTMLParser):
    """Links and the fields of forms of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.hidden: dict[str, str] = {}
        self.workers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith("/"):
            self.links.append(given["href"].partition("#")[0])
        elif tag == "input" and given.get("type") == "hidden":
            self.hidden.setdefault(given.get("name", ""), given.get("value", ""))
        elif tag == "button" and given.get("name") == "worker":
            self.workers.append(given["value"])


def templates(router: APIRouter | None = None) -> tuple[str, ...]:
    """The addresses of all pages that can be asked for, as the app lists them, in its order."""
    listed = iter_route_contexts((router or pages.router()).routes)
    return tuple(each.path for each in listed if each.path and "GET" in (each.methods or ()))


_PATTERNS: Final = [(path, compile_path(path)[0]) for path in templates()]


def template_of(path: str) -> str | None:
    """The page that serves that path; None when there is none."""
    return next((each for each, pattern in _PATTERNS if pattern.match(path)), None)


def _state(template: str, address: str) -> str:
    """`/my-work?tab=team`: which state of a page an address shows, whatever ids and dates stand in it."""
    asked = parse_qsl(urlsplit(address).query)
    words = sorted({f"{name}={value}" if re.fullmatch("[a-z_]{1,20}", value) else name for name, value in asked})
    return f"{template}?{'&'.join(words)}"


@dataclass(frozen=True, order=True)
class Place:
    """An address, and who finds it; nobody is the empty name."""

    worker: str
    address: str


@dataclass
class Atlas:
    """What was found, and what is not a page: a file, or another page's address in the end."""

    places: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))
    files: dict[str, str] = field(default_factory=dict)
    onward: set[str] = field(default_factory=set)
    ids: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    broken: list[str] = field(default_factory=list)

    def missing(self) -> list[str]:
        """Pages that nobody finds."""
        return [each for each in templates() if each not in {*self.places, *self.files, *self.onward}]


class Walker:
    """One person who follows links without a browser."""

    def __init__(self, atlas: Atlas, http: httpx.Client, worker: str) -> None:
        self.atlas = atlas
        self.http = http
        self.worker = worker
        self._seen: set[str] = set()
        self._times: dict[str, int] = defaultdict(int)

    def sign_in(self) -> None:
        """By the page for it."""
        form = _Read(self.get("/sign-in").text)
        answer = self.http.post("/sign-in", data={**form.hidden, "worker": self.worker})
        assert answer.status_code == 303, f"{self.worker}: {answer.status_code}"

    def get(self, address: str) -> httpx.Response:
        """One page as it comes."""
        # Once more where the platform did not answer in time: how busy a machine is says nothing of a page.
        for _ in range(3):
            answer = self.http.get(address)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
        return answer

    def send(self, address: str, fields: dict[str, str]) -> str:
        """Fills in a form and sends it; the address that it leads to."""
        form = _Read(self.get(address).text)
        answer = self.http.post(address, data={**form.hidden, **fields})
        assert answer.status_code == 303, f"{address}: {answer.status_code}"
        return answer.headers["location"]

    def follow(self, starts: Iterable[str]) -> None:
        """Everything that these lead to, as far as it adds something."""
        waiting = list(dict.fromkeys(starts))
        while waiting:
            address = waiting.pop(0)
            template = template_of(urlsplit(address).path)
            if template is None or _NOT_FOLLOWED.search(address):
                continue
            state = _state(template, address)
            # A second of a kind is followed only where the first may have been in another state.
            if address in self._seen or self._times[state] >= 2 or self._times[template] >= _OF_ONE_PERSON:
                continue
            self._seen.add(address)
            self._times[state] += 1
            self._times[template] += 1
            waiting += self.look(template, address)

    def look(self, template: str, address: str) -> list[str]:
        """Asks for one page and enters it; the links on it."""
        answer = self.get(address)
        if answer.is_redirect:
            onward = answer.headers["location"].partition("#")[0]
            self.atlas.onward.add(template)
            return [onward] if onward.startswith("/") else []
        if answer.status_code >= 400:
            # Whoever is shown a link may open it; a form that shows its mistakes is a page all the same.
            self.atlas.broken.append(f"{answer.status_code} {self.worker or 'nobody'} {address}")
            return []
        kind = answer.headers["content-type"].partition(";")[0]
        if kind != "text/html":
            self.atlas.files[template] = kind
            return []
        self._enter(template, address)
        return _Read(answer.text).links

    def _enter(self, template: str, address: str) -> None:
        found = self.atlas.places[template]
        if len(found) < _ENOUGH:
            found.append(Place(self.worker, address))
        pattern, _, converters = compile_path(template)
        matched = pattern.match(urlsplit(address).path)
        assert matched, address
        for name in converters:
            known = (self.worker, matched[name])
            if known not in self.atlas.ids[name]:
                self.atlas.ids[name].append(known)


def drawn(at: str, more: Mapping[str, Sequence[str]]) -> Atlas:
    """The whole atlas of the app that answers there. `more`: addresses to start from, by person."""
    atlas = Atlas()
    walkers: dict[str, Walker] = {}
    clients = []
    try:

        def walker(worker: str) -> Walker:
            http = httpx.Client(base_url=at, timeout=60)
            clients.append(http)
            made = walkers[worker] = Walker(atlas, http, worker)
            if worker:
                made.sign_in()
            return made

        nobody = walker(NOBODY)
        nobody.follow(_FOR_ANYBODY)
        # What is found only by sending a form.
        for area in ("public", "kiosk"):
            nobody.follow([nobody.send(f"/{area}/help", {"said": "my landlord wants us out"})])
        for worker in _Read(nobody.get("/sign-in").text).workers:
            walker(worker).follow(["/my-work", "/more", *more.get(worker, ())])
        for template in atlas.missing():
            _by_ids(atlas, walkers, template)
    finally:
        for each in clients:
            each.close()
    atlas.places = {template: found for template, found in atlas.places.items() if found}
    return atlas


def _by_ids(atlas: Atlas, walkers: dict[str, Walker], template: str) -> None:
    """A page that only another page's button leads to: with ids from addresses of those who saw them."""
    _, _, converters = compile_path(template)
    names = list(converters)
    if len(names) != 1:
        return
    before = list(atlas.broken)
    for worker, known in atlas.ids[names[0]]:
        walkers[worker].look(template, re.sub(r"\{.+\}", known, template))
        if atlas.places[template]:
            break
    atlas.broken = before
