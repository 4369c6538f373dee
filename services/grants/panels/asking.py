"""From rows to the question that `sortition` answers, and back to words."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kit.store.unit import UnitOfWork
from services.grants.panels import rows
from services.grants.panels.domain import DrawKind, Standing
from services.grants.panels.models import PanelDraw, PanelVolunteer, ResidentPanel
from services.grants.panels.sortition.question import Question, Quota, Volunteer


def quotas_of(listed: Sequence[Mapping[str, Any]]) -> list[Quota]:
    """As they are kept, so that the rules can read them."""
    return [Quota(each["category"], each["feature"], each["least"], each["most"]) for each in listed]


def as_kept(quota: Quota) -> dict[str, Any]:
    """As it is kept and shown."""
    return {"category": quota.category, "feature": quota.feature, "least": quota.least, "most": quota.most}


def question_of(
    pool: Sequence[PanelVolunteer], quotas: Sequence[Mapping[str, Any]], size: int, *, one_per_home: bool
) -> Question:
    """What a draw from this pool asks."""
    volunteers = [Volunteer(each.token, each.features, each.uprn) for each in pool]
    return Question(volunteers, quotas_of(quotas), size, apart=one_per_home)


def digest_of(question: Question, salt: str, spent: Collection[str] = ()) -> str:
    """SHA-256 over all that was asked, with a salt.

    Published; an auditor who is given pool and salt works it out again.
    """
    told = {
        "salt": salt,
        "size": question.size,
        "one_per_home": question.apart,
        "quotas": [as_kept(each) for each in question.quotas],
        "pool": [
            [each.token, dict(each.features), each.home]
            for each in sorted(question.volunteers, key=lambda one: one.token)
        ],
        "spent": sorted(spent),
    }
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


async def question_for(unit: UnitOfWork, panel: ResidentPanel, draw: PanelDraw) -> Question:
    """What this draw asks: of everyone still in the pool, or, for empty places, of those who can fill them."""
    spent = set(draw.spent)
    if draw.kind == DrawKind.REPLACEMENT:
        spent |= await homes_of_members(unit, panel, {each["token"] for each in draw.leaving})
    pool = [each for each in await rows.pool_of(unit, panel.id) if each.token not in spent]
    return question_of(pool, draw.quotas, draw.size, one_per_home=panel.one_per_home)


async def homes_of_members(unit: UnitOfWork, panel: ResidentPanel, leaving: set[str]) -> set[str]:
    """Tokens that live with somebody who stays: none of them can come in."""
    stay = [each for _, each in await rows.seated(unit, panel.id, Standing.MEMBER) if each.token not in leaving]
    homes = {each.uprn for each in stay if each.uprn} if panel.one_per_home else set()
    return {each.token for each in await rows.pool_of(unit, panel.id) if each.uprn in homes}
