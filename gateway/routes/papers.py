"""What can be asked of casefile about papers, pages shared with their person, who looked, and packs for outages."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import CASEWORK, HUB, STORY, SUPERVISE

_LETTER = "/v1/casefile/letters/{letter_id}"
_SHARE = "/v1/casefile/shares/{share_id}"
_PACKS = "/v1/casefile/downtime-packs"
_WORK = CASEWORK | SUPERVISE
_SPECIALIST = frozenset({"domestic_abuse", "safeguarding", "targeted_support", "community_safety"})
_OUTAGE = HUB | frozenset({"front_door", "emergency_response"})

OPEN_SHARE = f"{_SHARE}/page"
"""Where the gateway asks for a shared page, once link and word were right (gateway/links/opening.py)."""


def _prints(path: str) -> Route:
    """A POST, so that no name ever stands in an address; it changes nothing and needs no key."""
    return Route("POST", path, "casefile.paper.print", STORY, "search", body="json")


ROUTES: tuple[Route, ...] = (
    reads("/v1/casefile/letter-templates", "casefile.letter.read", STORY),
    creates("/v1/casefile/letters", "casefile.letter.write", _WORK),
    reads("/v1/casefile/letters", "casefile.letter.read", STORY),
    reads(_LETTER, "casefile.letter.read", STORY),
    changes("POST", f"{_LETTER}/sent", "casefile.letter.write", _WORK),
    changes("POST", f"{_LETTER}/withdraw", "casefile.letter.write", _WORK),
    _prints(f"{_LETTER}/print"),
    _prints("/v1/casefile/cases/{case_id}/print"),
    _prints("/v1/casefile/plans/{plan_id}/print"),
    creates("/v1/casefile/shares", "casefile.share.make", CASEWORK),
    reads("/v1/casefile/shares", "casefile.share.read", STORY),
    reads(_SHARE, "casefile.share.read", STORY),
    changes("POST", f"{_SHARE}/address", "casefile.share.make", CASEWORK),
    changes("POST", f"{_SHARE}/withdraw", "casefile.share.make", CASEWORK),
    Route("POST", OPEN_SHARE, "casefile.share.open", frozenset({"resident_self"}), "write"),
    reads("/v1/casefile/looked", "casefile.looked.read", STORY),
    reads("/v1/casefile/looked/kept-back", "casefile.looked.release", _SPECIALIST),
    creates("/v1/casefile/looked/releases", "casefile.looked.release", _SPECIALIST),
    reads(_PACKS, "casefile.downtime_pack.read", _OUTAGE),
    creates(_PACKS, "casefile.downtime_pack.make", _OUTAGE),
    reads(f"{_PACKS}/{{pack_id}}/file", "casefile.downtime_pack.read", _OUTAGE),
    creates("/v1/casefile/paper-entries", "casefile.paper_entry.type", CASEWORK),
    reads("/v1/casefile/paper-entries", "casefile.paper_entry.read", STORY),
    reads("/v1/casefile/paper-entries/{entry_id}", "casefile.paper_entry.read", STORY),
)
