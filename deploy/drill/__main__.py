"""`python -m deploy.drill [--size tiny]`: a borough is loaded, copied, lost, brought back and compared; with a clock.

The copying and bringing back is done by the scripts that run in the cluster (deploy/k8s/components/backup), with the
programs of the PostgreSQL wheel. NATS is never copied: after the loss it is empty, the topology is declared anew and
each owner sends again what its outbox holds. Last, every read model is thrown away and made again from those events.
Exit code 0 when everything is as it was.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.drill import pictures
from deploy.drill.ground import DrillFailed, Ground
from kit.contracts.event_type import OWNERS

_SINCE = "2000-01-01"

BY_REACTION = frozenset({"casefile.public.known_objection"})
"""Kept by a reaction, which is never replayed: it comes back with the copy, and only so."""

GROWS = frozenset({"casefile.public.known_seal"})
"""A log of what others sealed: while the platform runs, it gets more. What was there has to be there again."""


class Clock:
    """Times the steps, and tells each as it ends."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, float, str]] = []

    @contextmanager
    def step(self, name: str) -> Iterator[list[str]]:
        """One step; what is put into the list stands beside it in the table."""
        said: list[str] = []
        began = time.monotonic()
        yield said
        self.steps.append((name, time.monotonic() - began, " ".join(said)))
        print(f"  {name}: {self.steps[-1][1]:.1f} s {self.steps[-1][2]}", flush=True)

    def table(self) -> str:
        """All steps, one a line."""
        return "\n".join(f"{name:<44}{seconds:>8.1f} s  {said}" for name, seconds, said in self.steps)


def drill(ground: Ground, clock: Clock, size: str) -> list[str]:
    """All of it. Returns what is not as it was. Raises DrillFailed."""
    wrong: list[str] = []
    copies = ground.folder / "backups"
    copies.mkdir()
    with clock.step("start, load the borough, come to rest") as said, ground.platform():
        if size != "none":
            ground.load_borough(size)
        pictures.wait_until_quiet(ground)
    with ground.database_alone():
        before = pictures.take(ground)
        models = [name for name in before if is_read_model(name)]
        said.append(f"{len(before)} tables, {sum(one.rows for one in before.values()):,} rows")
        with clock.step("backup: every database by its own role") as said:
            said.append(ground.script("backup.sh", str(copies)).rpartition(": ")[2])
    with clock.step("loss: the disks of PostgreSQL and NATS"):
        ground.lose_everything()
    with clock.step("an empty server, roles and databases") as said, ground.database_alone():
        with clock.step("restore: every database by its own role"):
            ground.script("restore.sh", str(copies))
        with clock.step("compare every row of every table") as said:
            lost = pictures.differences(before, pictures.take(ground))
            said.append(f"{len(before) - len(lost)} of {len(before)} tables the same")
            wrong += lost
        with clock.step("verify the chains of hashes") as said:
            broken = pictures.broken_chains(ground)
            said.append(
                f"{pictures.sealed_batches(ground)} batches in {len(OWNERS)} services; broken: {broken or 'none'}"
            )
            wrong += [f"{owner}: the record of access does not verify" for owner in broken]
    wrong += _replay(ground, clock, before, models)
    return wrong


def _replay(ground: Ground, clock: Clock, before: pictures.Picture, models: list[str]) -> list[str]:
    """An empty bus and no read model left: both come back from the outboxes."""
    with ground.database_alone():
        grown = {name: pictures.rows_of(ground, name) for name in GROWS}
        thrown = _throw_away(ground, models)
    with clock.step("start again: migrate, declare, empty bus"):
        running = ground.platform()
        running.__enter__()
    try:
        with clock.step("every owner sends its events again") as said:
            for owner in OWNERS:
                ground.program(owner, "kit.run.republish", owner, "--since", _SINCE)
                for receiver in pictures.sealed_to(ground, owner):
                    ground.program(owner, "kit.run.republish", owner, "--since", _SINCE, "--sealed-to", receiver)
            pictures.wait_until_quiet(ground)
            said.append(f"{sum(one.rows for name, one in before.items() if name.endswith('.outbox')):,} events")
        with clock.step("the timeline is laid out anew from its log") as said:
            said.append(ground.program("casefile", "services.casefile.timeline.rebuild"))
    finally:
        running.__exit__(None, None, None)
    with ground.database_alone(), clock.step("compare the read models") as said:
        steady = [name for name in models if name not in GROWS]
        lost = pictures.differences({name: before[name] for name in steady}, pictures.take(ground, steady))
        for name, rows in grown.items():
            if missing := len(rows - pictures.rows_of(ground, name)):
                lost.append(f"{name}: {missing} of {len(rows)} rows did not come back")
        said.append(f"{len(models) - len(lost)} of {len(models)} the same, {thrown:,} rows made again")
    return lost


def is_read_model(name: str) -> bool:
    """Whether a table holds other owners' facts, which their events can make again."""
    return name.rpartition(".")[2].startswith("known_") and name not in BY_REACTION


def _throw_away(ground: Ground, models: list[str]) -> int:
    """Empties the read models, and forgets that their events were taken; how many rows went."""
    rows = 0
    for owner in OWNERS:
        with psycopg.connect(ground.admin_url(owner)) as inside:
            for name in models:
                service, schema, table = name.split(".")
                if service == owner:
                    rows += inside.execute(sql.SQL("delete from {}").format(sql.Identifier(schema, table))).rowcount
            inside.execute("delete from inbox where consumer = 'projections'")
    return rows


def main(arguments: list[str]) -> int:
    """Prints the steps, then the table and what is not as it was."""
    parser = argparse.ArgumentParser(prog="python -m deploy.drill", description=__doc__)
    parser.add_argument("--size", default="tiny", choices=["none", "tiny", "demo", "borough"])
    chosen = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="newstart-drill-"))
    folder.chmod(0o711)
    ground, clock = Ground(folder), Clock()
    try:
        wrong = drill(ground, clock, chosen.size)
    except DrillFailed as error:
        wrong = [str(error)]
    finally:
        ground.remove()
    print(f"\n{clock.table()}\n")
    for line in wrong:
        print(f"NOT AS IT WAS: {line}")
    print("The drill failed." if wrong else "Everything is as it was.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
