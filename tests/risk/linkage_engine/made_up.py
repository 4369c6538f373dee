"""Made-up records in canonical columns: homes with twins and movers, and the slips of busy people."""

import random
from typing import Any

import pyarrow as pa

_GIVEN = (
    "amina joseph fatima daniel grace kwame elena piotr chidi sadia mohammed olga thomas ruth yusuf ana peter maria "
    "samuel layla george irene victor hannah omar nadia simon julia martin rosa"
).split()
_FAMILY = (
    "okafor smith begum kowalski mensah rahman popescu jones osei hussain green ali brown petrauskas taylor khan "
    "walker silva nowak evans ahmed wright adeyemi clarke mbeki hughes farah dumitru price baker"
).split()
_STREETS = "heathway becontree longbridge gale valence dagenham ripple movers bennett harrow lodge oxlow".split()
SOURCES = ("council_tax", "benefits", "school", "contact")


def slipped(word: str, dice: random.Random) -> str:
    """The word with one letter wrong."""
    place = dice.randrange(len(word))
    return word[:place] + dice.choice("abcdefghijklmnopqrstuvwxyz") + word[place + 1 :]


def people(homes: int, seed: int = 1) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Rows, and the person of each record id."""
    dice = random.Random(seed)
    rows: list[dict[str, Any]] = []
    truth: dict[str, str] = {}
    for home in range(homes):
        street = dice.choice(_STREETS)
        address = f"{dice.randint(1, 300)} {street} road"
        postcode = f"rm{dice.randint(1, 9)} {home % 9}a{'abcdefgh'[home % 8]}"
        family = dice.choice(_FAMILY) + dice.choice(("", "", "s", "ski", "ova", "ton"))
        born = f"{dice.randint(1945, 1990)}-{dice.randint(2, 12):02d}-{dice.randint(2, 28):02d}"
        for member in range(dice.choice((1, 2, 2, 3, 4))):
            twin = member > 1 and dice.random() < 0.05
            if not twin:
                year = dice.randint(1945, 1990) if member < 2 else dice.randint(2006, 2020)
                born = f"{year}-{dice.randint(2, 12):02d}-{dice.randint(2, 28):02d}"
            given = dice.choice(_GIVEN) + dice.choice(("", "", "h", "lyn"))
            for number in range(dice.choice((1, 2, 2, 3, 4))):
                record = f"r{len(rows):05d}"
                moved = dice.random() < 0.06
                rows.append(
                    {
                        "record_id": record,
                        "source": SOURCES[(number + member) % 4],
                        "reference": record,
                        "given": slipped(given, dice) if dice.random() < 0.06 else given,
                        "family": slipped(family, dice) if dice.random() < 0.06 else family,
                        "born": None if dice.random() < 0.3 else born,
                        "sex": None if dice.random() < 0.4 else "mf"[member % 2],
                        "address": f"{dice.randint(1, 300)} {dice.choice(_STREETS)} close" if moved else address,
                        "postcode": None if moved or dice.random() < 0.1 else postcode,
                    }
                )
                truth[record] = f"{home}.{member}"
    return rows, truth


def table(rows: list[dict[str, Any]]) -> pa.Table:
    """The rows as an Arrow table of text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    texts = {name: [None if row.get(name) is None else str(row[name]) for row in rows] for name in names}
    return pa.table({name: pa.array(each, pa.string()) for name, each in texts.items()})
