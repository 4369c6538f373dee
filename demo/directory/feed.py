"""The demo directory as an Open Referral UK feed. All of it is made up; ids are made from short names (UUIDv5)."""

import tomllib
import zlib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

_HERE = Path(__file__).parent
NAME = "Demo borough's own services"
LICENCE = "Made up for this demo"
_OLDEST_DAYS = 260
_NEEDS = "urn:newstart:taxonomy:needs"
"""The platform's own list of needs; its ids are made from its name."""


class Sentence(NamedTuple):
    """What somebody says, and the services that are right for it (short names): any of them counts."""

    seen: bool
    services: frozenset[str]
    said: str


def id_of(kind: str, slug: str) -> UUID:
    """The id of something of the demo."""
    return uuid5(NAMESPACE_URL, f"urn:newstart:demo:{kind}:{slug}")


FEED = id_of("feed", "directory")


@lru_cache(maxsize=1)
def organisations() -> Mapping[str, Mapping[str, Any]]:
    """Who runs them, by short name."""
    return tomllib.loads((_HERE / "organisations.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def written() -> Mapping[str, Mapping[str, Any]]:
    """The services as they are written down, by short name."""
    found: dict[str, Mapping[str, Any]] = {}
    for path in sorted(_HERE.glob("services_*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found


def sentences() -> list[Sentence]:
    """What people say."""
    lines = (_HERE / "sentences.tsv").read_text(encoding="utf-8").splitlines()
    parts = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Sentence(part == "seen", frozenset(slugs.split()), said) for part, slugs, said in parts]


def pages(today: date, per_page: int = 50) -> list[dict[str, Any]]:
    """The feed as a publisher would give it, page by page; last checked on days before `today`."""
    every = [service(slug, today) for slug in written()]
    return [{"contents": every[start : start + per_page]} for start in range(0, len(every), per_page)]


def service(slug: str, today: date) -> dict[str, Any]:
    """One service with all that belongs to it."""
    told = written()[slug]
    id_ = str(id_of("service", slug))
    since = zlib.crc32(slug.encode()) % _OLDEST_DAYS
    made: dict[str, Any] = {
        "id": id_,
        "name": told["name"],
        "description": told["about"],
        "status": "active",
        "url": f"https://directory.example/{slug}",
        "email": f"{slug}@help.example",
        "assured_date": (today - timedelta(days=since)).isoformat(),
        "organization": _organisation(told["org"]),
        "schedules": [_hours(slug, number, line) for number, line in enumerate(told.get("open", ()))],
        "service_at_locations": [_at(slug, place) for place in told.get("at", ())],
        "attributes": [_need(slug, need) for need in told["needs"]],
        "languages": [
            {"id": str(id_of("language", f"{slug}/{code}")), "service_id": id_, "code": code}
            for code in told.get("languages", ())
        ],
    }
    if "who" in told:
        made["eligibility_description"] = told["who"]
    if "ages" in told:
        made["minimum_age"], made["maximum_age"] = told["ages"]
    if "phone" in told:
        made["phones"] = [{"id": str(id_of("phone", slug)), "service_id": id_, "number": told["phone"]}]
    if "cost" in told:
        made["cost_options"] = [{"id": str(id_of("cost", slug)), "service_id": id_, "amount": told["cost"]}]
    return made


def _organisation(slug: str) -> dict[str, Any]:
    return {
        "id": str(organisation_id(slug)),
        "name": organisations()[slug]["name"],
        "description": organisations()[slug]["name"],
        "website": f"https://{slug}.example",
    }


def organisation_id(slug: str) -> UUID:
    """As the demo's people have it."""
    return id_of("organisation", slug)


def _hours(slug: str, number: int, line: str) -> dict[str, Any]:
    days, _, times = line.partition(" ")
    opens, _, closes = times.partition("-")
    week = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    first, _, last = days.partition("-")
    named = days.split(",") if not last else week[week.index(first) : week.index(last) + 1]
    return {
        "id": str(id_of("schedule", f"{slug}/{number}")),
        "service_id": str(id_of("service", slug)),
        "freq": "WEEKLY",
        "interval": 1,
        "byday": ",".join(named),
        "opens_at": opens,
        "closes_at": closes,
    }


@lru_cache(maxsize=1)
def _places() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((_HERE / "places.toml").read_text(encoding="utf-8"))


def _at(slug: str, place: str) -> dict[str, Any]:
    told = _places()[place]
    location = str(id_of("location", place))
    return {
        "id": str(id_of("service_at_location", f"{slug}/{place}")),
        "service_id": str(id_of("service", slug)),
        "location_id": location,
        "location": {
            "id": location,
            "location_type": "physical",
            "name": told["name"],
            "latitude": told["latitude"],
            "longitude": told["longitude"],
            "addresses": [
                {
                    "id": str(id_of("address", place)),
                    "location_id": location,
                    "address_1": told["street"],
                    "city": "London",
                    "state_province": "Greater London",
                    "postal_code": told["postcode"],
                    "country": "GB",
                    "address_type": "physical",
                }
            ],
            "accessibility": [
                {"id": str(id_of("access", place)), "location_id": location, "description": told["access"]}
            ],
        },
    }


def _need(slug: str, need: str) -> dict[str, Any]:
    term = str(uuid5(NAMESPACE_URL, f"{_NEEDS}:{need}"))
    return {
        "id": str(id_of("attribute", f"{slug}/{need}")),
        "link_id": str(id_of("service", slug)),
        "taxonomy_term_id": term,
        "link_type": "service",
        "taxonomy_term": {
            "id": term,
            "name": need.replace("_", " "),
            "description": need.replace("_", " "),
            "taxonomy": "New Start needs",
            "taxonomy_id": str(uuid5(NAMESPACE_URL, _NEEDS)),
            "term": need,
        },
    }
