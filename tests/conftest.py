"""Everything shared by the tests comes from one plugin."""

import os

from hypothesis import HealthCheck, Phase, settings

pytest_plugins = ["kit.testing.plugin"]

# The search for what failing examples have in common traces every line of every example: several times slower.
_PHASES = [phase for phase in Phase if phase is not Phase.explain]
# How fast an example is made or tried says how busy the machine is, and nothing of the code.
_TIME = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", phases=_PHASES, max_examples=10, **_TIME)
settings.register_profile("complete", phases=_PHASES, max_examples=300, **_TIME)
# `make test-all` names the complete one.
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
