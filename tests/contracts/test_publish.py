"""Publishing the contracts: what is written, what a check finds, and what the change is held against."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kit.contracts import asyncapi
from kit.run import publish

Git = Callable[..., str]


@pytest.fixture
def gateway_docs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The gateway's document, standing in for the whole gateway."""
    document: dict[str, Any] = {"openapi": "3.1.0", "paths": {"/v1/b": {}, "/v1/a": {}}}
    module = ModuleType("gateway.docs")
    module.merged_openapi = lambda: document  # type: ignore[attr-defined]  # a module made here
    monkeypatch.setitem(sys.modules, "gateway.docs", module)
    return document


@pytest.fixture
def git(tmp_path: Path) -> Git:
    def run(*arguments: str) -> str:
        identity = ["-c", "user.name=Test", "-c", "user.email=test@newstart.example", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            ["git", "-C", str(tmp_path), *identity, *arguments],  # git wherever it is
            capture_output=True,
            check=True,
            text=True,
        )
        return done.stdout

    run("init", "--quiet")
    return run


def commit(git: Git, root: Path, document: dict[str, Any]) -> None:
    (root / publish.ASYNCAPI).write_text(publish.render(document), encoding="utf-8")
    git("add", ".")
    git("commit", "--quiet", "--message", "A version")


def check(root: Path, *more: str) -> int:
    return publish.main(["--check", "--root", str(root), *more])


@pytest.mark.full
def test_both_files_are_written_and_then_pass_the_check(tmp_path: Path, gateway_docs: dict[str, Any]) -> None:
    assert check(tmp_path) == 1
    assert publish.main(["--root", str(tmp_path)]) == 0
    assert check(tmp_path) == 0
    assert json.loads((tmp_path / "asyncapi.json").read_text()) == asyncapi.document()
    text = (tmp_path / "openapi.json").read_text()
    assert text.index("/v1/a") < text.index("/v1/b")
    assert text.endswith("}\n")


@pytest.mark.full
def test_a_drift_in_either_file_fails_the_check_and_is_named(
    tmp_path: Path, gateway_docs: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    publish.main(["--root", str(tmp_path)])
    gateway_docs["paths"]["/v1/c"] = {}
    capsys.readouterr()
    assert check(tmp_path) == 1
    assert "openapi.json is not what the code says" in capsys.readouterr().err
    assert check(tmp_path, "--only", "asyncapi.json") == 0
    (tmp_path / "asyncapi.json").write_text("{}")
    assert check(tmp_path, "--only", "asyncapi.json") == 1


def test_checking_writes_nothing(tmp_path: Path) -> None:
    check(tmp_path, "--only", "asyncapi.json")
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_right_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    publish.main(["--root", str(tmp_path), "--only", "asyncapi.json"])
    capsys.readouterr()
    publish.main(["--root", str(tmp_path), "--only", "asyncapi.json"])
    assert capsys.readouterr().out == ""


@pytest.mark.full
@pytest.mark.parametrize("committed_already", [False, True])
def test_a_break_since_the_committed_version_fails_before_and_after_its_own_commit(
    tmp_path: Path, git: Git, committed_already: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    before = json.loads(publish.render(asyncapi.document()))
    before["components"]["schemas"]["ClockState"]["properties"]["since"] = {"type": "string"}
    commit(git, tmp_path, before)
    publish.main(["--root", str(tmp_path), "--only", "asyncapi.json"])
    if committed_already:
        commit(git, tmp_path, asyncapi.document())
    capsys.readouterr()
    assert check(tmp_path, "--only", "asyncapi.json") == 1
    expected = "not an addition: gateway.clock.moved.data.since: the field was removed"
    assert expected in capsys.readouterr().err


@pytest.mark.full
def test_an_addition_since_the_committed_version_passes(tmp_path: Path, git: Git) -> None:
    before = json.loads(publish.render(asyncapi.document()))
    del before["components"]["messages"]["gateway.clock.moved"]
    commit(git, tmp_path, before)
    publish.main(["--root", str(tmp_path), "--only", "asyncapi.json"])
    assert check(tmp_path, "--only", "asyncapi.json") == 0


def test_without_a_repository_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    assert publish.committed_before(tmp_path, publish.ASYNCAPI, "") is None


def test_without_git_there_is_nothing_to_compare_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert publish.committed_before(publish.ROOT, publish.ASYNCAPI, "") is None
