"""What we depend on: pinned, hashed, from the index alone, under licences we may use, none that is known to be bad."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

LOCKS: Final = ("requirements.lock", "requirements-dev.lock", "requirements-peers.lock", "requirements-uv.lock")
_PIN: Final = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_ELSEWHERE: Final = re.compile(r"(?:https?|git\+|file|ssh)[:+]|--(?:index-url|extra-index-url|find-links|trusted-host)")


@dataclass(frozen=True, slots=True)
class Pin:
    """One line of a lock."""

    lock: str
    name: str
    version: str
    hashes: int


def pins(text: str, lock: str) -> tuple[list[Pin], list[str]]:
    """The pins of a lock, and what is wrong with it."""
    found: list[Pin] = []
    faults = []
    logical = re.sub(r"\\\n\s*", " ", text)
    for number, line in enumerate(logical.splitlines(), 1):
        said = line.split(" #")[0].strip()
        if not said or said.startswith("#"):
            continue
        if _ELSEWHERE.search(said):
            faults.append(f"{lock}:{number}: names a place of its own: everything comes from the index that is set")
        pin = _PIN.match(said)
        if pin is None:
            faults.append(f"{lock}:{number}: is not one exact version: {said.split()[0]}")
            continue
        hashes = len(_HASH.findall(said))
        if not hashes:
            faults.append(f"{lock}:{number}: {pin[1]} has no hash")
        found.append(Pin(lock, canonical(pin[1]), pin[2], hashes))
    return found, faults


def canonical(name: str) -> str:
    """PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()


def rules() -> Mapping[str, Any]:
    """`dependencies.toml`."""
    return tomllib.loads(Path(__file__).with_name("dependencies.toml").read_text(encoding="utf-8"))


def refused(found: list[Pin]) -> Iterator[str]:
    """Pins that are on our list of what must not be used."""
    for each in rules()["refused"]:
        for pin in found:
            if pin.name == each["name"] and each.get("version") in (None, pin.version):
                yield f"{pin.lock}: {pin.name} {pin.version} must not be used: {each['why']}"


def licences(found: list[Pin]) -> tuple[list[str], int]:
    """Installed ones under a licence nobody has allowed; and how many were looked at."""
    said = rules()
    allowed = re.compile("|".join(map(re.escape, said["licences"])), re.IGNORECASE)
    exceptions = {each["name"] for each in said["licence_exceptions"]}
    faults, seen = [], 0
    for name, version in sorted({(each.name, each.version) for each in found}):
        try:
            told = metadata.metadata(name)
        except metadata.PackageNotFoundError:
            continue
        seen += 1
        words = licence_of(told)
        if not allowed.search(words) and name not in exceptions:
            faults.append(f"{name} {version}: licence {words.strip()[:60]!r} is not one we know")
    return faults, seen


def licence_of(told: metadata.PackageMetadata) -> str:
    """The words of its licence: expression, classifiers, or the old field."""
    classifiers = [each for each in told.get_all("Classifier") or [] if each.startswith("License ::")]
    fields = ["".join(told.get_all(name) or [])[:200] for name in ("License-Expression", "License")]
    return " ".join([*fields, *classifiers])


def drift(found: list[Pin]) -> list[str]:
    """Installed in another version than the development lock says."""
    faults = []
    for pin in found:
        if pin.lock != "requirements-dev.lock":
            continue
        try:
            here = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            continue
        if here != pin.version:
            faults.append(f"{pin.name} is installed as {here}; the lock says {pin.version}: run make setup")
    return faults
