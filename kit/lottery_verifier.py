"""Checks a public draw, without anything of ours: `python lottery_verifier.py record.json`.

This one file needs Python 3.8 or later and nothing else. It is the same code that made the draw.

How a draw works, so that nobody can steer it and anybody can repeat it:

1. Everyone who takes part is an *entry*: a random token, never a name or anything made from one. Whoever took part
   was told theirs.
2. Before the draw the list of entries, the question it decides and where the seed will come from are written down, and
   the SHA-256 of that text, the *commitment*, is published. From then on no entry can be added, taken away or changed.
3. The *seed* comes later, from outside: something anyone can look up and nobody here can choose, for example the
   numbers of a national lottery on a day that was named.
4. Each entry gets the number SHA-256(commitment, seed, entry). The smallest number is first, and so on.

The record holds all of this. A changed record does not fit its commitment, or its order, and this program says which.

A draw of *groups* decides between whole groups, for example a thousand equally likely panels, of which one is taken.
Its file holds the record, where each entry names a group by number and SHA-256 of who is in it, and the groups
themselves as lists of tokens, under one digest of the whole, which was published too. The file is written in exactly
one way, so that not one byte of it can be another.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from datetime import datetime
from typing import Any

FORMAT = "newstart-lottery-1"
COMMITTED = ("format", "title", "entries", "take", "seed_source", "closed_at", "seed_from", "replaces", "because")
"""What the commitment is made of, all of it fixed before the seed is known."""
DRAWN = ("commitment", "seed", "drawn_at", "entered_by", "witnessed_by", "order")
"""What the draw adds."""

FORMAT_OF_GROUPS = "newstart-lottery-groups-1"
GROUPS = ("format", "draw", "groups", "digest")


def canonical(record: dict[str, Any]) -> bytes:
    """The one text of what was committed to: JSON with sorted keys, no spaces, in UTF-8."""
    told = {name: record[name] for name in COMMITTED}
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def commitment_of(record: dict[str, Any]) -> str:
    """The commitment of a record, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical(record)).hexdigest()


def seed_as_drawn(text: str) -> str:
    """A seed as it enters the draw: small letters, one space between words, so that it may be typed in any way."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def number_of(commitment: str, seed: str, entry: str) -> str:
    """The number by which an entry is ranked. Lengths stand before the parts, so that no two inputs run together."""
    parts = [part.encode("utf-8") for part in (commitment, seed_as_drawn(seed), entry)]
    return hashlib.sha256(b"".join(str(len(part)).encode("ascii") + b":" + part for part in parts)).hexdigest()


def order_of(commitment: str, seed: str, entries: list[str]) -> list[str]:
    """All entries, the first one first."""
    return sorted(entries, key=lambda entry: (number_of(commitment, seed, entry), entry))


def faults_of_announcement(record: Any) -> list[str]:
    """What is wrong with a record before its seed is known: a list of sentences, empty when nothing is."""
    if not isinstance(record, dict):
        return ["The record is not a JSON object."]
    missing = [name for name in (*COMMITTED, "commitment") if name not in record]
    if missing:
        return ["The record lacks: " + ", ".join(missing) + "."]
    unknown = sorted(set(record) - set(COMMITTED) - set(DRAWN))
    found = ["The record holds what no draw has: " + ", ".join(unknown) + "."] if unknown else []
    if record["format"] != FORMAT:
        found.append("The record is of another format than " + FORMAT + ".")
    entries = record["entries"]
    if not isinstance(entries, list) or not entries or not all(isinstance(each, str) and each for each in entries):
        return [*found, "The entries are not a list of tokens."]
    if len(set(entries)) != len(entries):
        found.append("An entry stands twice in the list.")
    if entries != sorted(entries):
        found.append("The entries are not in the order of the alphabet.")
    take = record["take"]
    if isinstance(take, bool) or not isinstance(take, int) or not 1 <= take <= len(entries):
        found.append("How many are taken is not a number from one to the number of entries.")
    for name in ("title", "seed_source"):
        if not isinstance(record[name], str) or not record[name].strip():
            found.append("The " + name.replace("_", " ") + " is missing.")
    if (record["replaces"] is None) != (record["because"] is None):
        found.append("A draw that replaces another says which and why.")
    closed, seed_from = _moment(record["closed_at"]), _moment(record["seed_from"])
    if closed is None or seed_from is None:
        found.append("A time is not written as ISO 8601 with its offset.")
    elif seed_from <= closed:
        found.append("The seed could be known before the list was closed.")
    if record["commitment"] != commitment_of(record):
        found.append("The commitment does not fit: something that was committed to has been changed.")
    return found


def faults(record: Any) -> list[str]:
    """What is wrong with a finished draw: sentences, none when it is as it was announced and drawn rightly."""
    found = faults_of_announcement(record)
    if found:
        return found
    missing = [name for name in DRAWN if name not in record]
    if missing:
        return ["The draw is announced and not drawn yet; it lacks: " + ", ".join(missing) + "."]
    seed = record["seed"]
    if not isinstance(seed, str) or len(seed_as_drawn(seed)) < 4:
        return ["The seed is missing, or too short to be one."]
    drawn, seed_from = _moment(record["drawn_at"]), _moment(record["seed_from"])
    if drawn is None:
        found.append("The time of the draw is not written as ISO 8601 with its offset.")
    elif seed_from is not None and drawn < seed_from:
        found.append("It was drawn before the seed could be known.")
    named = [record["entered_by"], record["witnessed_by"]]
    if not all(isinstance(each, str) and each.strip() for each in named) or named[0] == named[1]:
        found.append("It needs whoever entered the seed and, as another person, a witness.")
    if record["order"] != order_of(record["commitment"], seed, record["entries"]):
        found.append("The order is not the one that this seed gives these entries.")
    return found


def entry_of(number: int, group: list[str]) -> str:
    """The entry that stands for a group: its number, and the SHA-256 of the number and who is in it."""
    told = json.dumps([number, group], separators=(",", ":"), ensure_ascii=False)
    return "{:06d}-{}".format(number, hashlib.sha256(told.encode("utf-8")).hexdigest())


def digest_of(file: dict[str, Any]) -> str:
    """The digest over all of a file of groups but itself."""
    told = {name: file[name] for name in GROUPS if name != "digest"}
    return hashlib.sha256(written(told)).hexdigest()


def written(value: Any) -> bytes:
    """The one way in which a file of groups is written."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def faults_of_groups(file: Any) -> list[str]:
    """What is wrong with a draw of groups: sentences, none when it is as it was announced and drawn rightly."""
    if not isinstance(file, dict) or sorted(file) != sorted(GROUPS) or file["format"] != FORMAT_OF_GROUPS:
        return ["The file is not one of a draw of groups, or holds what none has."]
    found = faults(file["draw"])
    if found:
        return found
    groups = file["groups"]
    if not isinstance(groups, list) or not groups:
        return ["The file has no groups."]
    for number, group in enumerate(groups, 1):
        if not isinstance(group, list) or not group or not all(isinstance(each, str) and each for each in group):
            return [f"Group {number} is not a list of tokens."]
        if group != sorted(set(group)):
            found.append(f"Group {number} is not in the order of the alphabet, or names somebody twice.")
    if file["draw"]["entries"] != [entry_of(number, group) for number, group in enumerate(groups, 1)]:
        found.append("The groups are not those that were committed to.")
    if file["digest"] != digest_of(file):
        found.append("The digest does not fit: something in the file has been changed.")
    return found


