"""A seeded borough of invented people to search in: names as mixed, and as unevenly common, as in east London.

First names follow the counts of the Office for National Statistics where the open place data are at hand
(NEWSTART_PLACE_DATA, else ../shared/data/place; Open Government Licence); all other names are Faker's, weighted by
Zipf's law where Faker gives no weights. The shares of origin are round figures near the 2021 census of Barking and
Dagenham. Very common names are made as common as they are: an eighth of a group may share one name.
"""

import csv
import importlib
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path
from uuid import UUID

_TODAY = date(2026, 4, 1)


@dataclass(frozen=True, slots=True)
class Invented:
    """One invented person."""

    person_id: UUID
    given: tuple[str, ...]
    family: str
    former_family: str | None
    born: date
    postcode: str
    phone: str
    sex: str


class Pool:
    """Names with weights, drawn quickly."""

    def __init__(self, weights: dict[str, float]) -> None:
        self.names = list(weights)
        self._sums = list(accumulate(weights.values()))

    def draw(self, rng: random.Random) -> str:
        return rng.choices(self.names, cum_weights=self._sums)[0]


def _zipf(names: Sequence[str], total: float = 1.0, exponent: float = 0.8) -> dict[str, float]:
    """The first name is the commonest; names keep their order. A higher exponent gives the first ones more."""
    raw = [1 / (i + 3) ** exponent for i in range(len(names))]
    return {name: total * value / sum(raw) for name, value in zip(names, raw, strict=True)}


