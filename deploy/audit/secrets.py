"""Finds secrets in text: keys and tokens by their shape, passwords by where they stand, the rest by its randomness.

What is no secret although it looks like one stands in `known.toml`, by the digest of the very text, with the reason: so
that a new one in the same line is still found.
"""

import hashlib
import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_SHAPES: Final[Mapping[str, re.Pattern[str]]] = {
    "private key": re.compile(r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"),
    "private JWK": re.compile(r"""["']d["']\s*:\s*["']([A-Za-z0-9_-]{40,})["']"""),
    "webhook secret": re.compile(r"\b(?:whsec|whsk)_[A-Za-z0-9+/=_-]{32,}"),
    "AWS key": re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"),
    "GitHub token": re.compile(r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})"),
    "GitLab token": re.compile(r"\bglpat-[A-Za-z0-9_-]{20,}"),
    "Slack token": re.compile(r"\bxox[abprs]-[A-Za-z0-9-]{20,}"),
    "PyPI token": re.compile(r"\bpypi-[A-Za-z0-9_-]{60,}"),
    "signed token": re.compile(r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{20,}"),
    "Notify key": re.compile(r"\b[a-z_]+(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}){2}\b"),
    "password in an address": re.compile(r"\b[a-z][a-z0-9+.-]*://[^/\s:@'\"{}<>$]+:([^/\s:@'\"{}<>$]{3,})@[a-z0-9]"),
}
_ASSIGNED: Final = re.compile(
    r"""(?ix) \b[a-z_]*(?:password|passwd|secret|api_?key|token|passphrase)\b ["']? \s* [:=]{1,2} \s*
        ["']([^"'\s{}$<>]{16,})["']"""
)
_RANDOM: Final = re.compile(r"""["']([A-Za-z0-9+/_=-]{40,})["']""")
_ENOUGH_BITS: Final = 4.3
"""A character; words and paths have less, keys in base64 more."""
_BINARY: Final = frozenset({".png", ".ico", ".woff2", ".woff", ".parquet", ".xlsx", ".pdf", ".gz", ".zip", ".jpg"})
# Hashes and names of other people's packages; and pictures of figures, which are numbers.
_PASSED_OVER: Final = re.compile(
    r"^requirements.*\.lock$|\.svg$|^openapi\.json$|^asyncapi\.json$|/static/|\.min\.(js|css)$"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One place. The text itself is never shown: reports are kept where secrets must not be."""

    path: str
    line: int
    kind: str
    digest: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.kind} ({self.digest})"


def scan(text: str, path: str) -> Iterator[Finding]:
    """What looks like a secret in this text."""
    for number, line in enumerate(text.splitlines(), 1):
        seen: set[str] = set()
        for kind, found in _in_line(line):
            digest = digest_of(found)
            if digest not in seen:
                seen.add(digest)
                yield Finding(path, number, kind, digest)


def _in_line(line: str) -> Iterator[tuple[str, str]]:
    for kind, shape in _SHAPES.items():
        for found in shape.finditer(line):
            yield kind, found[found.lastindex or 0]
    for found in _ASSIGNED.finditer(line):
        if bits(found[1]) > 3.0 and any(map(str.isdigit, found[1])):
            yield "password or key", found[1]
    for found in _RANDOM.finditer(line):
        if bits(found[1]) > _ENOUGH_BITS and not re.fullmatch(r"[0-9a-f]+", found[1]):
            yield "random text", found[1]


def bits(text: str) -> float:
    """Shannon's entropy of a character, in bits."""
    counts = Counter(text)
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts.values())


def digest_of(found: str) -> str:
    """By which a text is named without being told."""
    return hashlib.sha256(found.encode()).hexdigest()[:16]


def known() -> Mapping[str, str]:
    """Digest to reason."""
    entries = tomllib.loads(Path(__file__).with_name("known.toml").read_text(encoding="utf-8"))
    return {each["digest"]: each["why"] for each in entries["known"]}


def scan_files(root: Path, paths: Iterable[str]) -> list[Finding]:
    """What nobody has explained, in these files."""
    explained = known()
    found = []
    for path in paths:
        if Path(path).suffix in _BINARY or _PASSED_OVER.search(path):
            continue
        file = root / path
        if not file.is_file():
            continue
        text = file.read_text(encoding="utf-8", errors="replace")
        found += [each for each in scan(text, path) if each.digest not in explained]
    return found
