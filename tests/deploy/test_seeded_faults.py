"""Each fault that a schema or even a real API server lets pass, seeded once in the rendered pilot and caught.

A spoiling function changes the documents in place; the linter must then say that rule, at that place.
"""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from deploy.k8s.lint import CHECKS, Document, Rendered, lint
from tests.deploy import test_council_faults
from tests.deploy.seeding import Fault, Spoil, seeds_of, the

FAULTS: list[Fault] = []
seeded = seeds_of(FAULTS)


def pod(rendered: Rendered, name: str = "triage-api", kind: str = "Deployment") -> Document:
    spec: Document = the(rendered, kind, name)["spec"]["template"]["spec"]
    return spec


def container(rendered: Rendered, name: str = "triage-api", kind: str = "Deployment") -> Document:
    first: Document = pod(rendered, name, kind)["containers"][0]
    return first


def add(rendered: Rendered, document: Document) -> None:
    assert isinstance(rendered.documents, list)
    rendered.documents.append(document)


def remove(rendered: Rendered, kind: str, name: str) -> None:
    assert isinstance(rendered.documents, list)
    rendered.documents.remove(the(rendered, kind, name))


def cron_job(schedule: str, zone: str | None) -> Document:
    spec: dict[str, Any] = {"schedule": schedule, "jobTemplate": {"spec": {"template": {"spec": {"containers": []}}}}}
    if zone:
        spec["timeZone"] = zone
    metadata = {"name": "nightly", "namespace": "newstart"}
    return {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata, "spec": spec}


# Selectors, ports, references -------------------------------------------------------------------------------


@seeded("Service/triage-api", "selector")
def service_meets_no_pod(r: Rendered) -> None:
    the(r, "Service", "triage-api")["spec"]["selector"]["app.kubernetes.io/component"] = "web"


@seeded("Deployment/triage-api", "selector")
def deployment_misses_its_own_pods(r: Rendered) -> None:
    the(r, "Deployment", "triage-api")["spec"]["selector"]["matchLabels"]["app.kubernetes.io/name"] = "risk"


