"""Lists that later work stands on: homes, register, organisations, developers' money, grants, panel, volunteers."""

import numpy as np

from demo.borough.draws import Draws
from demo.borough.extracts.office import Office, named, reference
from demo.borough.identifiers import UPRN_FIRST
from demo.borough.noise import dates
from demo.borough.place import BUILDINGS, TENURES, place
from demo.borough.world import OPEN_END, PENSIONER, Array, Numbers
from demo.borough.writing import Extract

_KIND = np.array(
    [
        "food",
        "advice",
        "youth",
        "women",
        "migrants",
        "sport",
        "older people",
        "faith",
        "arts",
        "environment",
        "health",
        "families",
    ]
)
_FIRST = np.array(
    "Heathside Riverbend Eastbank Longmead Marsh Gate Lantern Bridge Harbour Open Door Common Ground Kindred".split()
)
_SECOND = np.array("Trust Project Network Kitchen Collective Club Centre Alliance Circle Association".split())


def housing_stock(office: Office) -> Extract:
    """One row a home, with the tenure the council holds for it (its own stock, registered providers, licensed lets)."""
    world, here = office.world, place()
    first = np.unique(world.spaces.address, return_index=True)[1]
    number = np.arange(len(first)) * 3 + 1 + UPRN_FIRST
    book, spaces = world.addresses, world.spaces
    house = np.char.add(np.char.add(book.house.astype(str), " "), book.street)
    inside = np.char.add(np.char.add(np.char.add("Flat ", book.flat.astype(str)), " "), book.name)
    flat = np.where(
        book.flat > 0, np.char.add(inside, ", "), np.where(book.name != "", np.char.add(book.name, ", "), "")
    )
    tenure = np.array(["owned", "owned", "shared_ownership", "council", "other_social", "private"])[
        spaces.tenure[first]
    ]
    extract = Extract(
        "housing_stock",
        {
            "uprn": number.astype(str),
            "address": np.char.add(flat, house),
            "postcode": book.postcode,
            "ward_code": np.array(here.ward_codes)[here.ward[book.area]],
            "lsoa_code": np.array(here.lsoa)[book.area],
            "tenure": tenure,
            "building": np.array(BUILDINGS)[spaces.building[first]],
            "bedrooms": spaces.bedrooms[first].astype(np.int64),
            "landlord": np.select(
                [spaces.tenure[first] == 3, spaces.tenure[first] == 4], ["council", "other_social"], ""
            ),
            "temporary_accommodation": np.where(spaces.temporary[first] > 0, "Y", "N"),
            "energy_rating": np.array(list("ABCDEFG"))[
                world.draws.choose((0.01, 0.12, 0.34, 0.38, 0.12, 0.025, 0.005), "home/energy", first)
            ],
        },
    )
    return office.news(extract)


def _sample(office: Office, what: str, share: float) -> tuple[Numbers, Numbers]:
    """Adults who live here on the last day, by lot: people and their households. A new month changes nobody's lot."""
    world = office.world
    here = world.here()
    grown = here[world.age(here, office.until) >= 18]
    chosen = grown[world.draws.happens(share, what, grown)]
    return chosen, world.people.household[chosen]


def _now(office: Office, people: Numbers) -> Array:
    return np.full(len(people), office.until)


def register(office: Office) -> Extract:
    """The housing register: tenants and private renters who wait; bands A to C."""
    world, scribe = office.world, office.scribe("register")
    who, household = _sample(office, "register/on", 0.16)
    homes = world.households
    fits = (homes.head[household] == who) & (world.spaces.tenure[homes.space[household]] >= 3)
    who, household = who[fits], household[fits]
    key, month = who.astype(np.int64), _now(office, who)
    given, family = scribe.names(who, month, key)
    home = scribe.home(household, month, key)
    applied = int(world.calendar.starts(0)) - world.draws.below(2500, "register/since", key)
    ref = reference("HR", key)
    needed = 1 + (world.count_in(world.here())[household]) // 2
    extract = Extract(
        "register",
        {
            "application_ref": ref,
            "forename": given,
            "surname": family,
            "dob": scribe.born(who, key),
            "address": home.line,
            "postcode": home.postcode,
            "applied_on": dates(applied),
            "band": np.array(["A", "B", "C"])[world.draws.choose((0.08, 0.32, 0.6), "register/band", key)],
            "bedrooms_needed": needed,
            "status": np.where(world.draws.happens(0.93, "register/active", key), "active", "suspended"),
        },
        [named(ref, 1, who, household, applied, np.full(len(who), OPEN_END))],
    )
    return office.news(extract)


