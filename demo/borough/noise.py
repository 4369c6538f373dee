"""How systems write people and places down: short names, other spellings, slips, defaults, old addresses.

Each record's noise depends on the record alone (its source and number), so a row that is sent again next month
carries the same slips. Only the few rows that are touched are handled one by one.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
from numpy.typing import NDArray

from demo.borough.draws import Draws
from demo.borough.identifiers import UPRN_FIRST, email, landline, mobile
from demo.borough.names import names, plain
from demo.borough.structure import NOISE, Noise
from demo.borough.world import NOBODY, OPEN_END, Array, Flags, Numbers, World

Text = NDArray[np.str_]

_NEAR = (
    "a:sqz b:vn c:xv d:sf e:wr f:dg g:fh h:gj i:uo j:hk k:jl l:k m:n n:bm o:ip p:o q:w r:et s:ad t:ry u:yi v:cb w:qe "
    "x:zc y:tu z:x"
)
_KEYS = {pair[0]: pair[2:] for pair in _NEAR.split()}
"""Each letter's neighbours on the keyboard."""
_SHORT_WAY = {
    " Road": " Rd",
    " Street": " St",
    " Avenue": " Ave",
    " Gardens": " Gdns",
    " Crescent": " Cres",
    " Drive": " Dr",
    " Lane": " Ln",
}


