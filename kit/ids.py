"""Identifiers: UUID version 7 (RFC 9562 section 5.7), so that new rows land at the end of an index."""

import hashlib
import os
import time
from uuid import UUID


def new_id() -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return _version_7((milliseconds << 80) | int.from_bytes(os.urandom(10), "big"))


def stand_in(root: UUID, id_: UUID) -> UUID:
    """A stranger's id in the place of `id_`, as if minted with `root` (a UUIDv7): always the same one."""
    said = hashlib.sha256(root.bytes + id_.bytes).digest()
    return _version_7(int.from_bytes(root.bytes[:6] + said[:10], "big"))


def _version_7(value: int) -> UUID:
    value = (value & ~(0xF << 76)) | (0x7 << 76)
    value = (value & ~(0x3 << 62)) | (0x2 << 62)
    return UUID(int=value)
