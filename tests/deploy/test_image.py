"""The Dockerfile and what goes into it. Building it needs a container tool and a base image; reading it doesn't."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.image_lock import LEFT_OUT, without

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
LAST_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]


def instructions(text: str, word: str) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line.removeprefix(word).strip() for line in joined.splitlines() if line.startswith(f"{word} ")]


def test_the_base_is_an_argument_with_a_pinned_default() -> None:
    (base,) = instructions(DOCKERFILE, "ARG")

    assert re.fullmatch(r"BASE=python:3\.11\.\d+-slim-[a-z]+(@sha256:[0-9a-f]{64})?", base)
    assert [one.split()[0] for one in instructions(DOCKERFILE, "FROM")] == ["${BASE}", "${BASE}"]


def test_it_runs_as_a_number_that_is_not_root_as_kubernetes_demands() -> None:
    assert instructions(LAST_STAGE, "USER") == ["10001:10001"]


def test_it_starts_without_a_shell_and_writes_no_bytecode() -> None:
    assert instructions(LAST_STAGE, "ENTRYPOINT") == ['["python", "-m", "kit.run"]']
    assert instructions(LAST_STAGE, "RUN") == [], "the last stage only copies"
    assert "PYTHONDONTWRITEBYTECODE=1" in instructions(LAST_STAGE, "ENV")[0]


def test_packages_come_by_hash() -> None:
    assert "--require-hashes --no-deps --only-binary :all:" in instructions(DOCKERFILE, "RUN")[0]


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


def test_the_image_leaves_out_only_the_servers() -> None:
    whole = (ROOT / "requirements.lock").read_text()
    locked = {line.partition("==")[0] for line in whole.splitlines() if line[:1].isalnum()}

    program = [sys.executable, str(ROOT / "deploy/image_lock.py")]
    done = subprocess.run(program, input=whole, capture_output=True, text=True, check=True)

    kept = {line.partition("==")[0] for line in done.stdout.splitlines() if line[:1].isalnum()}
    assert locked - kept == LEFT_OUT
    assert set(done.stdout.splitlines()) <= set(whole.splitlines())
    assert "--hash=sha256:" in done.stdout.partition("nats-py==")[2][:60]


def test_a_package_left_out_that_is_not_locked_is_an_error() -> None:
    with pytest.raises(ValueError, match="gone"):
        without("a==1 \\\n    --hash=sha256:00\n", frozenset({"gone"}))
