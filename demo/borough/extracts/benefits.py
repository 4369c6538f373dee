"""Housing benefit and council tax support: one row for each award period of a claim, the newest without an end."""

import numpy as np

from demo.borough.extracts.office import Office, named, reference
from demo.borough.hardship import COUNCIL_TAX_SUPPORT
from demo.borough.identifiers import nino
from demo.borough.noise import dates
from demo.borough.place import COUNCIL, OTHER_SOCIAL, PRIVATE
from demo.borough.world import LOW_PAY, NO_PAY, OPEN_END, PENSIONER, Array
from demo.borough.writing import Extract

STATUS = np.array(["live", "live - job ended", "live - bereaved"])


def claims(office: Office) -> Extract:
    """Claimant and partner as "SURNAME, Forename"; earned income only with low pay."""
    world, scribe = office.world, office.scribe("benefit_claims")
    table, log = (
        world.claims,
        office.table("award", "claim", "month", "begins", "weekly", "earned", "income", "children", "space", "reason"),
    )
    order = np.lexsort((log["month"], log["claim"]))
    log = {name: column[order] for name, column in log.items()}
    key = log["claim"]
    last = np.concatenate([key[1:] != key[:-1], [True]]) if len(key) else np.empty(0, bool)
    following = np.concatenate([log["begins"][1:], [OPEN_END]]) if len(key) else key
    next_month = np.concatenate([log["month"][1:], [-1]]) if len(key) else key
    ends = np.where(last, table.closed[key], np.maximum(following - 1, log["begins"]))
    ended = np.where(last, table.month_closed[key], next_month)
    first, second, month = table.first[key], table.second[key], table.month[key].clip(0)
    given_1, family_1 = scribe.names(first, month, key)
    given_2, family_2 = scribe.names(second, month, key, "/2")
    home = scribe.home(table.household[key], log["month"], key, log["space"])
    tenure = world.spaces.tenure[log["space"]]
    ref = np.where(table.kind[key] == COUNCIL_TAX_SUPPORT, reference("CTS", key), reference("HB", key))
    passported = (log["income"] == NO_PAY) | ((log["income"] == PENSIONER) & (key % 3 != 0))
    extract = Extract(
        "benefit_claims",
        {
            "claim_ref": ref,
            "claimant_nino": nino(first.astype(np.int64)),
            "claimant_name": _listed(given_1, family_1),
            "claimant_dob": scribe.born(first, key),
            "partner_nino": np.where(second >= 0, nino(second.clip(0).astype(np.int64)), ""),
            "partner_name": np.where(second >= 0, _listed(given_2, family_2), ""),
            "partner_dob": scribe.born(second, key, "/2"),
            "children": log["children"],
            "uprn": home.uprn,
            "address": home.line,
            "postcode": home.postcode,
            "tenure": np.select(
                [tenure == PRIVATE, tenure == COUNCIL, tenure == OTHER_SOCIAL], ["PRIV", "LA", "HA"], ""
            ),
            "benefit": np.where(table.kind[key] == COUNCIL_TAX_SUPPORT, "CTS", "HB"),
            "passported": np.where(passported, "Y", "N"),
            "weekly_award": log["weekly"],
            "earned_income_weekly": np.where(log["income"] == LOW_PAY, log["earned"], 0.0),
            "status": np.where(last & (ends < OPEN_END), "ended", STATUS[log["reason"]]),
            "from": dates(log["begins"]),
            "to": dates(ends),
        },
        [
            named(
                ref[last], 1, first[last], table.household[key[last]], table.opened[key[last]], ends[last], suffix=True
            ),
            named(
                ref[last], 2, second[last], table.household[key[last]], table.opened[key[last]], ends[last], suffix=True
            ),
        ],
    )
    return office.news(extract, log["month"], ended)


def _listed(given: Array, family: Array) -> Array:
    return np.char.add(np.char.add(np.char.upper(family), ", "), given)
