"""`python -m tests.deploy.checkers`: which checker catches which of fifteen faults that break a platform at night.

One fault for each rule of the linter, seeded into the rendered pilot. checkov is asked where CHECKOV names its program:
it is no part of this repository's environment (deploy/k8s/README.md says why).
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import yaml
import yamllint.config
import yamllint.linter

from deploy.k8s import validate
from deploy.k8s.lint import Rendered, lint
from tests.deploy import test_seeded_faults as seeds

Spoil = Callable[[Rendered], None]


def bad_cron(rendered: Rendered) -> None:
    """A CronJob with an hour that no day has."""
    seeds.add(rendered, seeds.cron_job("30 25 * * *", "Europe/London"))


FIFTEEN: dict[str, Spoil] = {
    "a Service's selector meets no pod": seeds.service_meets_no_pod,
    "a target port is misspelt": seeds.target_port_misspelt,
    "a Secret nobody makes": seeds.secret_nobody_makes,
    "a request above its limit": seeds.request_above_limit,
    "a schedule that never comes": bad_cron,
    "a budget that allows no eviction": seeds.budget_wants_all,
    "a rolling update that cannot move": seeds.rolling_update_stuck,
    "an autoscaler of nothing": seeds.autoscaler_of_nothing,
    "a name that is none": seeds.name_not_dns,
    "a pod that may be root": seeds.may_be_root,
    "no pause before the stop": seeds.no_pause_before_stop,
    "a grace shorter than the drain": seeds.grace_too_short,
    "an image that moves": seeds.image_latest,
    "a policy that cuts off the bus": seeds.worker_cut_off_from_the_bus,
    "a command the image does not know": seeds.role_unknown_to_the_image,
}


def fresh() -> Rendered:
    """The pilot, rendered anew."""
    overlay = validate.HERE / "overlays/pilot"
    return Rendered(validate.render(overlay), validate.expected_secrets(validate.HERE, overlay))


def by_yamllint(rendered: Rendered) -> int:
    """How many complaints yamllint has of the documents as they stand."""
    config = yamllint.config.YamlLintConfig("extends: relaxed")
    return len(list(yamllint.linter.run(yaml.safe_dump_all(rendered.documents), config)))


def by_schema(rendered: Rendered) -> int:
    """How many faults the Kubernetes schema finds, in strict mode."""
    return len(list(validate.schema_faults(list(rendered.documents))))


def by_linter(rendered: Rendered) -> int:
    """How many our own linter finds."""
    return len(lint(rendered))


def by_checkov(rendered: Rendered) -> int:
    """How many checks of checkov fail."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pilot.yaml"
        file.write_text(yaml.safe_dump_all(rendered.documents))
        command = [os.environ["CHECKOV"], "--framework", "kubernetes", "-f", str(file), "-o", "json", "--quiet"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    return int(json.loads(done.stdout)["summary"]["failed"])


def table() -> dict[str, dict[str, bool]]:
    """For each fault: which checker says more than it said of the unspoilt pilot."""
    checkers = {"yamllint": by_yamllint, "schema": by_schema, "linter": by_linter}
    if os.environ.get("CHECKOV"):
        checkers["checkov"] = by_checkov
    before = {name: check(fresh()) for name, check in checkers.items()}
    found = {}
    for fault, spoil in FIFTEEN.items():
        spoilt = fresh()
        spoil(spoilt)
        found[fault] = {name: check(spoilt) > before[name] for name, check in checkers.items()}
    return found


def main() -> None:
    """Prints the table."""
    rows = table()
    names = list(next(iter(rows.values())))
    print(f"{'fault':<36}" + "".join(f"{name:>10}" for name in names))
    for fault, caught in rows.items():
        print(f"{fault:<36}" + "".join(f"{'yes' if caught[name] else '-':>10}" for name in names))
    print(f"{f'of {len(rows)}':<36}" + "".join(f"{sum(one[name] for one in rows.values()):>10}" for name in names))


if __name__ == "__main__":
    main()