@seeded("Deployment/triage-api", "selector")
def deployment_takes_the_workers_too(r: Rendered) -> None:
    del the(r, "Deployment", "triage-api")["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]


@seeded("PodDisruptionBudget/nats", "selector")
def budget_of_nobody(r: Rendered) -> None:
    the(r, "PodDisruptionBudget", "nats")["spec"]["selector"]["matchLabels"] = {"app": "nats"}


@seeded("Deployment/triage-api", "selector")
def spread_counts_others(r: Rendered) -> None:
    pod(r)["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"] = {"app.kubernetes.io/name": "risk"}


@seeded("Service/triage-api", "port")
def target_port_misspelt(r: Rendered) -> None:
    the(r, "Service", "triage-api")["spec"]["ports"][0]["targetPort"] = "htpp"


@seeded("Service/nats", "port")
def target_port_number_not_open(r: Rendered) -> None:
    the(r, "Service", "nats")["spec"]["ports"][0]["targetPort"] = 4223


@seeded("Deployment/triage-worker", "port")
def probe_port_misspelt(r: Rendered) -> None:
    container(r, "triage-worker")["livenessProbe"]["httpGet"]["port"] = "http"


@seeded("Ingress/gateway", "port")
def ingress_port_missing(r: Rendered) -> None:
    path = the(r, "Ingress", "gateway")["spec"]["rules"][0]["http"]["paths"][0]
    path["backend"]["service"]["port"] = {"number": 8080}


@seeded("Ingress/gateway", "reference")
def ingress_to_nowhere(r: Rendered) -> None:
    path = the(r, "Ingress", "gateway")["spec"]["rules"][0]["http"]["paths"][0]
    path["backend"]["service"]["name"] = "gateway"


@seeded("Deployment/triage-api", "reference")
def config_map_missing(r: Rendered) -> None:
    container(r)["envFrom"][1]["configMapRef"]["name"] = "triage-settings"


@seeded("Deployment/triage-api", "reference")
def secret_nobody_makes(r: Rendered) -> None:
    container(r)["env"].append(
        {"name": "NEWSTART_X", "valueFrom": {"secretKeyRef": {"name": "triage-secret", "key": "SECRET_KEY"}}}
    )


@seeded("Deployment/triage-api", "reference")
def another_services_signing_key(r: Rendered) -> None:
    container(r)["env"].append(
        {"name": "X", "valueFrom": {"secretKeyRef": {"name": "triage-secrets", "key": "INTERNAL_SIGNING_KEY"}}}
    )


@seeded("StatefulSet/nats", "reference")
def projected_secret_missing(r: Rendered) -> None:
    pod(r, "nats", "StatefulSet")["volumes"][0]["projected"]["sources"][1]["secret"]["name"] = "nats-auth"


@seeded("Deployment/triage-api", "reference")
def account_missing(r: Rendered) -> None:
    pod(r)["serviceAccountName"] = "triage"


@seeded("Deployment/triage-api", "reference")
def claim_missing(r: Rendered) -> None:
    pod(r)["volumes"].append({"name": "files", "persistentVolumeClaim": {"claimName": "files"}})


@seeded("Deployment/triage-api", "reference")
def mount_without_volume(r: Rendered) -> None:
    pod(r)["volumes"].clear()


@seeded("StatefulSet/nats", "reference")
def stateful_set_without_its_service(r: Rendered) -> None:
    remove(r, "Service", "nats-servers")


@seeded("Secret/topology-secrets", "unused-secret")
def expected_secret_nobody_reads(r: Rendered) -> None:
    remove(r, "Job", "topology")


# Copies, budgets, stopping ------------------------------------------------------------------------------------


@seeded("PodDisruptionBudget/triage-api", "budget")
def budget_allows_none(r: Rendered) -> None:
    the(r, "PodDisruptionBudget", "triage-api")["spec"]["maxUnavailable"] = 0


@seeded("PodDisruptionBudget/triage-api", "budget")
def budget_wants_all(r: Rendered) -> None:
    spec = the(r, "PodDisruptionBudget", "triage-api")["spec"]
    del spec["maxUnavailable"]
    spec["minAvailable"] = 2


@seeded("PodDisruptionBudget/nats", "budget")
def budget_wants_a_share_of_one(r: Rendered) -> None:
    spec = the(r, "PodDisruptionBudget", "nats")["spec"]
    del spec["maxUnavailable"]
    spec["minAvailable"] = "50%"


@seeded("Deployment/triage-api", "budget")
def budget_missing(r: Rendered) -> None:
    remove(r, "PodDisruptionBudget", "triage-api")


@seeded("Deployment/triage-api", "rolling-update")
def rolling_update_stuck(r: Rendered) -> None:
    rolling = {"maxUnavailable": 0, "maxSurge": "0%"}
    the(r, "Deployment", "triage-api")["spec"]["strategy"]["rollingUpdate"] = rolling


@seeded("Deployment/triage-api", "rolling-update")
def recreated(r: Rendered) -> None:
    the(r, "Deployment", "triage-api")["spec"]["strategy"] = {"type": "Recreate"}


@seeded("HorizontalPodAutoscaler/triage-api", "autoscaler")
def autoscaler_of_nothing(r: Rendered) -> None:
    the(r, "HorizontalPodAutoscaler", "triage-api")["spec"]["scaleTargetRef"]["name"] = "triage"


@seeded("Deployment/triage-api", "autoscaler")
def replicas_beside_autoscaler(r: Rendered) -> None:
    the(r, "Deployment", "triage-api")["spec"]["replicas"] = 2


@seeded("HorizontalPodAutoscaler/triage-api", "autoscaler")
def autoscaler_upside_down(r: Rendered) -> None:
    the(r, "HorizontalPodAutoscaler", "triage-api")["spec"]["minReplicas"] = 9


@seeded("Deployment/gateway-api", "pre-stop")
def no_pause_before_stop(r: Rendered) -> None:
    del container(r, "gateway-api")["lifecycle"]


@seeded("Deployment/gateway-api", "grace")
def grace_too_short(r: Rendered) -> None:
    pod(r, "gateway-api")["terminationGracePeriodSeconds"] = 20


@seeded("Deployment/gateway-api", "grace")
def drain_grown_past_grace(r: Rendered) -> None:
    platform = next(one for one in r.of("ConfigMap") if one["metadata"]["name"].startswith("platform-"))
    platform["data"]["NEWSTART_DRAIN_SECONDS"] = "35"


@seeded("Deployment/triage-api", "probe")
def served_without_readiness(r: Rendered) -> None:
    del container(r)["readinessProbe"]


@seeded("Deployment/triage-api", "probe")
def life_hangs_on_the_database(r: Rendered) -> None:
    container(r)["livenessProbe"]["httpGet"]["path"] = "/readyz"


@seeded("Deployment/triage-worker", "probe")
def unwatched_worker(r: Rendered) -> None:
    del container(r, "triage-worker")["livenessProbe"]


# Resources, names, schedules ----------------------------------------------------------------------------------


@seeded("Deployment/triage-api", "resources")
def request_above_limit(r: Rendered) -> None:
    container(r)["resources"]["requests"]["memory"] = "1Gi"


@seeded("Deployment/triage-api", "resources")
def limit_missing(r: Rendered) -> None:
    del container(r)["resources"]["limits"]["memory"]


@seeded("Deployment/triage-api", "resources")
def quantity_misspelt(r: Rendered) -> None:
    container(r)["resources"]["limits"]["memory"] = "512MB"


@seeded("CronJob/nightly", "schedule")
def schedule_out_of_range(r: Rendered) -> None:
    add(r, cron_job("30 25 * * *", "Europe/London"))


@seeded("CronJob/nightly", "schedule")
def schedule_of_four_fields(r: Rendered) -> None:
    add(r, cron_job("30 2 * *", "Europe/London"))


@seeded("CronJob/nightly", "schedule")
def schedule_without_zone(r: Rendered) -> None:
    add(r, cron_job("30 2 * * mon-fri", None))


@seeded("ServiceAccount/Triage_account", "name")
def name_not_dns(r: Rendered) -> None:
    the(r, "ServiceAccount", "triage-account")["metadata"]["name"] = "Triage_account"


@seeded("Service/8-triage", "name")
def service_name_begins_with_a_digit(r: Rendered) -> None:
    the(r, "Service", "triage-api")["metadata"]["name"] = "8-triage"


@seeded("Service/triage-api", "name")
def name_given_twice(r: Rendered) -> None:
    add(r, copy.deepcopy(the(r, "Service", "triage-api")))


@seeded("Deployment/triage-api", "name")
def port_name_too_long(r: Rendered) -> None:
    container(r)["ports"][0]["name"] = "http-for-the-gateway"


@seeded("Service/triage-api", "namespace")
def left_out_of_the_namespace(r: Rendered) -> None:
    del the(r, "Service", "triage-api")["metadata"]["namespace"]


# Rights and images --------------------------------------------------------------------------------------------


@seeded("Deployment/triage-api", "restricted")
def may_be_root(r: Rendered) -> None:
    del pod(r)["securityContext"]["runAsNonRoot"]


@seeded("Deployment/triage-api", "restricted")
def no_seccomp(r: Rendered) -> None:
    pod(r)["securityContext"]["seccompProfile"]["type"] = "Unconfined"


@seeded("Deployment/triage-api", "restricted")
def capabilities_kept(r: Rendered) -> None:
    container(r)["securityContext"]["capabilities"] = {"drop": ["NET_RAW"]}


@seeded("Deployment/triage-api", "restricted")
def may_gain_rights(r: Rendered) -> None:
    del container(r)["securityContext"]["allowPrivilegeEscalation"]


@seeded("Deployment/triage-api", "restricted")
def writable_root(r: Rendered) -> None:
    container(r)["securityContext"]["readOnlyRootFilesystem"] = False


@seeded("Deployment/triage-api", "restricted")
def unrestricted_first_container(r: Rendered) -> None:
    pod(r)["initContainers"] = [{"name": "wait", "image": "newstart:0.1.0", "args": ["topology"]}]


@seeded("Deployment/triage-api", "restricted")
def host_path(r: Rendered) -> None:
    pod(r)["volumes"].append({"name": "host", "hostPath": {"path": "/"}})


@seeded("Deployment/triage-api", "restricted")
def token_mounted(r: Rendered) -> None:
    pod(r)["automountServiceAccountToken"] = True


@seeded("Deployment/triage-api", "restricted")
def service_links(r: Rendered) -> None:
    del pod(r)["enableServiceLinks"]


@seeded("Namespace/newstart", "restricted")
def namespace_not_enforcing(r: Rendered) -> None:
    the(r, "Namespace", "newstart")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] = "baseline"


