"""A made-up street whose truth is known: who each record is, and how it is misspelt."""

import random
from datetime import date, timedelta
from typing import Any

_GIVEN = "Amina Chidi Tomasz Priya Olu Grace Kwame Elif Daniel Sofia Yusuf Martha Ionut Fatou Liam Zara".split()
_FAMILY = "Okonkwo Nowak Patel Adeyemi Mensah Demir Kowalski Begum Popescu Diallo Murphy Haddad Costa Thapa".split()
_STREETS = "Longbridge Road,Ripple Road,Becontree Avenue,Heathway,Porters Avenue,Gale Street".split(",")
SOURCES = ("rent_accounts", "council_tax_accounts", "benefit_claims", "school_census", "hub_contacts")


def borough(people: int, records_each: int = 3, seed: int = 7, slips: float = 1.0) -> list[dict[str, Any]]:
    """Records of so many people in canonical columns; `reference` begins with the person's number and a dot.

    `slips`: how often names are misspelt and birth dates left out; 0 is never.
    """
    dice = random.Random(seed)
    found: list[dict[str, Any]] = []
    number = 0
    while number < people:
        street, house = dice.choice(_STREETS), dice.randint(1, 400)
        uprn, postcode = f"1000{house:03d}{_STREETS.index(street)}", f"RM{house % 9 + 1} {_STREETS.index(street)}AA"
        family = f"{dice.choice(_FAMILY)}{dice.choice(['', 'a', 'ski', 'son', 'wu'])}"
        for _ in range(min(dice.choice([1, 2, 2, 3, 4]), people - number)):
            # Nobody of a street shares all of their names and birth date: the truth is what it seems.
            given = f"{dice.choice(_GIVEN)}{dice.choice(['', '', 'lyn', 'ette'])}"
            born = date(1945, 1, 1) + timedelta(days=dice.randint(0, 27000))
            for count in range(records_each):
                found.append(
                    {
                        "source": SOURCES[count % len(SOURCES)],
                        "reference": f"{number}.{count}",
                        "given": given if dice.random() >= 0.1 * slips else given[:-1] + "e",
                        "family": family if dice.random() >= 0.05 * slips else family.replace("o", "u"),
                        "born": born if dice.random() >= 0.1 * slips else None,
                        "address": f"{house} {street}, Dagenham",
                        "postcode": postcode,
                        "uprn": uprn if count != 3 else None,
                        "household_reference": f"{uprn}" if count < 2 else None,
                        "valid_from": date(2020, 1, 1) if count < 2 else None,
                        "seen_on": date(2025, 9, 1),
                    }
                )
            number += 1
    return found
