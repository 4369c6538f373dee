"""Reasons in a source's own words: what they say happened, and what of them a fact may show."""

from services.risk.sources.maps.shape import Fact


def shocks(word: str, on: str, *, health: bool = True) -> tuple[Fact, ...]:
    """What a reason in a source's own words says happened to the household."""
    found = [("job_loss.shock", "job|unemploy|redundan|employment"), ("bereavement.shock", "bereav|death|died")]
    if health:
        found.insert(0, ("mental_health.shock", "mental|psych|suicid"))
    return tuple(Fact(kind, on=on, when=f"regexp_matches({word}, '{words}')") for kind, words in found)


def discreet(word: str) -> str:
    """A reason as a fact shows it: abuse and violence stay with the source that may tell of them."""
    return f"case when regexp_matches({word}, 'abuse|domestic|violen|harass') then null else {word} end"