@seeded("StatefulSet/nats", "image")
def image_latest(r: Rendered) -> None:
    container(r, "nats", "StatefulSet")["image"] = "nats:latest"


@seeded("StatefulSet/nats", "image")
def image_without_tag(r: Rendered) -> None:
    container(r, "nats", "StatefulSet")["image"] = "registry.example:5000/nats"


@seeded("StatefulSet/nats", "image")
def image_of_a_moving_version(r: Rendered) -> None:
    container(r, "nats", "StatefulSet")["image"] = "nats:2.15"


# Commands -----------------------------------------------------------------------------------------------------


@seeded("Deployment/triage-api", "command")
def service_unknown_to_the_image(r: Rendered) -> None:
    container(r)["args"][0] = "traige"


@seeded("Job/triage-migrate", "command")
def role_unknown_to_the_image(r: Rendered) -> None:
    container(r, "triage-migrate", "Job")["args"][1] = "migrations"


@seeded("Job/topology", "command")
def program_unknown_to_the_image(r: Rendered) -> None:
    container(r, "topology", "Job")["command"] = ["sh", "-c"]


# The network --------------------------------------------------------------------------------------------------


@seeded("Deployment/triage-worker", "network")
def worker_cut_off_from_the_bus(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "to-bus")


@seeded("StatefulSet/nats", "network")
def bus_lets_nobody_in(r: Rendered) -> None:
    the(r, "NetworkPolicy", "bus")["spec"]["ingress"] = []


