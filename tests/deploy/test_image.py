"""The Dockerfile and what goes into it. Building it needs a container tool and a base image; reading it doesn't."""

import http.server
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deploy import health
from deploy.image_lock import LEFT_OUT, SOURCES, without

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]


def instructions(text: str, word: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line.removeprefix(word).strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


def test_the_base_is_an_argument_with_a_pinned_default() -> None:
    base, builder = instructions(DOCKERFILE, "ARG")

    assert re.fullmatch(r"BASE=python:3\.11\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base)
    assert builder == "BUILDER=${BASE}"
    assert [one.split()[0] for one in instructions(DOCKERFILE, "FROM")] == ["${BUILDER}", "${BASE}"]


def test_it_runs_as_a_number_that_is_not_root_as_kubernetes_demands() -> None:
    assert instructions(LAST_STAGE, "USER") == ["10001:10001"]


def test_it_starts_without_a_shell_and_writes_no_bytecode() -> None:
    assert instructions(LAST_STAGE, "ENTRYPOINT") == ['["python", "-m", "kit.run"]']
    assert instructions(LAST_STAGE, "RUN") == [], "the last stage only copies"
    assert "PYTHONDONTWRITEBYTECODE=1" in instructions(LAST_STAGE, "ENV")[0]


def test_packages_come_by_hash() -> None:
    (getting,) = [one for one in instructions(DOCKERFILE, "RUN") if "pip" in one]
    fetched = [step for step in getting.split("&&") if "-m pip" in step and "--no-index" not in step]

    assert len(fetched) == 2, "ready wheels, and what was never published as one"
    assert all("--require-hashes --no-deps" in step for step in fetched)
    assert "--only-binary :all:" in fetched[0]
    assert "--no-build-isolation" in fetched[1], "nothing else is fetched to build with"


def test_everything_copied_exists_and_passes_dockerignore() -> None:
    allowed = {
        line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")
    }
    copied = {
        source
        for line in instructions(DOCKERFILE, "COPY")
        if not line.startswith("--from")
        for source in line.split()[:-1]
    }

    assert copied == allowed
    assert [source for source in copied if not (ROOT / source).exists()] == []


def names(lock: str) -> set[str]:
    return {line.partition("==")[0] for line in lock.splitlines() if line[:1].isalnum()}


def test_the_two_parts_of_the_lock_are_all_of_it_but_what_one_machine_needs() -> None:
    whole = (ROOT / "requirements.lock").read_text()

    def part(which: str) -> str:
        program = [sys.executable, str(ROOT / "deploy/image_lock.py"), which]
        return subprocess.run(program, input=whole, capture_output=True, text=True, check=True).stdout

    wheels, sources = part("wheels"), part("sources")

    assert names(whole) - names(wheels) - names(sources) == LEFT_OUT
    assert names(sources) == SOURCES
    assert set((wheels + sources).splitlines()) <= set(whole.splitlines())
    assert "--hash=sha256:" in wheels.partition("nats-py==")[2][:60]


def test_what_has_one_hash_only_is_known_to_be_source() -> None:
    """A package with a wheel has a hash for the wheel and one for the source: so a new one without is seen here."""
    blocks = re.findall(r"^([a-z0-9-]+)==.*\\\n((?:    --hash=.*\n)+)", (ROOT / "requirements.lock").read_text(), re.M)

    assert {name for name, hashes in blocks if hashes.count("--hash=") == 1} <= SOURCES


def test_the_health_command_asks_whichever_door_the_process_has() -> None:
    class Alive(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path == "/livez" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Alive) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port, closed = str(server.server_port), "1"
        assert health.alive({"NEWSTART_PORT": port, "NEWSTART_METRICS_PORT": closed})
        assert health.alive({"NEWSTART_PORT": closed, "NEWSTART_METRICS_PORT": port})
        assert not health.alive({"NEWSTART_PORT": closed, "NEWSTART_METRICS_PORT": closed})
        server.shutdown()


def test_a_package_left_out_that_is_not_locked_is_an_error() -> None:
    with pytest.raises(ValueError, match="gone"):
        without("a==1 \\\n    --hash=sha256:00\n", frozenset({"gone"}))
