"""Why a project won or lost, in plain words. Pure."""

from collections.abc import Mapping
from typing import Any

from services.grants.ballots.counting.count import Why


def money(pence: int) -> str:
    """Pence as pounds: "£1,250" or "£0.75"."""
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}.{rest:02d}" if rest else f"£{pounds:,}"


def _voters(number: int) -> str:
    return "1 voter" if number == 1 else f"{number:,} voters"


def reason(of: Mapping[str, Any], cost_pence: int, next_cost: int | None, budget_pence: int) -> str:
    """One project's result in a few sentences."""
    why, votes = Why(of["why"]), _voters(of["votes"])
    if why is Why.NOBODY:
        return "Nobody voted for it."
    if why is Why.OVER_THE_POT:
        return f"{votes} for it. At {money(cost_pence)} it costs more than the whole pot of {money(budget_pence)}."
    if why is Why.TAKEN:
        return f"{votes} for it. Its turn was number {of['turn']}, and there was enough left for it."
    if why is Why.TOPPED_UP:
        return f"{votes} for it. Of what equal shares left over it was the most wanted that fitted."
    if why is Why.NO_ROOM:
        return f"{votes} for it. When its turn came {money(of['pot_left'])} was left, and it costs {money(cost_pence)}."
    if why is Why.ENDED:
        return f"{votes} for it. Other projects' supporters had the money first; {money(of['pot_left'])} was left."
    if why is Why.BOUGHT and of["in_full"] is None:
        return f"{votes} for it. It was number {of['turn']} whose supporters had earned its cost."
    if why is Why.BOUGHT:
        rest = of["all_they_had"]
        gave = f"; {_voters(rest)} of them gave all they had left" if rest else ""
        paid = f"nobody paid more than {money(of['each_paid'])}{gave}"
        return f"{votes} for it. It was bought as number {of['turn']}: {paid}."
    more = of["more_voters"]
    near = f" About {_voters(more)} more for it alone would have been enough." if more else ""
    over = (
        f" Larger shares for everybody would have spent {money(next_cost)}, more than the pot."
        if next_cost is not None
        else ""
    )
    left, short = money(of["supporters_left"]), money(of["short_by"])
    return f"{votes} for it. They had {left} left of their shares, {short} less than it costs.{near}{over}"