@seeded("Deployment/triage-api", "network")
def api_cut_off_from_its_database(r: Rendered) -> None:
    the(r, "NetworkPolicy", "database")["spec"]["egress"][0]["ports"][0]["port"] = 5433


@seeded("Deployment/gateway-api", "network")
def gateway_cut_off_from_services(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "gateway-to-services")


@seeded("Deployment/casefile-api", "network")
def services_let_no_gateway_in(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "services-from-gateway")


@seeded("Deployment/gateway-api", "network")
def upstream_misspelt(r: Rendered) -> None:
    settings = next(one for one in r.of("ConfigMap") if "NEWSTART_UPSTREAMS" in one["data"])
    settings["data"]["NEWSTART_UPSTREAMS"] = '{"triage": "http://triage"}'


@seeded("Deployment/gateway-api", "network")
def upstream_on_the_wrong_port(r: Rendered) -> None:
    settings = next(one for one in r.of("ConfigMap") if "NEWSTART_UPSTREAMS" in one["data"])
    settings["data"]["NEWSTART_UPSTREAMS"] = '{"triage": "http://triage-api:8101"}'


@seeded("Deployment/gateway-api", "network")
def issuer_inside_the_council(r: Rendered) -> None:
    settings = next(one for one in r.of("ConfigMap") if "NEWSTART_ISSUERS" in one["data"])
    settings["data"]["NEWSTART_ISSUERS"] = '[{"issuer": "https://x", "jwks_url": "https://10.1.2.3/keys"}]'


@seeded("Deployment/triage-api", "network")
def no_dns(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "dns")


@seeded("Deployment/triage-api", "network")
def traces_go_nowhere(r: Rendered) -> None:
    del the(r, "NetworkPolicy", "observability")["spec"]["egress"]


@seeded("Deployment/gateway-api", "network")
def ingress_controller_shut_out(r: Rendered) -> None:
    remove(r, "NetworkPolicy", "edge-to-gateway")


@seeded("Deployment/triage-api", "isolation")
def open_by_default(r: Rendered) -> None:
    for name in ("deny-by-default", "observability", "services-from-gateway"):
        remove(r, "NetworkPolicy", name)


@seeded("NetworkPolicy/gateway-to-issuer", "address-range")
def exception_outside_its_range(r: Rendered) -> None:
    block = the(r, "NetworkPolicy", "gateway-to-issuer")["spec"]["egress"][0]["to"][0]["ipBlock"]
    block["cidr"] = "203.0.113.0/24"


@seeded("NetworkPolicy/database", "address-range")
def range_that_is_none(r: Rendered) -> None:
    the(r, "NetworkPolicy", "database")["spec"]["egress"][0]["to"][0]["ipBlock"]["cidr"] = "10.0.0.1/8"


@pytest.mark.parametrize(
    ("where", "rule", "spoil"), FAULTS, ids=[spoil.__name__.replace("_", "-") for _, _, spoil in FAULTS]
)
def test_the_linter_catches(pilot: Rendered, where: str, rule: str, spoil: Spoil) -> None:
    spoil(pilot)

    found = [(fault.where, fault.rule) for fault in lint(pilot)]

    assert (where, rule) in found, f"not caught; it only said {found}"


@pytest.mark.full
def test_every_check_catches_something(rendered: Callable[[str], Rendered]) -> None:
    caught = set()
    for overlay, faults in (("pilot", FAULTS), ("council", test_council_faults.FAULTS)):
        for place, rule, spoil in faults:
            spoilt = rendered(overlay)
            spoil(spoilt)
            caught |= {
                one for one in CHECKS if any((fault.where, fault.rule) == (place, rule) for fault in one(spoilt))
            }

    assert [check.__name__ for check in CHECKS if check not in caught] == []


@pytest.mark.full
def test_of_the_fifteen_the_linter_catches_all_and_the_schema_few() -> None:
    from tests.deploy import checkers

    rows = checkers.table()

    assert len(rows) == 15
    assert [fault for fault, caught in rows.items() if not caught["linter"]] == []
    assert sum(caught["schema"] for caught in rows.values()) <= 3, "else the linter could be smaller"
