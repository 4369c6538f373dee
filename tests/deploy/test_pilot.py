"""The pilot as written: clean, complete, and enough for the code that will run in it."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from deploy.k8s import make_secrets, validate
from deploy.k8s.lint import Document, ExpectedSecrets, Rendered, commands, lint
from kit.contracts.event_type import OWNERS
from kit.run import process
from kit.run.embedded import secrets
from kit.run.topology_job import TopologySettings
from kit.settings import CasefileSettings, GatewaySettings, StaffSettings, VaultSettings, kind_for, load
from services.risk.sources.spool import SpoolSettings

ADMIN_URL = "postgresql://boss:hidden@db.council.example:5432/postgres"
MADE_ELSEWHERE = {"gateway-tls", "staff-sign-in"}


@pytest.fixture
def made(tmp_path: Path) -> dict[str, dict[str, str]]:
    kept = secrets.load(tmp_path / "kept.json", OWNERS, [*OWNERS, make_secrets.TOPOLOGY])
    printed: list[Document] = list(make_secrets.manifests(kept, ADMIN_URL))
    return {one["metadata"]["name"]: one["stringData"] for one in printed}


def copy_of_k8s(folder: Path) -> Path:
    copied = folder / "k8s"
    shutil.copytree(validate.HERE, copied, ignore=shutil.ignore_patterns("__pycache__"))
    return copied


def ours(rendered: Rendered) -> dict[str, Document]:
    """The containers that run our image, by the name of their Deployment or Job."""
    return {
        str(pod.owner["metadata"]["name"]): pod.containers[0]
        for pod in rendered.pods()
        if any("/newstart:" in container["image"] for container in pod.containers)
    }


def environment(rendered: Rendered, container: Document, made: dict[str, dict[str, str]]) -> dict[str, str]:
    """What the process will find: settings from the manifests, secrets as `make_secrets` prints them."""
    found = rendered.environment(container)
    for variable in container["env"]:
        reference = variable.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            # What only the sign-in service can give.
            found[variable["name"]] = made.get(reference["name"], {}).get(reference["key"], "given")
    return found


def test_is_clean(pilot: Rendered) -> None:
    assert lint(pilot) == []


def test_the_schema_refuses_an_unknown_field(pilot: Rendered) -> None:
    deployment = next(pilot.of("Deployment"))
    assert list(validate.schema_faults([deployment])) == []

    deployment["spec"]["replica"] = 2

    (fault,) = validate.schema_faults([deployment])
    assert "replica" in fault.message


@pytest.mark.full
def test_the_command_prints_one_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate.main() == 0
    assert "3 overlay(s), Kubernetes 1.37: clean" in capsys.readouterr().out


@pytest.mark.full
def test_each_fault_is_one_line_and_the_exit_is_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copied = copy_of_k8s(tmp_path)
    topology = copied / "base/topology/topology.yaml"
    topology.write_text(topology.read_text() + "extra:   true\n")

    assert validate.main(copied) == 1

    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("deploy/k8s/base/topology/topology.yaml:")
    refused = [line for line in lines if ": schema: " in line]
    assert {line.partition("/ServiceAccount/")[0] for line in refused} == {
        f"overlays/{each.name}" for each in validate.overlays()
    }
    assert "4 fault(s)" in lines[-1]


def test_an_overlay_that_does_not_render_is_a_fault(tmp_path: Path, expected: ExpectedSecrets) -> None:
    (tmp_path / "kustomization.yaml").write_text("resources: [missing.yaml]\n")

    (fault,) = validate.overlay_faults(tmp_path, expected)

    assert fault.rule == "render"
    assert "missing.yaml" in fault.message


def test_a_cluster_s_facts_reach_every_place_that_needs_them(tmp_path: Path) -> None:
    copied = copy_of_k8s(tmp_path)
    facts = copied / "overlays/pilot/cluster.yaml"
    said = yaml.safe_load(facts.read_text())
    said["data"] = {
        "host": "help.council.example",
        "staff-host": "office.council.example",
        "sign-in": "https://sso.council.example",
        "ingress-namespace": "traefik",
        "ingress-addresses": "10.40.0.0/16",
        "database-addresses": "10.20.30.0/28",
        "issuers": '[{"issuer": "https://sso.council.example", "audience": "n", "jwks_url": "https://sso.x.example/"}]',
    }
    facts.write_text(yaml.safe_dump(said))

    rendered = Rendered(validate.render(copied / "overlays/pilot"), validate.expected_secrets(copied))

    text = yaml.safe_dump_all(rendered.documents)
    assert lint(rendered) == [], "the facts themselves are fine"
    assert "https://help.council.example" in text
    assert "https://office.council.example" in text
    assert "sso.council.example" in text
    assert "10.40.0.0/16" in text
    for gone in ("newstart.example\n", "https://newstart.example", "192.0.2", "login.example", ": ingress\n"):
        assert gone not in text, gone
    assert rendered.find("ConfigMap", "cluster") is None, "the facts are for rendering only"


def test_every_service_has_api_worker_and_migrations(pilot: Rendered) -> None:
    wanted = {f"{name}-{role}" for name in OWNERS for role in process.ROLES} | {"topology", "staff"}

    assert set(ours(pilot)) == wanted


def test_the_linter_knows_the_roles_that_the_image_knows() -> None:
    assert process.ROLES == commands.ROLES


def test_make_secrets_makes_what_is_expected_and_no_more(
    expected: ExpectedSecrets, made: dict[str, dict[str, str]]
) -> None:
    wanted = {name: set(keys) for name, keys in expected.keys.items() if name not in MADE_ELSEWHERE}

    assert {name: set(keys) for name, keys in made.items()} == wanted


def test_make_secrets_prints_the_same_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSTART_POSTGRES_ADMIN_URL", ADMIN_URL)
    kept = tmp_path / "kept.json"

    make_secrets.main([str(kept)])
    first = capsys.readouterr().out
    make_secrets.main([str(kept)])

    assert first == capsys.readouterr().out
    assert first.count("kind: Secret") == len(OWNERS) + 4
    assert "hidden" not in first, "the administrator's password stays with the administrator"
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", [f"{owner}-{role}" for owner in OWNERS for role in process.ROLES])
def test_each_process_finds_the_settings_it_needs(
    pilot: Rendered, made: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    container = ours(pilot)[name]
    for variable, value in environment(pilot, container, made).items():
        monkeypatch.setenv(variable, value)

    settings = load(kind_for(name.partition("-")[0]))

    assert settings.environment == "production"
    assert settings.host == "0.0.0.0"
    assert {port["containerPort"] for port in container.get("ports", [])} <= {settings.port, settings.metrics_port}
    assert (settings.nats_url is not None) == name.endswith("-worker"), "only workers speak to the bus"
    assert (settings.sealing_private_keys is not None) == name.endswith("-worker")


def test_the_staff_app_finds_the_settings_it_needs_and_no_more(
    pilot: Rendered, made: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = environment(pilot, ours(pilot)["staff"], made)
    for variable, value in found.items():
        monkeypatch.setenv(variable, value)

    settings = load(StaffSettings)

    assert (settings.environment, settings.port) == ("production", 8000)
    assert str(settings.gateway_url) == "http://gateway-api/"
    assert not {name for name in found if "DATABASE_URL" in name or "NATS" in name or "SIGNING" in name}


def test_the_topology_job_finds_the_settings_it_needs(
    pilot: Rendered, made: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable, value in environment(pilot, ours(pilot)["topology"], made).items():
        monkeypatch.setenv(variable, value)

    settings = TopologySettings()

    assert settings.nats_url.get_secret_value().startswith("nats://topology:")
    assert settings.nats_replicas == 1


def test_no_setting_is_misspelt(pilot: Rendered) -> None:
    known = {
        f"NEWSTART_{field}".upper()
        for kind in (GatewaySettings, VaultSettings, CasefileSettings, SpoolSettings, StaffSettings)
        for field in kind.model_fields
    }

    given = {
        name
        for container in ours(pilot).values()
        for name in [*pilot.environment(container), *(one["name"] for one in container["env"])]
        if name.startswith("NEWSTART_")
    }

    assert given <= known, given - known


@pytest.mark.parametrize("variable", ["NEWSTART_VAULT_DATABASE_URL", "NEWSTART_PSEUDONYM_KEY"])
def test_only_risk_can_open_the_vault(pilot: Rendered, variable: str) -> None:
    holders = {name for name, container in ours(pilot).items() if variable in {one["name"] for one in container["env"]}}

    assert holders == {f"risk-{role}" for role in process.ROLES}


def test_only_the_case_file_holds_the_key_of_objections(pilot: Rendered) -> None:
    holders = {
        name
        for name, container in ours(pilot).items()
        if "NEWSTART_OBJECTION_KEY" in {one["name"] for one in container["env"]}
    }

    assert holders == {f"casefile-{role}" for role in process.ROLES}


def test_only_the_gateway_holds_the_signing_key(pilot: Rendered) -> None:
    holders = {
        name
        for name, container in ours(pilot).items()
        if "NEWSTART_INTERNAL_SIGNING_KEY" in {one["name"] for one in container["env"]}
    }

    assert holders == {f"gateway-{role}" for role in process.ROLES}


def test_what_residents_open_comes_through_every_door(pilot: Rendered, council: Rendered) -> None:
    """What the gateway answers outside /v1, read off its code: each is in the door, or a letter leads nowhere."""
    found = {
        f"/{root}"
        for file in (validate.HERE.parents[1] / "gateway").rglob("*.py")
        for root in re.findall(r'@routes\.(?:get|post)\("/([a-z]+)/\{', file.read_text())
    }
    found |= {
        address
        for file in (validate.HERE.parents[1] / "gateway").rglob("*.py")
        for address in re.findall(r'@routes\.(?:get|post)\(\s*"((?:/[a-z]+)+)"', file.read_text())
        # No production has the demo's own pages.
        if not address.startswith("/demo")
    }
    ingress, route = pilot.find("Ingress", "gateway"), council.find("HTTPRoute", "gateway")
    assert ingress
    assert route
    by_ingress = {path["path"] for path in ingress["spec"]["rules"][0]["http"]["paths"]}
    by_route = {match["path"]["value"] for match in route["spec"]["rules"][0]["matches"]}

    assert found >= {"/links", "/pages", "/messages/replies"}
    assert by_ingress >= found
    assert by_route == by_ingress, "the same doors, whoever keeps them"