def group_taken(file: dict[str, Any]) -> int:
    """The number of the group that was drawn."""
    return int(file["draw"]["order"][0].partition("-")[0])


def counts_of(groups: list[list[str]]) -> dict[str, int]:
    """In how many groups each token stands: of so many, that was its chance."""
    found: dict[str, int] = {}
    for group in groups:
        for each in group:
            found[each] = found.get(each, 0) + 1
    return found


def _moment(text: Any) -> datetime | None:
    if not isinstance(text, str):
        return None
    try:
        found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def main(arguments: list[str]) -> int:
    """The command line. Returns 0 for a draw that is right, 1 for one that is not, 2 when there is nothing to read."""
    if len(arguments) != 1:
        print("Say which record: python lottery_verifier.py record.json")
        return 2
    try:
        with open(arguments[0], encoding="utf-8", newline="") as file:
            text = file.read()
            record = json.loads(text)
    except (OSError, ValueError) as error:
        print("The record cannot be read: " + str(error))
        return 2
    groups = None
    if isinstance(record, dict) and record.get("format") == FORMAT_OF_GROUPS:
        found = faults_of_groups(record)
        if not found and written(record) != text.encode("utf-8"):
            found.append("The file is not written in the one way it can be.")
        if not found:
            groups, taken = record["groups"], group_taken(record)
            record = record["draw"]
    else:
        found = faults(record)
    if found:
        print("This draw is NOT right:")
        for each in found:
            print("- " + each)
        return 1
    print("This draw is right: " + record["title"])
    print("Entries: {}   Commitment: {}".format(len(record["entries"]), record["commitment"]))
    print("Seed: {}   From: {}".format(record["seed"], record["seed_source"]))
    if record["replaces"] is not None:
        print("It replaces {} because: {}".format(record["replaces"], record["because"]))
    if groups is not None:
        print(f"Groups: {len(groups)}, each as likely as any other. Taken: group {taken}")
        counts = counts_of(groups)
        for each in groups[taken - 1]:
            print(f"        {each}   in {counts[each]} of {len(groups)} groups")
        return 0
    print("Taken, the first one first:")
    for place, entry in enumerate(record["order"][: record["take"]], 1):
        print(f"{place:>6}  {entry}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