def panel_pool(office: Office) -> Extract:
    """Residents who said they would sit on a panel."""
    world, scribe = office.world, office.scribe("panel_pool")
    who, household = _sample(office, "panel/pool", 0.012)
    key, month = who.astype(np.int64), _now(office, who)
    given, family = scribe.names(who, month, key)
    home = scribe.home(household, month, key)
    ref = reference("PP", key)
    joined = int(world.calendar.starts(0)) + world.draws.below(700, "panel/joined", key)
    ward = place().ward[world.spaces.area[world.households.space[household]]]
    extract = Extract(
        "panel_pool",
        {
            "member_ref": ref,
            "forename": given,
            "surname": family,
            "dob": scribe.born(who, key),
            "postcode": home.postcode,
            "ward_code": np.array(place().ward_codes)[ward],
            "tenure": np.array(TENURES)[world.spaces.tenure[world.households.space[household]]],
            "disabled": np.where(world.people.disabled[who] > 0, "Y", "N"),
            "joined_on": dates(joined),
            "email": scribe.mail(who, key),
        },
        [named(ref, 1, who, household, joined, np.full(len(who), OPEN_END))],
    )
    return office.news(extract)


def volunteers(office: Office) -> Extract:
    """People who give their time at the hubs: 1,300 in a borough of 160,000 adults."""
    world, scribe = office.world, office.scribe("volunteers")
    who, household = _sample(office, "volunteers/is", 0.008)
    key, month = who.astype(np.int64), _now(office, who)
    given, family = scribe.names(who, month, key)
    ref = reference("V", key)
    started = int(world.calendar.starts(0)) + world.draws.below(900, "volunteers/since", key)
    hours = 10 + world.draws.below(110, "volunteers/hours", key)
    extract = Extract(
        "volunteers",
        {
            "volunteer_ref": ref,
            "given_name": given,
            "family_name": family,
            "phone": scribe.phone(who, household, key),
            "email": scribe.mail(who, key),
            "started_on": dates(started),
            "hours_last_year": np.where(world.households.income[household] == PENSIONER, hours + 30, hours),
            "interest": _KIND[world.draws.below(len(_KIND), "volunteers/interest", key)],
        },
        [named(ref, 1, who, household, started, np.full(len(who), OPEN_END))],
    )
    return office.news(extract)


def directory(office: Office) -> Extract:
    """Organisations that help."""
    draws, number = office.world.draws, np.arange(140)
    first, second = _FIRST[number % len(_FIRST)], _SECOND[number // len(_FIRST) % len(_SECOND)]
    kind = _KIND[draws.below(len(_KIND), "directory/kind", number)]
    name = np.char.add(np.char.add(first, " "), second)
    return office.news(
        Extract(
            "directory",
            {
                "organisation_ref": reference("ORG", number, 4),
                "name": name,
                "kind": kind,
                "ward_code": _wards(draws, number, "directory"),
                "email": np.char.add(
                    np.char.add("hello@", np.char.replace(np.char.lower(name), " ", "-")), ".example.org"
                ),
                "takes_referrals": np.where(draws.happens(0.7, "directory/refers", number), "Y", "N"),
                "languages": np.array(["en", "en bn", "en ro", "en ur", "en pt", "en yo", "en lt"])[
                    draws.below(7, "directory/words", number)
                ],
            },
        )
    )


def _wards(draws: Draws, number: Numbers, what: str) -> Array:
    codes = np.array(place().ward_codes)
    return codes[draws.below(len(codes), f"{what}/ward", number)]


def developer_contributions(office: Office) -> Extract:
    """Community infrastructure levy received, and the neighbourhood share of it."""
    draws, number = office.world.draws, np.arange(90)
    paid = int(office.world.calendar.starts(0)) - 700 + draws.below(1700, "levy/day", number)
    amount = np.round(8_000 + 240_000 * draws.uniform("levy/amount", number) ** 3, 2)
    return office.news(
        Extract(
            "developer_contributions",
            {
                "contribution_ref": reference("CIL", number, 4),
                "development": np.char.add("Development ", (number + 1).astype(str)),
                "ward_code": _wards(draws, number, "levy"),
                "received_on": dates(paid),
                "amount": amount,
                "neighbourhood_share": np.round(amount * 0.15, 2),
            },
        ).only(np.flatnonzero(paid <= int(office.world.calendar.ends(0)) + 1000))
    )


def grant_history(office: Office) -> Extract:
    """Community grants of earlier rounds."""
    draws, number = office.world.draws, np.arange(220)
    decided = int(office.world.calendar.starts(0)) + draws.below(1000, "grant/day", number)
    asked = np.round(500 + 9_500 * draws.uniform("grant/asked", number), -1)
    funded = draws.happens(0.6, "grant/funded", number)
    return office.news(
        Extract(
            "grant_history",
            {
                "grant_ref": reference("G", number, 4),
                "organisation_ref": reference("ORG", draws.below(140, "grant/to", number), 4),
                "round": np.char.add("round ", (1 + draws.below(6, "grant/round", number)).astype(str)),
                "purpose": _KIND[draws.below(len(_KIND), "grant/kind", number)],
                "ward_code": _wards(draws, number, "grant"),
                "decided_on": dates(decided),
                "amount_asked": asked,
                "amount_awarded": np.where(funded, asked, 0.0),
            },
        )
    )
