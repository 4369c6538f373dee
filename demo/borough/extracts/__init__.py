"""Each system's extract, in its own shape: columns, codes and dates as it keeps them."""

from collections.abc import Callable

from demo.borough.extracts import adults, benefits, children, council_tax, place_lists, rents
from demo.borough.extracts.office import Office
from demo.borough.writing import Extract

MAKERS: tuple[Callable[[Office], Extract], ...] = (
    council_tax.accounts,
    council_tax.arrears,
    rents.accounts,
    rents.balances,
    benefits.claims,
    children.school_census,
    children.school_exclusions,
    children.early_help,
    children.social_care,
    adults.adult_care,
    adults.domestic_abuse,
    adults.homelessness,
    adults.hub_contacts,
    place_lists.housing_stock,
    place_lists.register,
    place_lists.directory,
    place_lists.developer_contributions,
    place_lists.grant_history,
    place_lists.panel_pool,
    place_lists.volunteers,
)
"""Every extract, in the order a council would load them."""
