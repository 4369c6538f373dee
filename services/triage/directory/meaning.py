"""What a sentence means, as 256 numbers: the mean of its word pieces' vectors, each as heavy as it is telling.

The vectors come with the `wordllama` wheel (16 MB, float16, MIT licence) and are read where they lie: the file is
mapped, so all processes of a machine share one copy and nobody waits for what is not asked for. The package itself is
never imported: its loader would look for files on the network, and it changes everyone's logging. Loading (the
tokenizer) takes a tenth of a second and about 17 MB, on the first sentence and not before. Nothing here keeps, stores
or logs a sentence.
"""

import math
import mmap
import struct
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

DIMENSIONS = 256
_ROW = struct.Struct(f"<{DIMENSIONS}e")
_LONGEST = 400
"""Word pieces read of one text."""
_COMMON = 1000.0
"""Pieces are numbered by how early they were merged, roughly how common they are: a number this low counts half."""

Meaning = tuple[float, ...]


class _Model:
    """The tokenizer and the mapped table of vectors."""

    def __init__(self) -> None:
        # Here, not above: only who asks for a meaning pays for it.
        from tokenizers import Tokenizer

        found = find_spec("wordllama")
        if found is None or found.origin is None:
            raise ModuleNotFoundError("wordllama's weights are not installed")
        folder = Path(found.origin).parent
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizers/l2_supercat_tokenizer_config.json"))
        with (folder / "weights/l2_supercat_256.safetensors").open("rb") as file:
            self.table = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        # safetensors: the length of a JSON header in 8 bytes, the header, then the numbers.
        (header,) = struct.unpack_from("<Q", self.table, 0)
        self.begin = 8 + header
        self.rows = (len(self.table) - self.begin) // _ROW.size

    def vector(self, piece: int) -> Sequence[float]:
        """The vector of one word piece."""
        return _ROW.unpack_from(self.table, self.begin + min(piece, self.rows - 1) * _ROW.size)


@lru_cache(maxsize=1)
def _model() -> _Model:
    return _Model()


def meaning(text: str) -> Meaning:
    """The meaning of a text, of length 1; all zeros for one without a word."""
    model = _model()
    pieces = model.tokenizer.encode(text, add_special_tokens=False).ids[:_LONGEST]
    total = [0.0] * DIMENSIONS
    for piece in pieces:
        weight = piece / (piece + _COMMON)
        total = [sum_ + weight * value for sum_, value in zip(total, model.vector(piece), strict=True)]
    length = math.sqrt(sum(value * value for value in total))
    return tuple(value / length for value in total) if length else tuple(total)


def likeness(one: Meaning, other: Meaning) -> float:
    """How alike two meanings are, -1 to 1 (the cosine)."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def as_text(value: Meaning) -> str:
    """As pgvector reads it."""
    return "[" + ",".join(f"{each:.5f}" for each in value) + "]"
