"""How long an answer takes tells nothing either: what is kept back costs the same statements as what is not there."""

from typing import Any

import pytest

from kit.contracts.roles import SIGNED_IN
from tests.casefile.doors import Casefile, counted
from tests.casefile.test_matrix import NOBODYS, STRANGER, doors, key, make_scene, purpose_of, request


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kind", ["hidden", "barred", "restricted"])
async def test_the_same_is_asked_of_the_database_for_a_stranger(casefile: Casefile, kind: str) -> None:
    scene = await make_scene(casefile, kind)
    differ = []
    for door in doors():
        if door.method != "GET" or any(word in door.path for word in NOBODYS):
            continue
        roles = sorted(SIGNED_IN - ({"safeguarding_lead"} if kind == "restricted" else set()))
        role = next((each for each in roles if purpose_of(each, door.action)), None)
        if role is None:
            continue
        caller: dict[str, Any] = {
            "actor": f"a-{role}", "roles": [role], "purpose": purpose_of(role, door.action), **scene.who
        }  # fmt: skip
        asked = []
        for file in (STRANGER, scene.file):
            path, more = request(door, file)
            async with counted(casefile.database) as said:
                await casefile(door.method, path, **{**more, **caller})
            asked.append([each for each in said if "business_clock" not in each])
        if asked[0] != asked[1]:
            differ.append(
                f"{key(door)[1]} as {role}: {len(asked[0])} for a stranger, {len(asked[1])} for the secret file"
            )
    if differ:
        pytest.fail("\n".join((f"{len(differ)} differ:", *differ)))
