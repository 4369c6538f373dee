"""What anyone may see of a draw's pool: how many of each group, how the chances spread. Counts are rounded: nobody can
be found by taking one away from another."""

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import select

from kit.errors import NotFound
from kit.store.unit import UnitOfWork
from services.grants.panels import rows
from services.grants.panels.models import PanelDraw, PanelVolunteer
from services.grants.panels.shapes import QuotaShape

ROUNDED_TO = 5
BANDS = (0, 25, 50, 75, 100, 150, 250, 500, 1000)
"""Upper ends of the bands of chances, in panels of a thousand."""


class GroupFigures(BaseModel):
    """One group of the quotas in the pool."""

    category: str
    feature: str
    least: int
    most: int
    pool: int = Field(description=f"How many of the pool, to the nearest {ROUNDED_TO}")
    smallest: int | None = Field(description="The fewest of the panels that one of them stands in; null before that")
    largest: int | None


class ChanceBand(BaseModel):
    """How many people stand in more than `over` and up to `up_to` of the panels."""

    over: int
    up_to: int
    people: int = Field(description=f"To the nearest {ROUNDED_TO}")


class DrawFigures(BaseModel):
    """The pool against the quotas, and the chances."""

    of: int = Field(description="Panels to draw from; 0 before they are published")
    groups: list[GroupFigures]
    chances: list[ChanceBand]


def rounded(count: int) -> int:
    """To the nearest five."""
    return ROUNDED_TO * ((count + ROUNDED_TO // 2) // ROUNDED_TO)


def banded(stands_in: Sequence[int]) -> list[ChanceBand]:
    """The chances in bands; a band where nobody stands is there too."""
    pairs = zip((-1, *BANDS), BANDS, strict=False)
    return [
        ChanceBand(over=max(over, 0), up_to=up_to, people=rounded(sum(over < each <= up_to for each in stands_in)))
        for over, up_to in pairs
    ]


def grouped(
    quotas: Sequence[QuotaShape], features: Mapping[str, Mapping[str, str]], stands_in: Mapping[str, int] | None
) -> list[GroupFigures]:
    """Each group of the quotas: `features` by token, and in how many panels each token stands."""
    made = []
    for quota in quotas:
        tokens = [token for token, said in features.items() if said.get(quota.category) == quota.feature]
        chances = [stands_in.get(token, 0) for token in tokens] if stands_in is not None else []
        made.append(
            GroupFigures(
                **quota.model_dump(),
                pool=rounded(len(tokens)),
                smallest=min(chances, default=None),
                largest=max(chances, default=None),
            )
        )
    return made


async def figures(unit: UnitOfWork, panel_id: UUID, draw_id: UUID) -> DrawFigures:
    """Of the pool as it is known now: who took their name back since is in none of the groups."""
    wanted = (PanelDraw.id, PanelDraw.quotas, PanelDraw.spent, PanelDraw.announced_at, PanelDraw.certificate)
    # Without the file: a megabyte, of which the last draw needs nothing.
    found = (await unit.session.execute(select(*wanted).where(PanelDraw.panel_id == panel_id))).all()
    draw = next((each for each in found if each.id == draw_id), None)
    if draw is None:
        raise NotFound("There is no such draw of this panel")
    quotas = [QuotaShape.model_validate(each) for each in draw.quotas]
    people = (PanelVolunteer.token, PanelVolunteer.features, PanelVolunteer.of_thousand)
    pool = (
        await unit.session.execute(
            select(*people).where(PanelVolunteer.panel_id == panel_id, PanelVolunteer.withdrawn_at.is_(None))
        )
    ).all()
    spent = set(draw.spent)
    features = {each.token: each.features for each in pool if each.token not in spent}
    if draw.announced_at is None or draw.certificate is None:
        return DrawFigures(of=0, groups=grouped(quotas, features, None), chances=[])
    last = max(each.announced_at for each in found if each.announced_at is not None)
    if draw.announced_at == last:
        stands_in = {each.token: each.of_thousand or 0 for each in pool}
    else:
        groups = ((await rows.load_draw(unit, panel_id, draw_id)).file or {"groups": []})["groups"]
        stands_in = dict(Counter(token for group in groups for token in group))
    return DrawFigures(
        of=draw.certificate["panels"],
        groups=grouped(quotas, features, stands_in),
        chances=banded([stands_in.get(token, 0) for token in features]),
    )
