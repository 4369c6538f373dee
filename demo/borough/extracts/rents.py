"""Rent accounts of the council and other social landlords, and the weeks in which one was not at nil."""

import numpy as np

from demo.borough.extracts.office import Office, named, reference, written_of
from demo.borough.noise import UK, dates
from demo.borough.writing import Extract

NOTICES = np.array(["", "NOSP", "court"])


def accounts(office: Office) -> Extract:
    """One row a tenancy."""
    scribe, table = office.scribe("rent_accounts"), office.world.tenancies
    key = written_of(table)
    first, second, month = table.first[key], table.second[key], table.month[key].clip(0)
    given_1, family_1 = scribe.names(first, month, key)
    given_2, family_2 = scribe.names(second, month, key, "/2")
    home = scribe.home(table.household[key], month, key, table.space[key])
    ref = reference("T", key)
    extract = Extract(
        "rent_accounts",
        {
            "tenancy_ref": ref,
            "tenant_forename": given_1,
            "tenant_surname": family_1,
            "tenant_dob": scribe.born(first, key, "", UK),
            "joint_forename": given_2,
            "joint_surname": family_2,
            "joint_dob": scribe.born(second, key, "/2", UK),
            "uprn": home.uprn,
            "address": home.line,
            "postcode": home.postcode,
            "tenancy_start": dates(table.opened[key]),
            "tenancy_end": dates(table.closed[key]),
            "landlord": np.where(table.kind[key] == 0, "council", "other_social"),
            "weekly_rent": table.amount[key],
        },
        [
            named(ref, 1, first, table.household[key], table.opened[key], table.closed[key], suffix=True),
            named(ref, 2, second, table.household[key], table.opened[key], table.closed[key], suffix=True),
        ],
    )
    return office.news(extract, table.month[key], table.month_closed[key])


def balances(office: Office) -> Extract:
    """A row for each tenancy and week that did not end at nil, and for the week that came back to it."""
    log = office.table("rent", "tenancy", "day", "month", "balance", "notice")
    extract = Extract(
        "rent_balances",
        {
            "tenancy_ref": lambda rows: reference("T", log["tenancy"][rows]),
            "week_ending": lambda rows: dates(log["day"][rows]),
            "balance": log["balance"],
            "notice": lambda rows: NOTICES[log["notice"][rows]],
        },
    )
    return office.news(extract, log["month"])
