"""Faults in what only a council has (operators' kinds, three servers), each seeded once and caught."""

from pathlib import Path
from typing import Any

import pytest

from deploy.k8s.lint import Rendered, lint
from deploy.k8s.lint.operators import QUIET_LOG
from tests.deploy.seeding import Fault, Spoil, seeds_of, the

FAULTS: list[Fault] = []
seeded = seeds_of(FAULTS)


def spec(rendered: Rendered, kind: str, name: str) -> Any:
    return the(rendered, kind, name)["spec"]


def settings(rendered: Rendered) -> Any:
    """The gateway's, whatever hash its name carries."""
    (found,) = (
        one["data"] for one in rendered.of("ConfigMap") if one["metadata"]["name"].startswith("gateway-settings")
    )
    return found


def remove(rendered: Rendered, kind: str, name: str) -> None:
    assert isinstance(rendered.documents, list)
    rendered.documents.remove(the(rendered, kind, name))


@seeded("HTTPRoute/gateway", "reference")
def route_to_nowhere(r: Rendered) -> None:
    spec(r, "HTTPRoute", "gateway")["rules"][0]["backendRefs"][0]["name"] = "gateway"


@seeded("HTTPRoute/gateway", "port")
def route_to_a_closed_port(r: Rendered) -> None:
    spec(r, "HTTPRoute", "gateway")["rules"][0]["backendRefs"][0]["port"] = 8080


@seeded("HTTPRoute/staff", "reference")
def route_on_no_listener(r: Rendered) -> None:
    spec(r, "HTTPRoute", "staff")["parentRefs"][0]["sectionName"] = "office"


@seeded("HTTPRoute/staff", "host")
def route_of_another_host(r: Rendered) -> None:
    spec(r, "HTTPRoute", "staff")["hostnames"] = ["newstart.example"]


@seeded("Deployment/staff", "network")
def controller_shut_out_of_staff(r: Rendered) -> None:
    spec(r, "NetworkPolicy", "staff")["ingress"] = []


@seeded("Deployment/gateway-api", "network")
def staff_shut_out_of_the_gateway(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "gateway-from-staff")


@seeded("Gateway/edge", "network")
def nobody_says_where_the_controller_runs(r: Rendered) -> None:
    the(r, "Gateway", "edge")["metadata"]["annotations"].clear()


@seeded("Gateway/edge", "reference")
def certificate_of_the_door_missing(r: Rendered) -> None:
    spec(r, "Gateway", "edge")["listeners"][0]["tls"]["certificateRefs"][0]["name"] = "edge-tls"


@seeded("ScaledObject/triage-worker", "lag")
def consumer_misspelt(r: Rendered) -> None:
    spec(r, "ScaledObject", "triage-worker")["triggers"][0]["metadata"]["consumer"] = "triage-projection"


@seeded("ScaledObject/triage-worker", "lag")
def stream_it_may_not_hear(r: Rendered) -> None:
    spec(r, "ScaledObject", "triage-worker")["triggers"][0]["metadata"]["stream"] = "TRIAGES"


@seeded("ScaledObject/triage-worker", "lag")
def scaled_by_something_else(r: Rendered) -> None:
    spec(r, "ScaledObject", "triage-worker")["triggers"][0]["type"] = "cpu"


@seeded("Deployment/gateway-api", "forwarded")
def nobody_is_believed(r: Rendered) -> None:
    settings(r)["FORWARDED_ALLOW_IPS"] = ""


@seeded("Deployment/gateway-api", "forwarded")
def everybody_is_believed(r: Rendered) -> None:
    settings(r)["FORWARDED_ALLOW_IPS"] = "10.0.0.1, *"


@seeded("Cluster/postgres", "log")
def rows_in_the_log(r: Rendered) -> None:
    spec(r, "Cluster", "postgres")["postgresql"]["parameters"]["log_error_verbosity"] = "default"


@seeded("Cluster/postgres", "log")
def statements_of_faults_in_the_log(r: Rendered) -> None:
    del spec(r, "Cluster", "postgres")["postgresql"]["parameters"]["log_min_error_statement"]


@seeded("Deployment/triage-worker", "autoscaler")
def replicas_beside_keda(r: Rendered) -> None:
    spec(r, "Deployment", "triage-worker")["replicas"] = 2


