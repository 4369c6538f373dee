"""The council's overlay and the region's: clean, three of what must be, and nothing said twice in two ways."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from deploy.k8s import crds, generate, make_secrets, validate
from deploy.k8s.lint import Document, Rendered, lint
from kit.contracts.event_type import OWNERS, VAULTS
from kit.run.embedded import databases, secrets

Overlay = Callable[[str], Rendered]
GIVEN_BY_OTHERS = {"gateway-tls", "staff-sign-in", "backup-store", "nats-region", "risk-observatory"}


def the(rendered: Rendered, kind: str, name: str) -> Document:
    found = rendered.find(kind, name)
    assert found is not None, f"there is no {kind} {name}"
    return found


@pytest.mark.parametrize("overlay", ["council", "observatory-regional"])
def test_is_clean(rendered: Overlay, overlay: str) -> None:
    assert lint(rendered(overlay)) == []


@pytest.mark.full
@pytest.mark.reference_data
@pytest.mark.parametrize("overlay", ["council", "observatory-regional"])
def test_operators_kinds_are_what_their_schemas_say(rendered: Overlay, overlay: str) -> None:
    if crds.folder() is None:
        pytest.skip(crds.MISSING)
    kinds = [one for one in rendered(overlay).documents if crds.is_operators(one)]
    assert kinds
    assert [fault for one in kinds for fault in crds.faults(one)] == []

    for one in kinds:
        one["spec"]["sepc"] = 1
        assert list(crds.faults(one)), f"{one['kind']}: an unknown field passes"


def test_the_bus_is_three_servers_with_certificates_and_every_stream_is_on_all(council: Rendered) -> None:
    servers = the(council, "StatefulSet", "nats")
    topology = the(council, "Job", "topology")
    (conf,) = (one["data"]["nats.conf"] for one in council.of("ConfigMap") if "nats.conf" in one["data"])

    assert servers["spec"]["replicas"] == 3
    assert "sync_interval: always" in conf
    assert conf.count("tls {") == 2
    assert "verify: true" in conf
    assert council.environment(topology["spec"]["template"]["spec"]["containers"][0])["NEWSTART_NATS_REPLICAS"] == "3"
    spread = servers["spec"]["template"]["spec"]["topologySpreadConstraints"][0]
    assert spread["whenUnsatisfiable"] == "DoNotSchedule"


def test_who_speaks_to_the_bus_trusts_its_authority_and_no_api_asks_it_anything(council: Rendered) -> None:
    for pod in council.pods():
        component = pod.labels.get("app.kubernetes.io/component")
        names = {one["name"] for container in pod.containers for one in container.get("env") or []}
        assert ("NEWSTART_NATS_URL" in names) == (component in ("worker", "topology")), pod.where
        assert ("SSL_CERT_FILE" in names) == (component in ("worker", "topology")), pod.where
        if component == "api":
            assert pod.spec["containers"][0]["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_each_service_has_a_role_and_a_database_of_its_own(council: Rendered) -> None:
    cluster = the(council, "Cluster", "postgres")
    roles = {one["name"] for one in cluster["spec"]["managed"]["roles"]}
    owners = {one["spec"]["name"]: one["spec"]["owner"] for one in council.of("Database")}
    extensions = {
        one["spec"]["name"]: {each["name"] for each in one["spec"]["extensions"]} for one in council.of("Database")
    }

    assert roles == {databases.role(name) for name in (*OWNERS, *VAULTS)}
    assert owners == {databases.role(name): databases.role(name) for name in OWNERS}
    for name in OWNERS:
        assert extensions[databases.role(name)] == {*databases.EXTENSIONS, *databases.FURTHER.get(name, ())}


def test_make_secrets_makes_what_a_council_expects(tmp_path: Path, council: Rendered) -> None:
    kept = secrets.load(tmp_path / "kept.json", OWNERS, [*OWNERS, make_secrets.TOPOLOGY])
    printed: list[Document] = list(make_secrets.council_manifests(kept))
    made = {one["metadata"]["name"]: one["stringData"] for one in printed}

    wanted = {name: set(keys) for name, keys in council.expected.keys.items() if name not in GIVEN_BY_OTHERS}
    assert {name: set(keys) for name, keys in made.items()} == wanted
    urls = [keys["NATS_URL"] for keys in made.values() if "NATS_URL" in keys]
    assert {url.partition("://")[0] for url in urls} == {"tls"}
    assert made["risk-secrets"]["VAULT_DATABASE_URL"].endswith("options=-csearch_path%3Dvault")
    assert made["risk-vault-database"]["password"] in made["risk-secrets"]["VAULT_DATABASE_URL"]


def test_make_secrets_makes_what_a_region_expects(tmp_path: Path, rendered: Overlay) -> None:
    kept = secrets.load(tmp_path / "kept.json", OWNERS, [*OWNERS, make_secrets.TOPOLOGY])
    address = "postgresql://boss:hidden@db.region.example:5432/postgres"
    printed = make_secrets.region_manifests(kept, address)
    made = {one["metadata"]["name"]: one["stringData"] for one in printed}

    expected = rendered("observatory-regional").expected.keys
    assert {name: set(keys) for name, keys in made.items()} == {
        name: set(keys) for name, keys in expected.items() if name not in GIVEN_BY_OTHERS
    }


def test_only_the_observatory_and_the_door_run_in_the_region(rendered: Overlay) -> None:
    region = rendered("observatory-regional")
    running = {one["metadata"]["name"] for one in region.of("Deployment")}

    assert running == {"gateway-api", "gateway-worker", "risk-api", "risk-worker"}
    assert the(region, "Service", "nats-members")["spec"]["ports"] == [
        {"name": "leaf", "port": 7422, "targetPort": "leaf"}
    ]


def test_the_backup_copies_every_database_by_its_own_role(council: Rendered) -> None:
    for kind, name in (("CronJob", "backup"), ("Job", "restore")):
        pod = next(one for one in council.pods() if one.where == f"{kind}/{name}")
        given = {one["name"] for one in pod.containers[0]["env"]}
        assert given == {f"DATABASE_URL_{each.upper()}" for each in (*OWNERS, *VAULTS)}
    assert the(council, "Job", "restore")["spec"]["suspend"] is True, "it waits until somebody needs it"


@pytest.mark.full
def test_what_is_generated_is_up_to_date() -> None:
    stale = [path.name for path, text in generate.files().items() if path.read_text() != text]

    assert stale == [], "run `python -m deploy.k8s.generate`"


def test_the_external_secrets_are_the_expected_ones() -> None:
    expected = validate.expected_secrets(validate.HERE, validate.HERE / "overlays/council")
    text = (validate.HERE / "components/external-secrets/secrets.yaml").read_text()

    assert text == generate.external_secrets(expected.keys), "run `python -m deploy.k8s.generate`"
    assert {one["metadata"]["name"] for one in yaml.safe_load_all(text)} == set(expected.keys)
