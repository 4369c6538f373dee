"""`make run` as a whole, with stand-ins for the services: one start, many lives, one end."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from kit.contracts.event_type import OWNERS
from kit.run.embedded import status
from kit.run.embedded.databases import plain
from kit.run.embedded.homes import find_home
from kit.run.embedded.ports import DEFAULTS, HOST, free
from kit.run.embedded.postgres import Cluster
from kit.testing.platform import Platform, running_platform

# They share one run of the stand-in platform.
pytestmark = pytest.mark.xdist_group("supervisor")

STANDIN = "tests.kit.standin_platform"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with running_platform({"NEWSTART_DEMO_LOADER": f"{STANDIN}:load_demo"}, module=STANDIN) as running:
        yield running


def supervise(state: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Runs the supervisor to its end."""
    return subprocess.run(
        [sys.executable, "-m", STANDIN, "--state", state, *arguments],
        env={**os.environ, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def ports_of(platform: Platform) -> dict[str, str]:
    return {port.variable: str(platform.ports[port.name]) for port in DEFAULTS}


def environment_of(platform: Platform, name: str) -> dict[str, str]:
    port = platform.ports[name.removesuffix("-api")]
    with urllib.request.urlopen(f"http://{HOST}:{port}/environment", timeout=5) as answer:
        given: dict[str, str] = json.load(answer)
    return given


def family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def listed(platform: Platform) -> dict[str, int]:
    return {name: entry["pid"] for name, entry in status.read(platform.state)["processes"].items()}


def answers(platform: Platform) -> bool:
    try:
        psycopg.connect(plain(environment_of(platform, "triage-api")["NEWSTART_DATABASE_URL"])).close()
    except psycopg.OperationalError:
        return False
    return True


def waited_for(holds: Any, what: str, seconds: float = 20.0) -> None:
    limit = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < limit, f"waited in vain for {what}"
        time.sleep(0.05)


def test_an_api_and_a_worker_of_each_are_forked_from_one_parent(platform: Platform) -> None:
    named = {f"{owner}-{role}" for owner in OWNERS for role in ("api", "worker")}
    for name in named | {"postgres", "nats"}:
        assert psutil.Process(platform.pid(name)).ppid() == platform.supervisor.pid
    assert psutil.Process(platform.supervisor.pid).num_threads() == 1


def test_the_supervisor_itself_listens_nowhere(platform: Platform) -> None:
    assert psutil.Process(platform.supervisor.pid).net_connections() == []


def test_each_child_is_given_its_own_secrets_only(platform: Platform) -> None:
    secrets: Any = platform.secrets()
    for name in ("triage-api", "triage-worker", "gateway-api"):
        owner = name.split("-")[0]
        given = json.dumps(environment_of(platform, name))
        for other in OWNERS:
            assert (secrets["postgres"][other] in given) == (other == owner)
            assert (secrets["nats"][other] in given) == (other == owner)
            assert (secrets["sealing"][other]["d"] in given) == (other == owner)
        assert (secrets["internal_signing"]["d"] in given) == (owner == "gateway")
        assert secrets["postgres_admin"] not in given


def test_what_is_secret_is_closed_to_others(platform: Platform) -> None:
    for name in ("secrets.json", "demo-tokens.json", "nats/nats.json", "logs/risk-api.log"):
        assert (platform.state / name).stat().st_mode & 0o077 == 0, name


def test_a_role_cannot_enter_the_database_of_another(platform: Platform) -> None:
    own = plain(environment_of(platform, "triage-api")["NEWSTART_DATABASE_URL"])
    psycopg.connect(own).close()
    for database in ("newstart_casefile", "postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            psycopg.connect(own, dbname=database)


def test_the_welcome_says_how_to_come_in(platform: Platform) -> None:
    assert f"Gateway     {platform.gateway}" in platform.output
    assert f"API pages   {platform.gateway}/docs" in platform.output
    assert f"curl -s -X POST {platform.gateway}/demo/token" in platform.output
    assert "manager  Ade Onaolapo" in platform.output
    assert "standin-token" in platform.output
    assert json.loads((platform.state / "demo-tokens.json").read_text())[0]["token"] == "standin-token"


@pytest.mark.full
def test_a_second_run_of_the_same_checkout_says_that_it_is_running(platform: Platform) -> None:
    second = supervise(platform.state, **ports_of(platform))
    assert second.returncode == 2
    assert (
        f"already running from this checkout (process {platform.supervisor.pid}, on {platform.gateway})"
        in second.stdout
    )
    assert supervise(platform.state, "--status").stdout.startswith(f"Running: {platform.gateway}")
    assert supervise(platform.state, "--reset").returncode == 2
    assert (platform.state / "secrets.json").exists()


@pytest.mark.full
def test_a_port_in_use_is_told_and_nothing_is_started(platform: Platform, state: Path) -> None:
    told = supervise(state, **ports_of(platform))
    assert told.returncode == 2
    assert f"port {platform.ports['gateway']} (gateway) is in use by" in told.stdout
    assert "NEWSTART_GATEWAY_PORT" in told.stdout
    assert "NEWSTART_POSTGRES_PORT" in told.stdout
    assert not (state / "secrets.json").exists()


@pytest.mark.parametrize("name", [pytest.param("casefile-worker", marks=pytest.mark.full), "nats", "postgres"])
def test_what_is_killed_runs_again_and_it_is_said(platform: Platform, name: str) -> None:
    before = platform.pid(name)
    platform.kill(name)
    waited_for(lambda: listed(platform).get(name, before) != before, f"{name} again")
    assert f"{name} ended unexpectedly (signal 9" in platform.output
    assert f"{name} runs again (process {platform.pid(name)})" in platform.output
    waited_for(lambda: answers(platform), "PostgreSQL to recover")


@pytest.mark.full
def test_an_engine_stays_down_for_as_long_as_a_test_wants(platform: Platform) -> None:
    with platform.without("nats"):
        time.sleep(1.5)
        assert "nats" not in listed(platform)
    assert psutil.Process(platform.pid("nats")).is_running()


def start_again(platform: Platform) -> "subprocess.Popen[str]":
    """A start on the same folder and ports; returns when it is ready."""
    again = subprocess.Popen(
        [sys.executable, "-m", STANDIN, "--fleeting", "--state", platform.state],
        env={**os.environ, **ports_of(platform)},
        stdout=subprocess.PIPE,
        text=True,
    )

    def ready() -> bool:
        seen = status.read(platform.state)
        return bool(seen["ready"]) and seen["supervisor"] == again.pid

    waited_for(ready, "the next start", 90.0)
    return again


def test_a_second_start_keeps_the_data_and_a_clean_stop_leaves_nothing_running() -> None:
    with running_platform(module=STANDIN) as platform:
        everyone = family(platform.supervisor.pid)
        assert len(everyone) > 14
        platform.supervisor.send_signal(signal.SIGINT)
        assert platform.supervisor.wait(30) == 0
        assert psutil.wait_procs(everyone, timeout=1)[1] == []
        assert "Everything has stopped" in platform.output
        again = start_again(platform)
        url = plain(environment_of(platform, "risk-api")["NEWSTART_DATABASE_URL"])
        with psycopg.connect(url) as risk:
            assert risk.execute("select count(*) from starts").fetchone() == (2,)
        assert supervise(platform.state, "--stop").stdout == "Stopped\n"
        output, _ = again.communicate(timeout=30)
        assert again.returncode == 0, output
        assert supervise(platform.state, "--stop").stdout == "Nothing runs from this checkout\n"
        assert supervise(platform.state, "--reset").returncode == 0
        assert [path.name for path in platform.state.parent.glob(f"{platform.state.name}*")] == []


@pytest.mark.full
def test_a_supervisor_that_is_killed_takes_everything_with_it_and_a_start_at_once_works() -> None:
    with running_platform(module=STANDIN) as platform:
        everyone = family(platform.supervisor.pid)
        platform.supervisor.kill()
        platform.supervisor.wait()
        again = start_again(platform)
        assert psutil.wait_procs(everyone, timeout=1)[1] == []
        again.send_signal(signal.SIGTERM)
        output, _ = again.communicate(timeout=30)
        assert again.returncode == 0, output


@pytest.mark.full
def test_a_child_that_cannot_start_is_named_with_its_last_words() -> None:
    with pytest.raises(RuntimeError) as failed, running_platform({"STANDIN_FAILS": "risk-worker"}, module=STANDIN):
        pass
    assert "could not start: risk-worker keeps ending: RuntimeError: the stand-in was told to fail" in str(failed.value)


@pytest.mark.full
def test_a_migration_that_fails_ends_the_start() -> None:
    with pytest.raises(RuntimeError) as failed, running_platform({"STANDIN_FAILS": "housing-migrate"}, module=STANDIN):
        pass
    assert "could not start: housing-migrate failed: RuntimeError" in str(failed.value)


@pytest.mark.full
def test_a_stop_in_the_middle_of_the_start_leaves_nothing(state: Path) -> None:
    variables = {port.variable: str(number) for port, number in zip(DEFAULTS, free(len(DEFAULTS)), strict=True)}
    starting = subprocess.Popen(
        [sys.executable, "-m", STANDIN, "--fleeting", "--state", state],
        env={**os.environ, **variables, "STANDIN_SECONDS": "30"},
        stdout=subprocess.PIPE,
        text=True,
    )
    waited_for(lambda: len(family(starting.pid)) > 5, "PostgreSQL's processes")
    everyone = family(starting.pid)
    starting.send_signal(signal.SIGTERM)
    output, _ = starting.communicate(timeout=30)
    assert (starting.returncode, psutil.wait_procs(everyone, timeout=5)[1]) == (0, []), output


def test_the_demo_is_loaded_when_asked_for(platform: Platform) -> None:
    assert f"loading people into {platform.gateway}: half of them" in platform.output


def test_whoever_ends_while_the_demo_is_loaded_is_started_again(platform: Platform) -> None:
    assert "gateway-api ended unexpectedly" in platform.output
    assert "the other half" in platform.output


@pytest.mark.full
def test_a_server_of_ones_own_is_used_instead(state: Path) -> None:
    # Not the run's shared one: the platform gives its roles passwords of its own.
    cluster = Cluster(find_home(state), free(1)[0], "a-password", identity="mine", durable=False)
    cluster.make()
    server = cluster.start()
    try:
        cluster.wait_ready(server)
        with running_platform({"NEWSTART_POSTGRES_ADMIN_URL": cluster.admin_url}, module=STANDIN) as platform:
            assert not (platform.state / "postgres").exists()
            assert "postgres" not in listed(platform)
            given = environment_of(platform, "grants-api")
            assert "NEWSTART_POSTGRES_ADMIN_URL" not in given
            psycopg.connect(plain(given["NEWSTART_DATABASE_URL"])).close()
    finally:
        cluster.stop(server)
