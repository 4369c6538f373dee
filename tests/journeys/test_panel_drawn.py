"""Thirty of eight hundred drawn in public through the gateway; an outsider without sign-in checks it with one file."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from gateway.demo import panels as demo_panels
from kit.testing.platform import Platform

pytestmark = [pytest.mark.full, pytest.mark.xdist_group("platform"), pytest.mark.timeout(180)]
PANELS = "/v1/grants/panels"


def test_an_outsider_gets_the_same_names(platform: Platform, tmp_path: Path) -> None:
    said: list[str] = []
    demo_panels.load_panels(platform.gateway, said.append)
    assert "30 were drawn" in said[-1], said
    demo_panels.load_panels(platform.gateway, said.append)
    assert len(said) == 1
    with httpx.Client(base_url=platform.gateway, trust_env=False, timeout=10) as client:
        (panel,) = client.get(PANELS).raise_for_status().json()["items"]
        (draw,) = client.get(f"{PANELS}/{panel['id']}/draws").raise_for_status().json()
        assert draw["certificate"]["leximin"] is True
        assert draw["certificate"]["gap"] <= 1e-6
        path = f"{PANELS}/{panel['id']}/draws/{draw['id']}"
        proof = client.get(f"{path}/proof")
        assert "public" in proof.headers["Cache-Control"]
        (tmp_path / "proof.json").write_bytes(proof.content)
        (tmp_path / "lottery_verifier.py").write_bytes(client.get(f"{PANELS}/verifier").content)
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "lottery_verifier.py", "proof.json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stdout
        assert all(f"{token}   in" in ran.stdout for token in draw["taken"])
        changed = proof.content.replace(draw["taken"][0].encode(), draw["taken"][0][::-1].encode(), 1)
        (tmp_path / "proof.json").write_bytes(changed)
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "lottery_verifier.py", "proof.json"],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert ran.returncode == 1
        # Who they are is for those who run the panel.
        for kept in (f"{PANELS}/{panel['id']}/pool", f"{PANELS}/{panel['id']}/members", f"{path}/question"):
            assert client.get(kept).status_code == 401
        (pack,) = client.get(f"{PANELS}/{panel['id']}/evidence").raise_for_status().json()
        assert len(pack["content"]["wards"]) == 19
