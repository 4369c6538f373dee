"""The council's list of properties: which ward an address lies in. About addresses, never about people."""

from typing import Final

from services.risk.sources.maps.shape import Column, Map, Place

HOUSING_STOCK = Map(
    source="housing_stock",
    records="housing_stock",
    reference="uprn",
    key=("uprn",),
    columns={
        "uprn": Column("uprn", required=True),
        "address": Column("line"),
        "postcode": Column("postcode"),
        "ward_code": Column("word", required=True),
        "lsoa_code": Column("word"),
        "tenure": Column("word"),
        "building": Column("word"),
        "bedrooms": Column("number"),
        "landlord": Column("word"),
        "temporary_accommodation": Column("flag"),
        "energy_rating": Column("word"),
    },
    checks=(("ward_code", "a ward's GSS code", "not regexp_full_match(ward_code, 'e05[0-9]{6}')"),),
    place=Place(uprn="uprn", postcode="postcode", ward="upper(ward_code)"),
)

MAPS: Final = (HOUSING_STOCK,)
