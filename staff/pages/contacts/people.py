"""What people are called, for pages that list them: one question for all of them, on record as one look at names."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from staff.client import Asker, Refused, SignInAgain
from staff.purposes import PurposeNeeded

_MOST: Final = 100
_ORDER: Final = {"current": 0, "known_as": 1, "former": 2, "alias": 3}


def called(person: Mapping[str, Any]) -> str:
    """Their present name: `Amina Yusuf`, or `Elizabeth (Betty) Okoro` when they like to be called otherwise."""
    names = sorted(person.get("names", ()), key=lambda each: _ORDER.get(each.get("kind"), 9))
    if not names:
        return ""
    first = names[0]
    liked = next((each["given"] for each in names if each.get("kind") == "known_as" and each.get("given")), "")
    given = first.get("given", "")
    shown = f"{given} ({liked})" if liked and liked != given else given
    return f"{shown} {first.get('family', '')}".strip()


async def names_of(page: Asker, ids: Iterable[str | None], purpose: str | None = None) -> dict[str, str]:
    """Their names by id; without those whom the caller may not see, and empty when the case file does not answer."""
    wanted = list(dict.fromkeys(each for each in ids if each))[:_MOST]
    if not wanted:
        return {}
    try:
        answer = await page.get("/v1/casefile/people/names", {"ids": wanted}, purpose=purpose)
    except SignInAgain:
        raise
    except (Refused, PurposeNeeded):
        return {}
    return {each["id"]: called(each) for each in answer.items}
