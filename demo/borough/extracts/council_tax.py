"""Council tax: accounts (in capitals, address in three lines) and the months with something owed or missed."""

import numpy as np

from demo.borough.extracts.office import Office, named, reference, written_of
from demo.borough.noise import UK, dates
from demo.borough.structure import STALE_ACCOUNT
from demo.borough.world import MAN, OPEN_END
from demo.borough.writing import Extract

STAGES = np.array(["", "reminder_1", "reminder_2", "final", "summons", "liability_order"])


def accounts(office: Office) -> Extract:
    """One row an account; some are never closed when people go."""
    world, scribe = office.world, office.scribe("council_tax_accounts")
    table = world.council_tax
    key = written_of(table)
    first, second, opened, closed = table.first[key], table.second[key], table.opened[key], table.closed[key]
    month = table.month[key].clip(0)
    stale = world.draws.happens(STALE_ACCOUNT, "account/stale", key)
    closed = np.where(stale, OPEN_END, closed)
    given_1, family_1 = scribe.names(first, month, key)
    given_2, family_2 = scribe.names(second, month, key, "/2")
    home = scribe.home(table.household[key], month, key, table.space[key])
    inside, street = home.lines
    title = np.where(world.people.sex[first] == MAN, "MR", np.array(["MRS", "MS", "MISS"])[key % 3])
    single = (second < 0) & world.draws.happens(0.9, "account/discount", key)
    ref = reference("6", key)
    extract = Extract(
        "council_tax_accounts",
        {
            "account_ref": ref,
            "liable_1_title": np.where(key % 11 == 0, "", title),
            "liable_1_forename": np.char.upper(given_1),
            "liable_1_surname": np.char.upper(family_1),
            "liable_2_forename": np.char.upper(given_2),
            "liable_2_surname": np.char.upper(family_2),
            "uprn": home.uprn,
            "address_1": np.char.upper(np.where(inside == "", street, inside)),
            "address_2": np.char.upper(np.where(inside == "", home.town, street)),
            "address_3": np.char.upper(np.where(inside == "", "", home.town)),
            "postcode": home.postcode,
            "liability_from": dates(opened, UK),
            "liability_to": dates(closed, UK),
            "discount": np.where(single, "SPD25", ""),
            "phone": scribe.phone(first, table.household[key], key),
            "email": scribe.mail(first, key),
        },
        [
            named(ref, 1, first, table.household[key], opened, table.closed[key], suffix=True),
            named(ref, 2, second, table.household[key], opened, table.closed[key], suffix=True),
        ],
    )
    return office.news(extract, table.month[key], np.where(stale, -1, table.month_closed[key]))


def arrears(office: Office) -> Extract:
    """A row for each account and month with something owed, missed, or paid off."""
    log = office.table("council_tax", "account", "month", "charge", "paid", "balance", "missed", "stage")
    words = np.array([office.world.calendar.word(month) for month in range(office.until + 1)])
    extract = Extract(
        "council_tax_arrears",
        {
            "account_ref": lambda rows: reference("6", log["account"][rows]),
            "month": lambda rows: words[log["month"][rows]],
            "charge": log["charge"],
            "paid": np.round(log["paid"], 2),
            "balance": log["balance"],
            "instalment_missed": lambda rows: np.where(log["missed"][rows] > 0, "Y", "N"),
            "stage": lambda rows: STAGES[log["stage"][rows]],
        },
    )
    return office.news(extract, log["month"])
