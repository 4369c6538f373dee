"""One spelling for each value, so that comparing is comparing and not parsing.

Every function takes the text of one canonical column and gives its folded form, or "" where there is nothing to
compare. Columns repeat their values (a borough has 60,000 spellings of names, not 1,000,000), so a column is folded
once for each value it holds: `records.py` does that.
"""

import re
import unicodedata
from datetime import date
from functools import lru_cache
from importlib.resources import files

_LETTERS = str.maketrans({"ł": "l", "đ": "d", "ð": "d", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "þ": "th", "ı": "i"})
_NOT_LETTER = re.compile(r"[^a-z ]+")
_JOINERS = re.compile(r"['`´ʻʼʽʾʿ\u2018\u2019]|(?<=[a-z])\.(?=[a-z])")
_TITLES = frozenset("mr mrs ms miss mx dr prof rev sir dame lady lord cllr jr jnr junior sr snr senior esq".split())
_NOBODY = frozenset(
    "unknown unk unknoen na none null nil baby anon anonymous occupier resident householder tenant test name xx xxx "
    "notknown notgiven tbc tba deceased executors exors".split()
)
"""Words that stand where a name should be: they say nothing about who it is."""

_FEMALE, _MALE = frozenset("mrs ms miss lady dame".split()), frozenset("mr sir lord".split())

_STREETS = {
    "rd": "road", "st": "street", "str": "street", "ave": "avenue", "av": "avenue", "cl": "close", "clo": "close",
    "cres": "crescent", "cresc": "crescent", "cr": "crescent", "ct": "court", "crt": "court", "dr": "drive",
    "drv": "drive",
    "ln": "lane", "la": "lane", "gdns": "gardens", "gdn": "gardens", "gds": "gardens", "pl": "place", "sq": "square",
    "ter": "terrace", "terr": "terrace", "pk": "park", "gr": "grove", "grv": "grove", "gro": "grove", "hse": "house",
    "ho": "house", "mt": "mount", "blvd": "boulevard", "hwy": "highway", "pkwy": "parkway", "cir": "circuit",
    "wy": "way", "wlk": "walk", "wk": "walk", "bldg": "buildings", "bldgs": "buildings", "est": "estate",
    "ests": "estate",
    "n": "north", "s": "south", "e": "east", "w": "west", "spgs": "springs", "nth": "north", "sth": "south",
    "vw": "view", "hl": "hill", "row": "row", "mws": "mews", "ms": "mews", "pde": "parade", "prom": "promenade",
}  # fmt: skip
_UNIT_WORDS = frozenset("flat flt apartment apt unit suite room rm no number studio maisonette".split())
_KINDS = frozenset(_STREETS.values()) | frozenset("green common circle trail loop rise vale fields end".split())
_POSTCODE = re.compile(r"^([a-z]{1,2}\d[a-z\d]?)(\d[a-z]{2})$")


def fold(text: str) -> str:
    """Lower case, no accents, no apostrophes; everything that is no letter, digit or sign of its own stays."""
    text = unicodedata.normalize("NFKD", text.lower().translate(_LETTERS))
    return _JOINERS.sub("", "".join(each for each in text if not unicodedata.combining(each)))


@lru_cache(maxsize=50_000)
def name(text: str) -> str:
    """Words of a name without titles, folded and separated by one space; "" where nobody is named."""
    words = [word for word in _NOT_LETTER.sub(" ", fold(text)).split() if word not in _TITLES]
    return " ".join(word for word in words if word not in _NOBODY)


def joined(folded: str) -> str:
    """A folded name with its words run together, as forms are filled in now one way, now the other."""
    return folded.replace(" ", "")


def sex(text: str) -> str:
    """f, m or "" (not known, or neither)."""
    letter = text.strip().lower()[:1]
    return {"f": "f", "m": "m", "w": "f", "g": "f", "b": "m"}.get(letter, "")


def sex_of_title(text: str) -> str:
    """What a title says of someone's sex; Dr, Mx and most others say nothing."""
    word = text.strip().lower().rstrip(".")
    return "f" if word in _FEMALE else "m" if word in _MALE else ""


def birth_digits(text: str) -> str:
    """`yyyymmdd` from an ISO date, a partial one or one that no calendar has; a part that is not known is 0.

    1 January stands in most systems for "only the year is known": its day and month are taken as not known, and
    whoever is really born that day loses a little evidence.
    """
    parts = re.findall(r"\d+", text)
    if len(parts) == 1 and len(parts[0]) == 8:
        parts = [parts[0][:4], parts[0][4:6], parts[0][6:]]
    if not parts:
        return ""
    if len(parts) == 3 and len(parts[2]) == 4 and len(parts[0]) != 4:
        parts.reverse()
    year, month, day = (*parts, "0", "0")[:3]
    if len(year) != 4 or year in ("1900", "9999", "0000") or len(month) > 2 or len(day) > 2:
        return ""
    if (int(month), int(day)) == (1, 1):
        month = day = "0"
    return f"{year}{month:0>2}{day:0>2}"


