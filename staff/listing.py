"""Lists that can be filtered, sorted and paged: all of it stands in the address, so that going back finds it again."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from staff.page import Page

SIZE: Final = 20


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name in the address, its title, and what can be chosen as {code: words}. Several may be on."""

    name: str
    title: str
    choices: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """The lines of one page of a list, and where the others are."""

    rows: Sequence[Any]
    total: int
    before: str = ""
    after: str = ""


class Listing:
    """What was chosen for a list, read out of the address; whatever is not among the choices counts as not chosen."""

    def __init__(
        self, page: Page, filters: Sequence[Filter] = (), *, sorts: Sequence[str] = (), sort: str = "", size: int = SIZE
    ) -> None:
        self._path = page.path
        self._kept = {name: value for name, value in page.request.query_params.items() if name in ("tab", "of")}
        self._size = size
        self.filters = filters
        self.chosen = {
            each.name: [code for code in page.asked_many(each.name) if code in each.choices] for each in filters
        }
        asked = page.asked("sort") or sort
        self.sort = asked if asked.lstrip("-") in sorts else sort
        self._usual = sort
        number = page.asked("page") or "1"
        self.number = int(number) if number.isdecimal() and 0 < int(number) < 10_000 else 1

    def has(self, name: str, value: object) -> bool:
        """Whether a line with this value is wanted: when nothing was chosen, or it was."""
        return not self.chosen[name] or str(value) in self.chosen[name]

    def one(self, name: str) -> str | None:
        """The only choice, for owners that take one; None when nothing or several were chosen."""
        return self.chosen[name][0] if len(self.chosen[name]) == 1 else None

    def address(self, *, sort: str | None = None, number: int = 1, without: tuple[str, str] | None = None) -> str:
        """This list, otherwise sorted, another page of it, or without one filter."""
        pairs = [*self._kept.items()]
        pairs += [(name, code) for name, codes in self.chosen.items() for code in codes if (name, code) != without]
        order = self.sort if sort is None else sort
        if order and order != self._usual:
            pairs.append(("sort", order))
        if number > 1:
            pairs.append(("page", str(number)))
        return self._path + ("?" + urlencode(pairs) if pairs else "")

    def sorted_by(self, name: str) -> str:
        """For a heading's link: sorted by this column, the other way round when it is already."""
        return self.address(sort=name)

    @property
    def kept(self) -> Mapping[str, str]:
        """What a filter form must carry on."""
        return {**self._kept, **({"sort": self.sort} if self.sort != self._usual else {})}

    @property
    def tags(self) -> list[dict[str, str]]:
        """What was chosen, each with the address without it."""
        return [
            {"text": f"{each.title}: {each.choices[code]}", "href": self.address(without=(each.name, code))}
            for each in self.filters
            for code in self.chosen[each.name]
        ]

    @property
    def cleared(self) -> str:
        """This list without any filter."""
        return self._path + ("?" + urlencode(self._kept) if self._kept else "")

    def show(self, rows: Sequence[Any], keys: Mapping[str, Callable[[Any], Any]]) -> Shown:
        """Sorts (what is missing comes last, whichever way) and takes the page that was asked for."""
        name = self.sort.lstrip("-")
        if name in keys:
            key = keys[name]
            there = [each for each in rows if key(each) is not None]
            missing = [each for each in rows if key(each) is None]
            rows = [*sorted(there, key=key, reverse=self.sort.startswith("-")), *missing]
        first = (self.number - 1) * self._size
        return Shown(
            rows[first : first + self._size],
            len(rows),
            before=self.address(number=self.number - 1) if self.number > 1 else "",
            after=self.address(number=self.number + 1) if first + self._size < len(rows) else "",
        )
