"""When somebody drops out: the same question about the places left empty, so that the same rules fill them."""

from collections.abc import Collection
from dataclasses import replace

from kit.errors import invalid
from services.grants.panels.sortition.question import Question, Quota


def vacancies(question: Question, members: Collection[str], gone: Collection[str], spent: Collection[str]) -> Question:
    """The question for the empty places: whoever is left in the pool, and the quotas less what those who stay fill.

    `members`: who sits. `gone`: those of them who leave. `spent`: who cannot be drawn any more (left earlier, refused).
    Nobody of a home of somebody who stays is asked. Where those who stay are more than a quota's most (it was
    relaxed), it takes none. Raises `Invalid` for somebody who leaves and does not sit.
    """
    if not gone or not set(gone) <= set(members):
        raise invalid("/gone", "Name members of this panel who leave.", "member-of-panel")
    stay = [each for each in question.volunteers if each.token in set(members) - set(gone)]
    away = set(members) | set(spent)
    at_home = {each.home for each in stay if each.home is not None} if question.apart else set()
    pool = [each for each in question.volunteers if each.token not in away and each.home not in at_home]
    quotas = []
    for quota in question.quotas:
        held = sum(each.features[quota.category] == quota.feature for each in stay)
        most = max(0, quota.most - held)
        quotas.append(Quota(quota.category, quota.feature, max(0, quota.least - held), most))
    return replace(question, volunteers=pool, quotas=quotas, size=len(members) - len(stay))