def _faker(locale: str, attribute: str, seed: int = 7) -> list[str]:
    """Faker's list in a fixed shuffled order: its own is the alphabet's, which would make A names common."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    names = sorted(set(getattr(provider, attribute)))
    random.Random(seed).shuffle(names)
    return names


def _mixed(*parts: dict[str, float]) -> dict[str, float]:
    mixed: dict[str, float] = {}
    for part in parts:
        for name, weight in part.items():
            mixed[name] = mixed.get(name, 0) + weight
    return mixed


def _scaled(weights: dict[str, float], total: float) -> dict[str, float]:
    whole = sum(weights.values())
    return {name: total * weight / whole for name, weight in weights.items()}


def place_data() -> Path | None:
    """Where the open place data are, if they are."""
    folder = Path(os.environ.get("NEWSTART_PLACE_DATA", Path(__file__).parents[2] / "shared/data/place"))
    return folder if (folder / "first_names_england_wales_1996_2020.csv").exists() else None


def _english_first_names(sex: str) -> dict[str, float]:
    folder = place_data()
    if folder is None:
        return _scaled(_zipf(_faker("en_GB", "first_names_male" if sex == "M" else "first_names_female")), 1)
    young: dict[str, float] = {}
    with (folder / "first_names_england_wales_1996_2020.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["sex"] == sex:
                young[row["name"]] = float(row["n"])
    old: dict[str, float] = {}
    with (folder / "first_names_top100_1904_1994.csv").open() as lines:
        for row in csv.DictReader(lines):
            if row["sex"] == sex and int(row["year"]) >= 1934:
                name = row["name"].title()
                old[name] = old.get(name, 0) + 1 / (int(row["rank"]) + 3)
    return _mixed(_scaled(young, 0.45), _scaled(old, 0.55))


def _english_surnames() -> dict[str, float]:
    provider = importlib.import_module("faker.providers.person.en_GB").Provider
    tail = [name for locale in ("en_IE", "en_NZ", "en_US") for name in _faker(locale, "last_names")]
    return _mixed(_scaled(dict(provider.last_names), 0.6), _zipf(list(dict.fromkeys(tail)), 0.4, 0.5))


def _words(text: str) -> list[str]:
    return text.split()


def _rare_surnames(count: int = 30_000, seed: int = 11) -> list[str]:
    """Names that only a household or two bear: any borough has tens of thousands; here they are put together."""
    rng = random.Random(seed)
    onsets = _words("b br c ch d dr f g gr h j k kr l m n p pr r s sh st t tr v w y z")
    vowels = _words("a a e e i o o u ai ei ou oo")
    ends = _words("s n k ka ski va wa ra no l r m nd ez ian idis aj ic oglu shvili man berg field ton well yan")
    names: dict[str, None] = {}
    while len(names) < count:
        middle = "".join(rng.choice(onsets) + rng.choice(vowels) for _ in range(rng.choice((1, 2, 2, 3))))
        names[(middle + rng.choice(ends)).title()] = None
    return list(names)


_BENGALI_FAMILY = _zipf(
    _words(
        "Begum Ahmed Ali Uddin Miah Hussain Islam Rahman Khan Khatun Chowdhury Akhtar Hoque Alam Karim Sarkar Hossain "
        "Choudhury Haque Rashid Mia Ullah Khanom Akter Malik Talukder Hasan Bibi Kabir Chowdhury Mahmud Mannan Roy Das "
        "Siddique Bhuiyan Sultana Jahan Nessa Shah Aziz Azad Quddus Majumder Mondal Biswas Dey Barua Sikder Howlader"
    ),
    exponent=1.4,
)
_SOMALI_FAMILY = _zipf(
    _words(
        "Mohamed Ali Ahmed Hassan Abdi Omar Yusuf Ibrahim Farah Warsame Jama Hussein Nur Osman Adan Aden Abdullahi "
        "Ismail Elmi Said Hersi Mohamud Guled Duale Egal Samatar Shire Dirie Roble Salah Abukar Haji Maxamed Cali "
        "Axmed Xasan Xuseen Cabdi Faarax Cumar Yuusuf Aadan"
    ),
    exponent=1.1,
)
_MUSLIM_MEN = _zipf(
    _words(
        "Mohammed Muhammad Ahmed Abdul Ali Hassan Hussain Ibrahim Yusuf Omar Khalid Imran Kamal Jamal Tariq Faisal "
        "Rashid Salim Nasir Anwar Bilal Hamza Karim Rahim Shahid Zahid Farooq Iqbal Asif Arif Shafiq Rafiq Sajid Wasim "
        "Nadeem Naeem Saeed Usman Uthman Idris Ismail Musa Isa Yahya Ayub Dawud Sulaiman Zakaria Mustafa Mahmud Mamun "
        "Shamim Sohel Rubel Jubair Mizanur Habibur Abdur Fazlul Nurul Aminul Shafiqul Azizur Mahbub Monir Masud "
        "Abdullah Abdirahman Abdulrahman Abdikarim Abdulkadir Abdinasir Mubarak Siddiq Luqman Mohamoud"
    ),
    exponent=1.3,
)
_MUSLIM_WOMEN = _zipf(
    _words(
        "Fatima Aisha Khadija Maryam Amina Zainab Halima Nasreen Shabana Rukhsana Farzana Sultana Rahima Salma Nazma "
        "Shahida Rehana Yasmin Samina Saima Sadia Sumaya Hafsa Safiya Asma Ruqayyah Hawa Hodan Ifrah Ayaan Faduma "
        "Sahra Hibo Nimo Ubah Fowzia Shamsa Jamila Khadra Rabia Naima Najma Shirin Parvin Monira Taslima Hosneara "
        "Jahanara Rokeya Roksana Mahmuda Hasina Khaleda Momtaz Laila Nargis Tahmina Farhana Rumana Sabina Ayesha"
    ),
    exponent=1.1,
)


_URDU_FAMILY = _words(
    "Khan Ahmed Hussain Ali Malik Iqbal Shah Akhtar Mahmood Bibi Begum Butt Mirza Qureshi Sheikh Chaudhry"
)
_ROMANIAN_FAMILY = _words(
    "Popescu Ionescu Popa Radu Dumitru Stan Stoica Gheorghe Matei Ciobanu Rusu Munteanu Moldovan Constantin Marin "
    "Dobre Barbu Nistor Florea Dinu Dragomir Lazar Ene Tudor Ungureanu Lupu Serban Grigore"
)


@dataclass(frozen=True, slots=True)
class _Origin:
    share: float
    men: Pool
    women: Pool
    family: Pool
    second_given: float
    """How many have a second given name."""


def _origins() -> list[_Origin]:
    men, women = _english_first_names("M"), _english_first_names("F")
    english = _english_surnames()

    def origin(
        share: float, he: dict[str, float], she: dict[str, float], family: dict[str, float], second_given: float
    ) -> _Origin:
        return _Origin(share, Pool(he), Pool(she), Pool(family), second_given)

    def faker(locale: str, family: dict[str, float], share: float, second_given: float) -> _Origin:
        he, she = _faker(locale, "first_names_male"), _faker(locale, "first_names_female")
        return origin(share, _zipf(he), _zipf(she), family, second_given)

    african_men = [_zipf(_faker(at, "first_names_male"), n) for at, n in (("yo_NG", 5), ("tw_GH", 2), ("ig_NG", 1.5))]
    african_women = [
        _zipf(_faker(at, "first_names_female"), n) for at, n in (("yo_NG", 5), ("tw_GH", 2), ("ig_NG", 1.5))
    ]
    african_family = [
        _zipf(_faker(at, "last_names"), n) for at, n in (("yo_NG", 5), ("tw_GH", 3), ("ig_NG", 1), ("ha_NG", 1))
    ]
    urdu = _zipf(_faker("en_PK", "first_names"), 0.4)
    urdu_family = _mixed(_zipf(_URDU_FAMILY, 0.7), _zipf(_faker("en_PK", "last_names"), 0.3))
    polish_family = _mixed(
        _zipf(_faker("pl_PL", "male_last_names"), 0.4), _zipf(_faker("pl_PL", "unisex_last_names"), 0.6, 0.4)
    )
    romanian_family = _mixed(_zipf(_faker("ro_RO", "last_names"), 0.5), _zipf(_ROMANIAN_FAMILY, 0.5))
    baltic = _zipf(_faker("lt_LT", "first_names"))
    baltic_family = _mixed(_zipf(_faker("lt_LT", "last_names")), _zipf(_faker("lv_LV", "last_names")))
    return [
        origin(0.34, men, women, english, 0.7),
        origin(0.08, men, women, dict.fromkeys(_rare_surnames(), 1.0), 0.5),
        origin(0.15, _mixed(_scaled(men, 3), *african_men), _mixed(_scaled(women, 3), *african_women),
               _mixed(*african_family), 0.7),
        origin(0.11, _MUSLIM_MEN, _MUSLIM_WOMEN, _BENGALI_FAMILY, 0.6),
        origin(0.08, _mixed(_MUSLIM_MEN, urdu), _mixed(_MUSLIM_WOMEN, urdu), urdu_family, 0.5),
        origin(0.03, _MUSLIM_MEN, _MUSLIM_WOMEN, _SOMALI_FAMILY, 0.8),
        origin(0.03, baltic, baltic, baltic_family, 0.1),
        faker("ro_RO", romanian_family, 0.06, 0.4),
        faker("pl_PL", polish_family, 0.03, 0.3),
        faker("en_IN", _zipf(_faker("en_IN", "last_names")), 0.05, 0.4),
        faker("pt_PT", _zipf(_faker("pt_PT", "last_names")), 0.02, 0.5),
        faker("tr_TR", _zipf(_faker("tr_TR", "last_names")), 0.02, 0.1),
    ]  # fmt: skip


_POSTCODE_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"


def _postcode(rng: random.Random) -> str:
    district = rng.choice(("RM6", "RM7", "RM8", "RM9", "RM10", "IG11"))
    return f"{district} {rng.randint(1, 9)}{rng.choice(_POSTCODE_LETTERS)}{rng.choice(_POSTCODE_LETTERS)}"


def invented_people(count: int, seed: int = 2026) -> Iterator[Invented]:
    """`count` people in households that share a family name and a postcode; the same for the same seed and data."""
    rng = random.Random(seed)
    origins = _origins()
    shares = list(accumulate(origin.share for origin in origins))
    made = 0
    while made < count:
        origin = rng.choices(origins, cum_weights=shares)[0]
        family = origin.family.draw(rng)
        postcode = _postcode(rng)
        for _ in range(min(rng.choices((1, 2, 3, 4, 5, 6), (30, 25, 17, 16, 8, 4))[0], count - made)):
            sex = rng.choice("MF")
            first = origin.men if sex == "M" else origin.women
            given = [first.draw(rng)]
            while rng.random() < (origin.second_given if len(given) == 1 else 0.1) and len(given) < 3:
                given.append(first.draw(rng))
            # In some families each has a name of their own, as with Bengali and Somali names.
            own = family if rng.random() < 0.8 else origin.family.draw(rng)
            if rng.random() < 0.05:
                own = f"{own}-{origin.family.draw(rng)}"
            age = int(rng.triangular(0, 95, 25) * 365.25)
            born = _TODAY - timedelta(days=age)
            if rng.random() < 0.015:
                born = born.replace(month=1, day=1)
            former = origin.family.draw(rng) if sex == "F" and age > 9000 and rng.random() < 0.2 else None
            phone = f"+447{rng.randint(100000000, 999999999)}"
            yield Invented(
                UUID(int=rng.getrandbits(128), version=4),
                tuple(dict.fromkeys(given)),
                own,
                former,
                born,
                postcode,
                phone,
                sex,
            )
            made += 1