def birth_of(born: date | None, partial: str | None) -> str:
    """The digits of a birth date given either way."""
    return birth_digits(born.isoformat()) if born is not None else birth_digits(partial or "")


def identifier(text: str) -> str:
    """Letters and digits of a number that someone was issued with; "" for fillers such as 0000000."""
    kept = "".join(each for each in fold(text) if each.isalnum())
    return "" if len(kept) < 5 or len(set(kept)) < 3 else kept


def phone(text: str) -> str:
    """The last ten digits: with and without the country's prefix are one number."""
    digits = "".join(each for each in text if each.isdigit())
    return "" if len(digits) < 7 or len(set(digits)) < 3 else digits[-10:]


def email(text: str) -> str:
    """An address as its owner types it; without an @ it is none."""
    text = text.strip().lower()
    return text if "@" in text[1:-1] else ""


def postcode(text: str) -> str:
    """Without the space, lower case. A postcode of no known form stays: other countries have their own."""
    return "".join(each for each in fold(text) if each.isalnum())


def district(folded_postcode: str) -> str:
    """The postcode without its last three characters (rm10), else its first three."""
    found = _POSTCODE.match(folded_postcode)
    return found[1] if found else folded_postcode[:3]


def address(text: str) -> tuple[str, str]:
    """The numbers of an address in their order, and the words of its building and street without what kind it is.

    `Flat 21, 22 Halbutt Cres, London` and `21/22 halbutt crescent` both give `("21 22", "halbutt")`. Parts after the
    one that has the street's number are the locality, which comes and goes, and are left out.
    """
    kept: list[str] = []
    for part in fold(text).split(","):
        words = re.findall(r"[a-z]+|\d+[a-z]?(?![a-z])|\d+", part.replace("'", ""))
        kept += words
        if any(word[0].isdigit() for word in words) and any(
            len(word) > 2 and word not in _UNIT_WORDS for word in words if word[0].isalpha()
        ):
            break
    kept = [_STREETS.get(word, word) for word in kept if word not in _UNIT_WORDS]
    numbers = [word for word in kept if word[0].isdigit()]
    words = [word for word in kept if word[0].isalpha()]
    bare = [word for word in words if word not in _KINDS] or words
    return " ".join(numbers), " ".join(bare)


_SOUNDS = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"^(?:kn|gn)", "n"), (r"^wr", "r"), (r"ph", "f"), (r"tsch|tch|tcz|cz|ch|sch|sz|sh", "s"), (r"ck|q|kh", "k"),
        (r"x", "ks"), (r"c(?=[eiy])", "s"), (r"c", "k"), (r"gh(?=t|$)", ""), (r"z", "s"), (r"dh", "d"), (r"th", "t"),
        (r"(?<=.)h", ""), (r"w|v", "v"), (r"j(?=[aeiou])", "j"),
    )
)  # fmt: skip


@lru_cache(maxsize=200_000)
def sound(folded: str) -> str:
    """What stays put when a name is spelt by ear: the first letter and the order of the consonants.

    Mohammed, Muhammad and Mohamed are `mmd`; vowels, doubled letters and a breathed h are forgotten.
    """
    text = joined(folded)
    for pattern, put in _SOUNDS:
        text = pattern.sub(put, text)
    if not text:
        return ""
    first = "a" if text[0] in "aeiouy" else text[0]
    rest = re.sub(r"[aeiouy]", "", text[1:])
    return re.sub(r"(.)\1+", r"\1", first + rest)


@lru_cache(maxsize=1)
def _families_of_names() -> dict[str, frozenset[int]]:
    groups: dict[str, set[int]] = {}
    lines = files("kit.contracts").joinpath("nicknames.txt").read_text(encoding="utf-8").splitlines()
    for number, line in enumerate(lines):
        full, separator, others = line.partition(":")
        if separator and not line.startswith("#"):
            for word in (full.strip(), *others.split()):
                groups.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in groups.items()}


def forms_of(folded: str) -> frozenset[int]:
    """The numbers of the families of names (Robert, Bob, Rob) that a given name belongs to; often none."""
    return _families_of_names().get(folded, frozenset())
