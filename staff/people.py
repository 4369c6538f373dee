"""People and households as pages call them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from kit import clock
from staff.page import Page

_MOST: Final = 100
UNNAMED: Final = "Someone you may not see"


@dataclass(frozen=True, slots=True)
class Person:
    """One person, from the case file's answer."""

    view: Mapping[str, Any]

    @property
    def id(self) -> str:
        """Their id."""
        return str(self.view["id"])

    @property
    def name(self) -> str:
        """Their present name."""
        found = self._present()
        return " ".join(part for part in (found.get("given"), found.get("family")) if part) or "No name given"

    @property
    def given(self) -> str:
        """What one would call them across the desk."""
        known_as = next((each for each in self.view["names"] if each["kind"] == "known_as"), None)
        return str((known_as or self._present()).get("given") or self.name)

    @property
    def family(self) -> str:
        """Their family name."""
        return str(self._present().get("family") or "")

    @property
    def other_names(self) -> list[str]:
        """Earlier names, nicknames, other spellings."""
        present = self._present()
        return [
            f"{each['given']} {each['family']}".strip() + f" ({each['kind'].replace('_', ' ')})"
            for each in self.view["names"]
            if each is not present
        ]

    @property
    def born(self) -> str | None:
        """Their date of birth as far as it is known."""
        return self.view.get("date_of_birth")

    @property
    def age(self) -> int | None:
        """In whole years, by the borough's calendar."""
        try:
            born = date.fromisoformat(self.born or "")
        except ValueError:
            return None
        today = clock.today()
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))

    @property
    def child(self) -> bool:
        """Whether they are known to be under 18; asked of the case file where it alone knows when they were born."""
        told = self.view.get("child")
        return bool(told) if told is not None else self.age is not None and self.age < 18

    @property
    def address(self) -> str:
        """Where they live now."""
        now = [each for each in self.view.get("addresses", ()) if not each.get("until")]
        return ", ".join([*now[-1]["lines"], now[-1].get("postcode") or ""]).strip(", ") if now else ""

    @property
    def safe_contacts(self) -> list[Mapping[str, Any]]:
        """Ways that are safe to use."""
        return [each for each in self.view.get("contacts", ()) if each["safe"]]

    @property
    def unsafe_contacts(self) -> list[Mapping[str, Any]]:
        """Ways that are known and must not be used."""
        return [each for each in self.view.get("contacts", ()) if not each["safe"]]

    def _present(self) -> Mapping[str, Any]:
        names: Sequence[Mapping[str, Any]] = self.view["names"]
        return next((each for each in names if each["kind"] == "current"), names[0] if names else {})


@dataclass(frozen=True, slots=True)
class Household:
    """A household with those of its people who may be shown."""

    id: str
    people: Sequence[Person] = ()
    former: Sequence[Person] = ()
    unseen: int = 0
    """How many belong to it who may not be shown to this worker."""
    view: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """`Kelly Pike`, `Kelly and Jamie Pike`, `Kelly Pike and 3 others`."""
        if not self.people:
            return UNNAMED if self.unseen else "A household without people"
        first, *others = self.people
        if len(self.people) == 2 and not self.unseen and others[0].family == first.family:
            return f"{first.given} and {others[0].given} {first.family}"
        more = len(others) + self.unseen
        return first.name + (f" and {more} other{'s' if more > 1 else ''}" if more else "")

    @property
    def main(self) -> Person | None:
        """The one whose name stands first: the first grown-up."""
        return self.people[0] if self.people else None

    def person(self, id_: str | None) -> Person | None:
        """The one with this id, also under an id that was merged into theirs."""
        for each in (*self.people, *self.former):
            if id_ and (each.id == id_ or id_ in each.view.get("also_known_as_ids", ())):
                return each
        return None


async def people(page: Page, ids: Iterable[str]) -> dict[str, Person]:
    """Those of them who may be shown, by id; also by the id that was merged into theirs."""
    wanted = list(dict.fromkeys(ids))
    asked = [page.get("/v1/casefile/people", {"ids": wanted[at : at + _MOST]}) for at in range(0, len(wanted), _MOST)]
    return by_id(view for answer in await asyncio.gather(*asked) for view in answer.body)


def by_id(views: Iterable[Mapping[str, Any]]) -> dict[str, Person]:
    """People from their answers, by each of their ids."""
    found = [Person(view) for view in views]
    return {id_: each for each in found for id_ in (each.id, *each.view.get("also_known_as_ids", ()))}


async def households(page: Page, ids: Iterable[str]) -> dict[str, Household]:
    """Households by id, with names alone of their people, for lists; one that may not be known of is without people."""
    wanted = list(dict.fromkeys(each for each in ids if each))
    asked = [
        page.part(page.get("/v1/casefile/households", {"ids": wanted[at : at + _MOST]}))
        for at in range(0, len(wanted), _MOST)
    ]
    views = {view["id"]: view for part in await asyncio.gather(*asked) if part.ok for view in part.body}
    found = {}
    for id_ in wanted:
        view = views.get(id_, {"members": []})
        found[id_] = household(view, _called(view), id_)
    return found


def _called(view: Mapping[str, Any]) -> dict[str, Person]:
    """Its people as the household itself names them; somebody under two ids is one."""
    lines = {each["person_id"]: each for each in view["members"]}
    known = {}
    for id_, line in lines.items():
        stands = lines.get(line.get("merged_into") or "", line)
        known[id_] = Person({**stands, "id": stands["person_id"]})
    return known


def household(view: Mapping[str, Any], known: Mapping[str, Person], id_: str) -> Household:
    """A household from its answer and those of its people who may be shown. Grown-ups first, in the order they came."""
    now = [each for each in view["members"] if not each.get("until")]
    here = [known[each["person_id"]] for each in now if each["person_id"] in known]
    gone = [known[each["person_id"]] for each in view["members"] if each.get("until") and each["person_id"] in known]
    here = list({each.id: each for each in here}.values())
    here.sort(key=lambda each: each.child)
    stay = {each.id for each in here}
    unseen = sum(1 for each in now if each["person_id"] not in known)
    return Household(id_, here, [each for each in gone if each.id not in stay], unseen, view)
