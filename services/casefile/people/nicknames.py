"""Short, pet and sister forms of given names, from kit/contracts/nicknames.txt (one linkage reads too).

One line is one name: its full form first, then the forms that people also use for it. A form may stand on several
lines (Alex is Alexander and Alexandra): two names are related only if they share a line, so Alexander is never taken
for Alexandra. Spellings that differ only in how a name is written down (Mohammed, Muhammad) need not be listed: the
sound keys find them by rule.
"""

from collections.abc import Iterable
from importlib.resources import files


def read(lines: Iterable[str]) -> dict[str, frozenset[str]]:
    """Each form (folded) to the full names that it can stand for; a full name stands for itself."""
    groups: dict[str, set[str]] = {}
    for line in lines:
        full, colon, forms = line.partition(":")
        if colon and not line.startswith("#"):
            for form in (full, *forms.split()):
                groups.setdefault(form, set()).add(full)
    return {form: frozenset(names) for form, names in groups.items()}


GROUPS = read(files("kit.contracts").joinpath("nicknames.txt").read_text("utf-8").splitlines())
