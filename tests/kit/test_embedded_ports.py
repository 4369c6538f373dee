"""Ports of an embedded run: what is chosen, and what is said when one is not to be had."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from kit.run.embedded.ports import HOST, PortsRefused, check, choose, free


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((HOST, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_ports_of_the_readme_unless_told_otherwise() -> None:
    chosen = choose({})
    assert (chosen["gateway"], chosen["triage"], chosen["housing"]) == (8080, 8101, 8105)
    assert (chosen["triage-worker"], chosen["gateway-worker"]) == (8111, 8116)
    assert (chosen["postgres"], chosen["nats"]) == (5499, 4299)


def test_every_port_can_be_changed() -> None:
    chosen = choose({"NEWSTART_RISK_WORKER_PORT": "9113", "NEWSTART_NATS_MONITOR_PORT": " 9298 "})
    assert (chosen["risk-worker"], chosen["nats-monitor"]) == (9113, 9298)


def test_everything_wrong_is_told_at_once() -> None:
    with pytest.raises(PortsRefused) as refused:
        choose({"NEWSTART_GATEWAY_PORT": "http", "NEWSTART_RISK_PORT": "70000", "NEWSTART_NATS_PORT": "8101"})
    assert len(refused.value.lines) == 3
    assert "NEWSTART_GATEWAY_PORT=http is not a port" in refused.value.lines[0]
    assert "port 8101 is given to both triage and nats: change it with NEWSTART_NATS_PORT" in refused.value.lines


def test_a_port_in_use_names_the_port_who_has_it_and_what_changes_it(taken: int) -> None:
    with pytest.raises(PortsRefused) as refused:
        check({"casefile": taken, "nats": free(1)[0]})
    (line,) = refused.value.lines
    assert f"port {taken} (casefile) is in use by " in line
    assert f"(process {os.getpid()})" in line
    assert "NEWSTART_CASEFILE_PORT" in line


def test_a_port_taken_on_every_address_counts_as_taken() -> None:
    with socket.socket() as listener:
        listener.bind(("0.0.0.0", 0))
        listener.listen()
        with pytest.raises(PortsRefused):
            check({"gateway": listener.getsockname()[1]})


def test_free_ports_are_different_and_pass_the_check() -> None:
    found = free(20)
    assert len(set(found)) == 20
    check({"gateway": found[0]})


def test_what_one_process_chose_no_other_is_given_before_it_ends() -> None:
    (chosen,) = free(1)
    other = f"from kit.run.embedded import ports; ports._FREE_RANGE = [{chosen}]; ports.free(1)"
    asked = subprocess.run([sys.executable, "-c", other], capture_output=True, text=True, check=False)
    assert "1 free ports were wanted and only 0 are left" in asked.stderr
    (again,) = free(1)
    assert again != chosen
