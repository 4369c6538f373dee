"""Lines of bids, offers and tenancies on the timeline's page, for `test_timeline_words.py`."""

from typing import Any

from tests.casefile.facts import moment

ID = "01900000-0000-7000-8000-000000000001"
BID: dict[str, Any] = {
    "bid_id": ID,
    "advert_id": ID,
    "application_id": ID,
    "person_id": ID,
    "household_id": ID,
    "channel": "phone",
    "state": "placed",
    "placed_at": moment(),
    "changed_at": moment(),
}
OFFER: dict[str, Any] = {
    "offer_id": ID,
    "home_id": ID,
    "application_id": ID,
    "person_id": ID,
    "household_id": ID,
    "kind": "choice",
    "state": "made",
    "final": False,
    "auto_bid": False,
    "answer_by": "2026-12-04",
    "made_at": moment(),
    "changed_at": moment(),
}
COUNTED = OFFER | {"state": "refused", "counts": True}
LETTING: dict[str, Any] = {
    "letting_id": ID,
    "home_id": ID,
    "application_id": ID,
    "person_id": ID,
    "household_id": ID,
    "tenant_person_ids": [ID],
    "kind": "choice",
    "tenancy": "secure_lifetime",
    "rent": "social",
    "weekly_rent_pence": 128_40,
    "state": "started",
    "starts_on": "2026-12-07",
    "changed_at": moment(),
}
GONE = LETTING | {"state": "ended", "ends_on": "2027-12-05"}
LETTINGS_WORDS = [
    ("housing.bid.placed", BID, "Bid for a home, by phone"),
    ("housing.bid.placed", BID | {"channel": "auto"}, "Bid for a home, placed for them"),
    ("housing.bid.withdrawn", BID, "Bid for a home taken back"),
    ("housing.offer.made", OFFER, "A home was offered: to answer by 4 December 2026"),
    (
        "housing.offer.made",
        OFFER | {"kind": "right_to_return"},
        "A home was offered back, by their right to return: to answer by 4 December 2026",
    ),
    ("housing.offer.accepted", OFFER, "Offer of a home accepted"),
    ("housing.offer.refused", OFFER, "Offer of a home refused"),
    ("housing.offer.withdrawn", OFFER, "Offer of a home taken back: it counts for nothing"),
    ("housing.offer.changed", COUNTED, "A named officer counts a refused offer: they may ask for a review"),
    ("housing.offer.changed", OFFER | {"suitable": True}, "An officer found an offered home suitable"),
    (
        "housing.offer.changed",
        OFFER | {"final": True, "suitable": True},
        "The offer of a home is a final one: they may accept it and ask for a review",
    ),
    ("housing.offer.changed", OFFER, "The answer to an offer was put right"),
    ("housing.letting.started", LETTING, "Tenancy of a home from 7 December 2026, £128.40 a week"),
    ("housing.letting.ended", GONE, "Tenancy ended on 5 December 2027"),
    (
        "housing.letting.ended",
        LETTING | {"state": "fell_through"},
        "The tenancy fell through: they did not move in",
    ),
]
