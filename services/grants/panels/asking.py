"""From rows to the question that `sortition` answers, and back to words."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from services.grants.panels.models import PanelVolunteer
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