@dataclass(frozen=True)
class Residences:
    """Where a household lived in a month, and where before that."""

    key: Numbers
    space: Array
    before: Array

    @staticmethod
    def of(world: World) -> "Residences":
        """From the log of moves."""
        stays = world.log.table("stays")
        held = stays["space"] >= 0
        key = stays["household"][held].astype(np.int64) * 1000 + stays["month"][held] + 100
        order = np.argsort(key, kind="stable")
        space = stays["space"][held][order]
        same = np.concatenate([[False], key[order][1:] // 1000 == key[order][:-1] // 1000])
        return Residences(key[order], space, np.where(same, np.concatenate([[NOBODY], space[:-1]]), NOBODY))

    def at(self, household: Array, month: Array) -> Numbers:
        """The row of each stay."""
        wanted = np.asarray(household, np.int64) * 1000 + np.asarray(month) + 100
        row = np.searchsorted(self.key, wanted, side="right") - 1
        first = np.searchsorted(self.key, np.asarray(household, np.int64) * 1000)
        return np.asarray(np.maximum(row, np.minimum(first, len(self.key) - 1)))


@cache
def _plain_words() -> Text:
    return np.array([plain(str(word)) for word in names().words])


def dates(days: Array, pattern: str = "yyyy-mm-dd") -> Text:
    """Days as text in the pattern (UK: dd/mm/yyyy); OPEN_END is empty."""
    known = np.asarray(days) < OPEN_END
    iso = np.datetime_as_string(np.where(known, days, 0).astype(np.int64).astype("datetime64[D]")).astype("U10")
    if pattern == UK:
        letters = iso.view("U1").reshape(len(iso), 10)[:, [8, 9, 4, 5, 6, 4, 0, 1, 2, 3]]
        letters[:, [2, 5]] = "/"
        iso = np.ascontiguousarray(letters).view("U10").reshape(len(iso))
    return np.where(known, iso, "")


UK = "dd/mm/yyyy"


def touch(words: Text, where: Flags, change: Callable[[str, int], str]) -> Text:
    """The words with a change made at some places."""
    places = np.flatnonzero(where)
    if len(places) == 0:
        return words
    made = words.astype(object)
    for place in places:
        made[place] = change(str(words[place]), int(place))
    return made.astype(np.str_)


def slip(word: str, lot: int) -> str:
    """One slip of a typist: a letter left out, doubled, swapped with the next, or the neighbouring key."""
    if len(word) < 3:
        return word
    place = 1 + (lot >> 8) % (len(word) - 1)
    kind = lot % 4
    if kind == 0:
        return word[:place] + word[place + 1 :]
    if kind == 1:
        return word[:place] + word[place] + word[place:]
    if kind == 2 and place + 1 < len(word) and word[place] != word[place + 1]:
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    near = _KEYS.get(word[place].lower(), "e")
    return word[:place] + near[(lot >> 4) % len(near)] + word[place + 1 :]


@dataclass(frozen=True)
class Scribe:
    """One system's hand: writes people and addresses of its records, with its own noise.

    `slot` tells several people of one record apart. `key` numbers the records of the source.
    """

    world: World
    stays: Residences
    source: str
    accents: bool = False
    rates: Noise = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "rates", NOISE[self.source])

    @property
    def draws(self) -> Draws:
        """Chance."""
        return self.world.draws

    def _hits(self, rate: float, what: str, key: Array) -> Flags:
        return self.draws.happens(rate, f"{self.source}/{what}", key)

    def names(self, people: Numbers, month: Array, key: Numbers, slot: str = "") -> tuple[Text, Text]:
        """Given and family name as this record has them; empty for NOBODY."""
        rows, rates = self.world.people, self.rates
        book = names()
        words = book.words if self.accents else _plain_words()
        known = people >= 0
        safe = np.where(known, people, 0)
        given = words[rows.given[safe]]
        since = (rows.renamed[safe] <= month) & ~self._hits(rates.old_surname, f"old surname{slot}", key)
        old = (rows.former[safe] >= 0) & ~since
        family = words[np.where(old, rows.former[safe], rows.family[safe])]
        lots = (self.draws.bits(f"{self.source}/lot{slot}", key) >> np.uint64(20)).astype(np.int64)

        def pick(table: dict[str, tuple[str, ...]]) -> Callable[[str, int], str]:
            return lambda word, place: (forms := table.get(word, (word,)))[int(lots[place]) % len(forms)]

        short = np.isin(given, list(book.short)) & self._hits(rates.nickname / 0.35, f"short{slot}", key)
        given = touch(given, short & known, pick(book.short))
        spelt = self._hits(rates.transliteration, f"spelling{slot}", key) & known
        given = touch(given, spelt & np.isin(given, list(book.other_given)), pick(book.other_given))
        family = touch(family, spelt & np.isin(family, list(book.other_family)), pick(book.other_family))
        slipped = self._hits(rates.slip_name, f"slip{slot}", key) & known
        first = lots % 2 == 0
        given = touch(given, slipped & first, lambda word, place: slip(word, int(lots[place]) >> 3))
        family = touch(family, slipped & ~first, lambda word, place: slip(word, int(lots[place]) >> 3))
        initial = self._hits(rates.initial, f"initial{slot}", key)
        given = np.where(initial, given.astype("U1"), given)
        swapped = self._hits(rates.swapped, f"swapped{slot}", key)
        given, family = np.where(swapped, family, given), np.where(swapped, given, family)
        return np.where(known, given, ""), np.where(known, family, "")

    def born(self, people: Numbers, key: Numbers, slot: str = "", pattern: str = "yyyy-mm-dd") -> Text:
        """Date of birth as this record has it: perhaps a slip, a default, or nothing."""
        rates, known = self.rates, people >= 0
        true = self.world.people.born[np.where(known, people, 0)]
        day = true.astype("datetime64[D]")
        month = day.astype("datetime64[M]")
        of_month = (day - month).astype(np.int64) + 1
        of_year = (month - month.astype("datetime64[Y]")).astype(np.int64) + 1
        lot = self.draws.below(4, f"{self.source}/born lot{slot}", key)
        year = month.astype("datetime64[Y]")
        turned = (year.astype("datetime64[M]") + (of_month.clip(1, 12) - 1)).astype("datetime64[D]") + (of_year - 1)
        may_turn = (of_month <= 12) & (of_month != of_year)
        slid = np.select(
            [(lot == 0) & may_turn, lot == 1, lot == 2], [turned.astype(np.int64), true + 1, true + 10], true - 365
        )
        written = np.where(self._hits(rates.slip_born, f"born slip{slot}", key), slid, true)
        first = year.astype("datetime64[D]").astype(np.int64)
        default = np.where(lot % 2 == 0, first, np.datetime64("1900-01-01").astype("datetime64[D]").astype(np.int64))
        written = np.where(self._hits(rates.default_born, f"born default{slot}", key), default, written)
        missing = self._hits(rates.missing_born, f"born missing{slot}", key) | ~known
        return np.where(missing, "", dates(written, pattern))

    def home(self, household: Array, month: Array, key: Numbers, space: Array | None = None) -> "Written":
        """The address this record has: of the household that month, or an old one, perhaps with a wrong number."""
        row = self.stays.at(household, month)
        lived = self.stays.space[row] if space is None else np.asarray(space)
        before = self.stays.before[row]
        old = (before >= 0) & self._hits(self.rates.old_address, "old address", key)
        lived = np.where(old, before, lived)
        wrong = self._hits(self.rates.wrong_house, "house", key)
        return Written(self, lived, wrong, key)

    def phone(self, people: Numbers, household: Array, key: Numbers) -> Text:
        """Own number, the household's line now and then, or none."""
        known = people >= 0
        safe = np.where(known, people, 0)
        owner = safe.copy()
        for person, place in self.world.telephones.items():
            owner[safe == person] = place
        line = self._hits(0.15, "landline", key)
        number = np.where(line, landline(np.asarray(household, np.int64)), mobile(owner))
        number = touch(number, self._hits(0.3, "phone style", key), lambda word, _: word.replace(" ", ""))
        return np.where(known & ~self._hits(self.rates.missing_phone, "no phone", key), number, "")

    def mail(self, people: Numbers, key: Numbers) -> Text:
        """The person's address for e-mail, or none. It keeps the first surname through a marriage."""
        rows = self.world.people
        first = np.where(rows.former[people] >= 0, rows.former[people], rows.family[people])
        words = _plain_words()
        address = email(words[rows.given[people]], words[first], people)
        return np.where(self._hits(self.rates.missing_email, "no email", key), "", address)


@dataclass(frozen=True)
class Written:
    """An address as one record has it; the parts are read off as the system keeps them."""

    scribe: Scribe
    space: Numbers
    wrong: Flags
    key: Numbers

    @property
    def _address(self) -> Numbers:
        return np.asarray(self.scribe.world.spaces.address[self.space])

    @property
    def postcode(self) -> Text:
        """With or without its blank, now and then in small letters."""
        code = self.scribe.world.addresses.postcode[self._address]
        tight = self.scribe._hits(0.06, "postcode style", self.key)
        return np.asarray(
            touch(code, tight, lambda word, place: word.replace(" ", "") if self.key[place] % 3 else word.lower())
        )

    @property
    def uprn(self) -> Text:
        """Empty where the system has none, and where the house number is wrong."""
        number = (UPRN_FIRST + self._address.astype(np.int64) * 3 + 1).astype(str)
        missing = self.scribe._hits(self.scribe.rates.missing_uprn, "no uprn", self.key) | self.wrong
        return np.where(missing, "", number)

    @property
    def lines(self) -> tuple[Text, Text]:
        """What stands before the street (flat and block, or nothing), and number and street."""
        book, number = self.scribe.world.addresses, self._address
        house = np.where(self.wrong, book.house[number] + 2 + self.key % 9, book.house[number])
        street = np.char.add(np.char.add(house.astype(str), " "), book.street[number])
        short = self.scribe._hits(0.18, "street style", self.key)
        street = touch(street, short, lambda word, place: _shorten(word, int(self.key[place])))
        flat = book.flat[number]
        label = np.where(self.scribe._hits(0.2, "flat style", self.key), "Apt ", "Flat ")
        inside = np.char.add(np.char.add(np.char.add(label, flat.astype(str)), " "), book.name[number])
        return np.where(flat > 0, inside, book.name[number]), street

    @property
    def line(self) -> Text:
        """The whole address without its postcode."""
        inside, street = self.lines
        town = np.where(self.scribe._hits(0.3, "town", self.key), self._town(), "")
        whole = np.where(inside == "", street, np.char.add(np.char.add(inside, ", "), street))
        return np.where(town == "", whole, np.char.add(np.char.add(whole, ", "), town))

    def _town(self) -> Text:
        code = self.scribe.world.addresses.postcode[self._address]
        return np.select(
            [np.char.startswith(code, "IG"), np.char.startswith(code, "RM6")], ["Barking", "Romford"], "Dagenham"
        )

    @property
    def town(self) -> Text:
        """Always, for systems that keep it in a line of its own."""
        return self._town()


def _shorten(street: str, lot: int) -> str:
    for long, short in _SHORT_WAY.items():
        if street.endswith(long):
            return street.removesuffix(long) + short + ("." if lot % 5 == 0 else "")
    return street
