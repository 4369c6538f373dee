"""The demo's people and teams, and its borough, put in by the same doors as real ones. Again changes nothing.

`make run` names `load_all` in NEWSTART_DEMO_LOADER; later issues add their own steps. DEMO_SIZE says which borough:
tiny, demo (unless said otherwise), borough, or none.
"""

import os
from collections.abc import Callable

import httpx

from gateway.demo.access import load_access
from gateway.demo.ballots import load_ballots
from gateway.demo.cases import load_cases
from gateway.demo.cohorts import load_cohorts
from gateway.demo.desk import load_desk
from gateway.demo.directory import load_directory
from gateway.demo.estates import load_estates
from gateway.demo.funds import load_funds
from gateway.demo.hardship import load_hardship
from gateway.demo.homelessness import load_homelessness
from gateway.demo.hubs import load_hubs
from gateway.demo.insight import load_insight
from gateway.demo.journeys import load_journeys
from gateway.demo.lettings import load_lettings
from gateway.demo.money import load_money, load_register
from gateway.demo.notes import load_notes
from gateway.demo.observatory import load_observatory
from gateway.demo.panels import load_panels
from gateway.demo.papers import load_papers
from gateway.demo.people import COUNCIL, SIGN_INS
from gateway.demo.placements import load_placements
from gateway.demo.prediction import load_prediction
from gateway.demo.queue import load_queue
from gateway.demo.referrals import load_referrals
from gateway.demo.register import load_homes_and_register
from gateway.demo.rights import load_rights
from gateway.demo.safety import load_safety
from gateway.demo.separation import load_separation

Entry = dict[str, object]

_STARTED = "2026-01-05"
_TEAMS = {
    "heath_front_door": ("Heath hub, front door", "heath", ("sade-okafor", "farid-rahman", "bev-carter")),
    "account_managers": ("Account managers", None, ("tom-abiola", "ewa-nowak")),
    "safeguarding_duty": ("Safeguarding duty team", None, ("ruth-adeyemi",)),
    # Whose decisions about drugs and alcohol wait with them, sealed.
    "drugs_and_alcohol": ("Drug and alcohol recovery", None, ("priya-nair",)),
    "housing_options": ("Housing options", None, ("marcus-bell",)),
}


def load_all(gateway: str, say: Callable[[str], None]) -> None:
    """Everyone who works here, then the borough. A borough that cannot be loaded is said, and stops nothing."""
    load(gateway, say)
    _step("directory of help", load_directory, gateway, say)
    _step("register of debt advice", load_register, gateway, say)
    size = os.environ.get("DEMO_SIZE") or "demo"
    if size == "none":
        return
    # Only here: the generator's libraries are for this one process, and no image of production has them.
    from demo.loading import KEPT, CannotLoad, load_borough

    try:
        load_borough(gateway, size, KEPT, say)
    except (CannotLoad, httpx.HTTPError) as problem:
        say(f"The demo borough was not loaded: {problem}")
    # Last, for the borough moves the clock, and a hub's day is a day of it.
    _step("ten hubs", load_hubs, gateway, say)
    _step("queue", load_queue, gateway, say)
    _step("desk's day", load_desk, gateway, say)
    _step("concerns and messages", load_safety, gateway, say)
    _step("referrals", load_referrals, gateway, say)
    _step("separation", load_separation, gateway, say)
    _step("casework", load_cases, gateway, say)
    _step("notes and a plan", load_notes, gateway, say)
    _step("money", load_money, gateway, say)
    _step("journeys", load_journeys, gateway, say)
    _step("papers", load_papers, gateway, say)
    _step("broken glass", load_access, gateway, say)
    _step("rights", load_rights, gateway, say)
    _step("homes and the register", load_homes_and_register, gateway, say)
    _step("rents and schemes", load_estates, gateway, say)
    _step("homelessness", load_homelessness, gateway, say)
    _step("temporary accommodation", load_placements, gateway, say)
    _step("lettings", load_lettings, gateway, say)
    _step("funds and a round", load_funds, gateway, say)
    _step("ballot and proposals", load_ballots, gateway, say)
    _step("hardship and projects", load_hardship, gateway, say)
    _step("a cohort", load_cohorts, gateway, say)
    _step("models", load_prediction, gateway, say)
    _step("ward index and measures", load_insight, gateway, say)
    _step("observatory", load_observatory, gateway, say)
    # After the index: it is part of what the panel reads of each ward.
    _step("residents' panel", load_panels, gateway, say)


def _step(
    what: str, step: Callable[[str, Callable[[str], None]], None], gateway: str, say: Callable[[str], None]
) -> None:
    """One more part of the demo: one that cannot be put in is said, and stops nothing."""
    try:
        step(gateway, say)
    except httpx.HTTPError as problem:
        say(f"The {what} was not put in: {problem}")


def load(gateway: str, say: Callable[[str], None]) -> None:
    """Put in who is missing. Raises httpx.HTTPStatusError if the door refuses one."""
    with httpx.Client(base_url=gateway, timeout=10, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "administrator"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "administration"})
        workers: dict[str, Entry] = {
            f"/v1/workers/{person.id}": {
                "name": person.name,
                "organisation_id": person.org or None,
                "roles": list(person.roles),
            }
            for person in SIGN_INS
        }
        teams: dict[str, Entry] = {f"/v1/teams/{code}": _team(*parts) for code, parts in _TEAMS.items()}
        made = sum(_put(client, path, entry) for path, entry in {**workers, **teams}.items())
    say(f"{len(workers)} people and {len(teams)} teams work here" + (f", {made} of them new" if made else ""))


def _team(name: str, hub: str | None, slugs: tuple[str, ...]) -> Entry:
    people = {person.slug: person for person in SIGN_INS}
    members = [{"worker_id": str(people[slug].id), "role": people[slug].roles[0], "from": _STARTED} for slug in slugs]
    manager = str(people["hannah-price"].id)
    return {"name": name, "organisation_id": COUNCIL, "hub": hub, "manager": manager, "members": members}


def _put(client: httpx.Client, path: str, entry: Entry) -> bool:
    if client.get(path).status_code == httpx.codes.OK:
        return False
    client.put(path, json=entry).raise_for_status()
    return True
