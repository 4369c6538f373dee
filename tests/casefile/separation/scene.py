"""Kelly flees from Wayne with two children; who works with her, who with him, and who tries to find her."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx

from tests.casefile.doors import Casefile
from tests.casefile.facts import contact, decided

HER, HIS, CLERK, OTHER = "ada", "ben", "clerk", "olu"
"""Her specialist, who separates them; his officer at the hub; who registered the family; a colleague of neither."""
HIS_CASE = "cole"
"""His account manager, from some time after the separation."""
PARTNER = "0198f000-0000-7000-8000-00000000aaaa"
"""An organisation that helps him."""

SPECIALIST: dict[str, Any] = {"actor": HER, "roles": ("targeted_specialist",), "purpose": "domestic_abuse"}
LEAD: dict[str, Any] = {"actor": "ruth", "roles": ("safeguarding_lead",), "purpose": "safeguarding"}


@dataclass
class Scene:
    """Everything by id. `casefile` is called by anybody, `ada` is her specialist."""

    casefile: Casefile
    kelly: str
    wayne: str
    leah: str
    tom: str
    home: str
    """Where all four lived."""
    case: str
    refuge: str = ""
    """Her home since."""
    separation: str = ""
    his_home: str = ""

    @property
    def sealed(self) -> set[str]:
        """Ids no answer to his side may hold."""
        return {self.kelly, self.leah, self.tom, self.home, self.case, self.refuge, self.separation} - {""}

    async def ada(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        """Her specialist at work; what must succeed."""
        return await self.casefile.good(method, path, body, **{**SPECIALIST, **more})

    async def as_(self, who: str, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Anybody else."""
        return await self.casefile(method, path, body, actor=who, **more)


async def family(casefile: Casefile) -> Scene:
    """The family as it was: one home, one case held by nobody yet."""
    kelly = await casefile.person(
        "Kelly",
        "Brownlow",
        actor=CLERK,
        date_of_birth="1991-04-17",
        nhs_number="9434765919",
        contacts=[{"kind": "phone", "value": "07700 900321"}],
        addresses=[{"lines": ["4 Heath Road"], "postcode": "RM9 5QT", "uprn": "100000000004", "ward": "E05014058"}],
    )
    home = kelly["household_id"]
    more = {"household_id": home, "actor": CLERK}
    wayne = await casefile.person("Wayne", "Brownlow", date_of_birth="1988-02-02", **more)
    leah = await casefile.person("Leah", "Brownlow", date_of_birth="2017-09-03", upn="A123456789012", **more)
    tom = await casefile.person("Tomasz", "Brownlow", date_of_birth="2020-01-20", **more)
    for child in (leah, tom):
        await casefile.good(
            "POST",
            f"/people/{child['id']}/relationships",
            {"other_id": wayne["id"], "kind": "child"},
            actor=CLERK,
        )
    await casefile.take(decided(household=home))
    (case,) = casefile.stored.rows("select id from case_file")
    await casefile.hear_itself()
    return Scene(casefile, kelly["id"], wayne["id"], leah["id"], tom["id"], home, str(case["id"]))


async def met(scene: Scene) -> None:
    """She spoke to her specialist, he to his officer and, through a referral, to a partner."""
    await scene.casefile.take(
        contact("received", person=scene.kelly, actor=HER, held_by=HER),
        contact("received", person=scene.wayne, held_by=HIS),
    )


async def separated(scene: Scene, **more: Any) -> Any:
    """Ada separates them; the platform hears it."""
    body = {"protected_person_id": scene.kelly, "separated_person_id": scene.wayne, **more}
    made = await scene.ada("POST", "/separations", body)
    scene.separation = made["id"]
    await scene.casefile.hear_itself()
    scene.his_home = str(
        scene.casefile.stored.rows(
            "select household_id from membership where person_id = %s and until is null", [scene.wayne]
        )[0]["household_id"]
    )
    return made


async def fled(scene: Scene) -> None:
    """She and the children live elsewhere now: a new address, a new phone, a new school."""
    made = await scene.ada("POST", "/households", {"person_ids": [scene.kelly, scene.leah, scene.tom]})
    scene.refuge = made["id"]
    version = (await scene.ada("GET", f"/people/{scene.kelly}"))["version"]
    await scene.ada(
        "PATCH",
        f"/people/{scene.kelly}",
        {
            "addresses": [{"lines": ["Rosebay House"], "postcode": "RM10 8XX", "ward": "E05014072"}],
            "contacts": [{"kind": "phone", "value": "07700 900987"}],
        },
        version=version,
    )
    await scene.casefile.hear_itself()


async def his_case(scene: Scene) -> str:
    """A case of his own opens, and an account manager takes it."""
    await scene.casefile.take(decided(person=scene.wayne))
    case = scene.casefile.stored.rows("select id, version from case_file where household_id = %s", [scene.his_home])[0]
    await scene.casefile.good(
        "POST",
        f"/cases/{case['id']}/allocations",
        {"account_manager": HIS_CASE},
        version=case["version"],
        actor="hannah",
        roles=("manager",),
        purpose="supervision",
    )
    await scene.casefile.hear_itself()
    return str(case["id"])


def answer(response: httpx.Response) -> Any:
    """Status, words and fields; the request's own id aside."""
    body = response.json() if response.content else None
    if isinstance(body, dict):
        body.pop("instance", None)
    return response.status_code, body, sorted(set(response.headers) - {"x-request-id"})


def unknown() -> str:
    """An id that leads to nobody."""
    return str(uuid4())
