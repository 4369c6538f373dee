"""A word chosen face to face, which opens a page together with its link: how it is compared, and what is kept of it.

Kept is a slow digest under a salt of its own (scrypt, RFC 7914): whoever steals it must try words one by one, and the
word is of no use without the link.
"""

import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

_N, _R, _P = 2**14, 8, 1
SALT_BYTES: Final = 16


def normal(word: str) -> str:
    """The word as it is compared: capitals, forms of accents, spaces and signs make no difference."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(each for each in folded if each.isalnum() or unicodedata.category(each).startswith("M"))


def salt() -> bytes:
    """A new salt."""
    return secrets.token_bytes(SALT_BYTES)


def digest(word: str, salt: bytes) -> bytes:
    """What is kept of a word; takes some 40 ms and 16 MB on purpose: call it in a thread."""
    return hashlib.scrypt(normal(word).encode(), salt=salt, n=_N, r=_R, p=_P, dklen=32)


def same(word: str, salt: bytes, kept: bytes) -> bool:
    """Whether this is the word; as slow as `digest`, whatever the answer."""
    return hmac.compare_digest(digest(word, salt), kept)
