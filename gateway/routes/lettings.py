"""What can be asked of lettings: adverts, bids, shortlists, offers, tenancies, and their return to government."""

from gateway.routes.line import Route, changes, creates, published, reads
from gateway.routes.purposes import HOME, REVIEW, SUPERVISE

_LETTINGS = frozenset({"lettings"})
_BY_THEMSELVES = frozenset({"lettings", "housing_register"})
_DESK = HOME | SUPERVISE
_SEEN = HOME | REVIEW
_H = "/v1/housing"
_ADVERT = f"{_H}/adverts/{{advert_id}}"
_BID = f"{_H}/bids/{{bid_id}}"
_AUTO = f"{_H}/auto-bids/{{application_id}}"
_CODE = f"{_H}/applications/{{application_id}}/bidding-code"
_OFFER = f"{_H}/offers/{{offer_id}}"
_LETTING = f"{_H}/lettings/{{letting_id}}"

ROUTES: tuple[Route, ...] = (
    # Adverts and quotas.
    creates(f"{_H}/adverts", "housing.advert.open", _LETTINGS),
    reads(f"{_H}/adverts", "housing.advert.read", _SEEN),
    reads(_ADVERT, "housing.advert.read", _SEEN),
    reads(f"{_ADVERT}/matches", "housing.advert.match", _DESK),
    changes("POST", f"{_ADVERT}/close", "housing.advert.close", _LETTINGS),
    changes("POST", f"{_ADVERT}/draw", "housing.advert.draw", _LETTINGS),
    changes("POST", f"{_ADVERT}/withdrawal", "housing.advert.open", _LETTINGS),
    reads(f"{_H}/letting-quotas", "housing.letting_quota.read", _SEEN),
    changes("PUT", f"{_H}/letting-quotas/{{code}}", "housing.letting_quota.keep", SUPERVISE),
    # Bids.
    creates(f"{_H}/bids", "housing.bid.place", _LETTINGS),
    reads(f"{_H}/bids", "housing.bid.read", _SEEN),
    reads(_BID, "housing.bid.read", _SEEN),
    reads(f"{_BID}/place", "housing.bid.read", _SEEN),
    changes("POST", f"{_BID}/withdrawal", "housing.bid.place", _LETTINGS),
    reads(_AUTO, "housing.auto_bid.read", _SEEN),
    changes("PUT", _AUTO, "housing.auto_bid.keep", _LETTINGS),
    changes("POST", f"{_AUTO}/end", "housing.auto_bid.keep", _LETTINGS),
    changes("PUT", _CODE, "housing.bidding_code.issue", _BY_THEMSELVES),
    changes("DELETE", _CODE, "housing.bidding_code.issue", _BY_THEMSELVES),
    # Shortlists.
    reads(f"{_ADVERT}/shortlist", "housing.shortlist.read", _SEEN),
    reads(f"{_ADVERT}/shortlist/lines", "housing.shortlist.read", _SEEN),
    creates(f"{_ADVERT}/shortlist/lines/{{bid_id}}/passing", "housing.shortlist.pass", _LETTINGS),
    # Offers.
    creates(f"{_ADVERT}/offers", "housing.offer.make", _LETTINGS),
    creates(f"{_H}/offers", "housing.offer.direct", _LETTINGS),
    reads(f"{_H}/offers", "housing.offer.read", _SEEN),
    reads(_OFFER, "housing.offer.read", _SEEN),
    reads(f"{_OFFER}/letter", "housing.offer.read", _SEEN),
    changes("POST", f"{_OFFER}/answer", "housing.offer.answer", _LETTINGS),
    changes("POST", f"{_OFFER}/suitability", "housing.offer.check", _LETTINGS),
    changes("POST", f"{_OFFER}/final", "housing.offer.decide", _LETTINGS),
    changes("POST", f"{_OFFER}/counting", "housing.offer.decide", _LETTINGS),
    changes("POST", f"{_OFFER}/withdrawal", "housing.offer.make", _LETTINGS),
    changes("POST", f"{_OFFER}/undo", "housing.offer.answer", _LETTINGS),
    # Tenancies.
    creates(f"{_OFFER}/lettings", "housing.letting.start", _LETTINGS),
    reads(f"{_H}/lettings", "housing.letting.read", _SEEN),
    reads(_LETTING, "housing.letting.read", _SEEN),
    changes("POST", f"{_LETTING}/end", "housing.letting.end", _LETTINGS),
    changes("POST", f"{_LETTING}/fall", "housing.letting.end", _LETTINGS),
    # CORE.
    reads(f"{_LETTING}/core", "housing.core_log.read", _SEEN),
    changes("PUT", f"{_LETTING}/core", "housing.core_log.keep", _LETTINGS),
    changes("POST", f"{_LETTING}/core/confirmations", "housing.core_log.keep", _LETTINGS),
    reads(f"{_H}/returns/core", "housing.core_return.read", _LETTINGS | SUPERVISE),
    reads(f"{_H}/returns/core/csv", "housing.core_return.read", _LETTINGS | SUPERVISE),
)
PUBLISHED: tuple[Route, ...] = (
    published("GET", f"{_H}/homes-to-bid-for", "housing.letting_result.read"),
    published("GET", f"{_H}/letting-results", "housing.letting_result.read"),
    published("GET", f"{_H}/letting-results/past-the-list", "housing.letting_result.read"),
    published("GET", f"{_H}/letting-results/{{number}}/shortlist", "housing.letting_result.read"),
    # The code that an officer gave lets a household bid itself; then the pass, which stands in the body.
    published("POST", f"{_H}/own-bidding/passes", "housing.own_bid.by_code"),
    published("POST", f"{_H}/own-bidding/page", "housing.own_bid.by_code"),
    published("POST", f"{_H}/own-bidding/bids", "housing.own_bid.by_code", keyed=True),
    published("POST", f"{_H}/own-bidding/withdrawals", "housing.own_bid.by_code"),
    published("POST", f"{_H}/own-bidding/sign-outs", "housing.own_bid.by_code"),
)
