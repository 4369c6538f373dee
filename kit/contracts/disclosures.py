"""What recipients of somebody's data hear of what was done with it, and in which words: the same from every owner.

UK GDPR Article 19: each recipient to whom the data were disclosed is told of a rectification (Article 16), an erasure
(17(1)) or a restriction (18), unless that proves impossible or involves disproportionate effort; whose data they are
is told about those recipients if they ask for it.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Final


class What(StrEnum):
    """What was done with the data."""

    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    ERASURE = "erasure"


_SAYS: Final = {
    What.RECTIFICATION: "Something in what we sent you was wrong and has been put right. Do not use your copy as it"
    " stands: ask us for the corrected words, and put yours right.",
    What.RESTRICTION: "The person asked us to restrict the use of what we sent you. Keep your copy, and do not use it"
    " until you hear from us.",
    What.ERASURE: "We have erased what we sent you, because the person has a right to it. Erase your copy too, unless"
    " the law makes you keep it, and tell us if you passed it on.",
}


def granted(kind: str, state: str) -> What | None:
    """What recipients hear of a decision; None: it changes nothing of what they were told."""
    if state not in ("granted", "granted_in_part") or kind not in (What.RECTIFICATION, What.RESTRICTION):
        return None
    return What(kind)


def words(what: What, references: Collection[str]) -> str:
    """What a mailbox is written. References that the recipient knows, and nothing about anybody."""
    about = ", ".join(sorted(references))
    return f"{_SAYS[what]} It is about: {about}. Reply to this mail or call 020 7946 0000."