@seeded("ScaledObject/risk-worker", "autoscaler")
def two_scalers_of_one(r: Rendered) -> None:
    spec(r, "ScaledObject", "risk-worker")["scaleTargetRef"]["name"] = "grants-worker"


@seeded("PodDisruptionBudget/nats", "budget")
def budget_wants_all_three(r: Rendered) -> None:
    budget = spec(r, "PodDisruptionBudget", "nats")
    del budget["maxUnavailable"]
    budget["minAvailable"] = 3


@seeded("Database/risk", "reference")
def owner_nobody_makes(r: Rendered) -> None:
    roles = spec(r, "Cluster", "postgres")["managed"]["roles"]
    roles[:] = [one for one in roles if one["name"] != "newstart_risk_vault"]


@seeded("Database/triage", "access")
def another_service_let_in(r: Rendered) -> None:
    lines = spec(r, "Cluster", "postgres")["postgresql"]["pg_hba"]
    lines.insert(0, "hostssl newstart_triage newstart_risk all scram-sha-256")


@seeded("Cluster/postgres", "access")
def everybody_let_in(r: Rendered) -> None:
    spec(r, "Cluster", "postgres")["postgresql"]["pg_hba"].pop()


@seeded("Cluster/postgres", "backup")
def no_backups(r: Rendered) -> None:
    remove(r, "ScheduledBackup", "postgres-nightly")


@seeded("Cluster/postgres", "reference")
def password_nobody_makes(r: Rendered) -> None:
    spec(r, "Cluster", "postgres")["managed"]["roles"][0]["passwordSecret"]["name"] = "gateway-role"


@seeded("Cluster/postgres", "network")
def database_lets_nobody_in(r: Rendered) -> None:
    spec(r, "NetworkPolicy", "postgres")["ingress"].pop(0)


@seeded("CronJob/backup", "network")
def backup_cut_off_from_the_database(r: Rendered) -> None:
    spec(r, "NetworkPolicy", "database")["podSelector"]["matchExpressions"][0]["values"].remove("backup")


@seeded("CronJob/backup", "schedule")
def backup_never(r: Rendered) -> None:
    spec(r, "CronJob", "backup")["schedule"] = "15 2 * * 8"


@seeded("CronJob/backup", "reference")
def backups_on_no_disk(r: Rendered) -> None:
    remove(r, "PersistentVolumeClaim", "backups")


@seeded("StatefulSet/nats", "network")
def bus_cut_off_from_the_region(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "bus-to-region")


@seeded("Certificate/nats", "reference")
def issuer_missing(r: Rendered) -> None:
    remove(r, "Issuer", "bus")


@seeded("StatefulSet/nats", "reference")
def certificate_missing(r: Rendered) -> None:
    remove(r, "Certificate", "nats")


@seeded("ServiceMonitor/doors", "port")
def monitor_of_a_closed_port(r: Rendered) -> None:
    spec(r, "ServiceMonitor", "doors")["endpoints"][0]["port"] = "metrics"


@seeded("PodMonitor/workers", "selector")
def monitor_of_nobody(r: Rendered) -> None:
    spec(r, "PodMonitor", "workers")["selector"] = {"matchLabels": {"app": "worker"}}


@seeded("Secret/staff-secrets", "external-secret")
def secret_nobody_fetches(r: Rendered) -> None:
    remove(r, "ExternalSecret", "staff-secrets")


@seeded("ExternalSecret/risk-secrets", "external-secret")
def key_nobody_fetches(r: Rendered) -> None:
    data = spec(r, "ExternalSecret", "risk-secrets")["data"]
    data[:] = [one for one in data if one["secretKey"] != "PSEUDONYM_KEY"]


@pytest.mark.full
@pytest.mark.parametrize(
    ("where", "rule", "spoil"), FAULTS, ids=[spoil.__name__.replace("_", "-") for _, _, spoil in FAULTS]
)
def test_the_linter_catches(council: Rendered, where: str, rule: str, spoil: Spoil) -> None:
    spoil(council)

    found = [(fault.where, fault.rule) for fault in lint(council)]

    assert (where, rule) in found, f"not caught; it only said {found}"


def test_the_clusters_log_is_as_quiet_as_the_embedded_one() -> None:
    embedded = (Path(__file__).parents[2] / "kit/run/embedded/postgres.py").read_text()
    assert all(f'"{name}": "{value}"' in embedded for name, value in QUIET_LOG.items())
