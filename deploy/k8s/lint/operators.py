"""Operators' own kinds: what they point at is there, and what they scale or fetch is all of it."""

from collections.abc import Iterator
from typing import Final

from deploy.k8s.lint.rendered import Document, Fault, Rendered, matches, service_port, where
from kit.contracts.catalogue import OWNERS, consumed_by
from kit.events.handlers import KINDS
from kit.events.topology import durable_name

QUIET_LOG: Final = {
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""PostgreSQL's log without values of rows or parameters, and without statements of faults."""


def routes(rendered: Rendered) -> Iterator[Fault]:
    """A route hangs on a listener that is there, under a host of that listener, and leads to a Service's port."""
    for route in rendered.of("HTTPRoute"):
        for parent in route["spec"].get("parentRefs") or []:
            gateway = rendered.find("Gateway", parent["name"])
            listeners = {one["name"]: one for one in (gateway or {"spec": {}})["spec"].get("listeners") or []}
            listener = listeners.get(parent.get("sectionName", ""))
            if gateway is None:
                yield Fault(where(route), "reference", f"Gateway {parent['name']} does not exist")
            elif "sectionName" in parent and listener is None:
                yield Fault(
                    where(route), "reference", f"Gateway {parent['name']} has no listener {parent['sectionName']}"
                )
            elif listener and listener.get("hostname") not in (None, *(route["spec"].get("hostnames") or [])):
                yield Fault(where(route), "host", f"its hosts are not {listener['hostname']}, which the listener takes")
        for name, number in route_backends(route):
            service = rendered.service(name)
            if service is None:
                yield Fault(where(route), "reference", f"Service {name} does not exist")
            elif service_port(service, number) is None:
                yield Fault(where(route), "port", f"Service {name} has no port {number!r}")


def route_backends(route: Document) -> Iterator[tuple[str, object]]:
    """(name, port) of the Services a route sends requests to."""
    for rule in route["spec"].get("rules") or []:
        for backend in rule.get("backendRefs") or []:
            yield backend["name"], backend.get("port")


def named_secrets(rendered: Rendered) -> Iterator[tuple[Document, str, str | None]]:
    """(document, Secret, key or None) of each Secret that an operator reads for one of ours."""
    for gateway in rendered.of("Gateway"):
        for listener in gateway["spec"].get("listeners") or []:
            for reference in (listener.get("tls") or {}).get("certificateRefs") or []:
                yield gateway, reference["name"], "tls.crt"
    for issuer in rendered.of("Issuer"):
        if "ca" in issuer["spec"]:
            yield issuer, issuer["spec"]["ca"]["secretName"], "tls.key"
    for cluster in rendered.of("Cluster"):
        for role in (cluster["spec"].get("managed") or {}).get("roles") or []:
            if "passwordSecret" in role:
                for key in ("username", "password"):
                    yield cluster, role["passwordSecret"]["name"], key
        store = (cluster["spec"].get("backup") or {}).get("barmanObjectStore") or {}
        for reference in (store.get("s3Credentials") or {}).values():
            yield cluster, reference["name"], reference["key"]


def secrets(rendered: Rendered) -> Iterator[Fault]:
    """Secrets that operators read are there; where External Secrets fetches them, it fetches all of them, whole."""
    for document, name, key in named_secrets(rendered):
        keys = rendered.keys("Secret", name)
        if keys is None or (key is not None and key not in keys):
            missing = f"Secret {name}" + (f" with the key {key}" if keys is not None else "")
            yield Fault(where(document), "reference", f"{missing} does not exist and secrets.yaml does not expect it")
    fetched = {
        str(one["spec"].get("target", {}).get("name", one["metadata"]["name"])): one
        for one in rendered.of("ExternalSecret")
    }
    for name, keys in rendered.expected.keys.items() if fetched else ():
        if name not in fetched:
            yield Fault(f"Secret/{name}", "external-secret", "is expected, but no ExternalSecret fetches it")
        elif lacking := keys - {one["secretKey"] for one in fetched[name]["spec"].get("data") or []}:
            yield Fault(where(fetched[name]), "external-secret", f"does not fetch {', '.join(sorted(lacking))}")


def certificates(rendered: Rendered) -> Iterator[Fault]:
    """A certificate's issuer is there."""
    for certificate in rendered.of("Certificate"):
        issuer = certificate["spec"]["issuerRef"]
        if issuer.get("kind", "Issuer") == "Issuer" and rendered.find("Issuer", issuer["name"]) is None:
            yield Fault(where(certificate), "reference", f"Issuer {issuer['name']} does not exist")


def databases(rendered: Rendered) -> Iterator[Fault]:
    """A database's cluster and owner are there, every role may enter one database, and backups are made."""
    for database in rendered.of("Database"):
        cluster = rendered.find("Cluster", database["spec"]["cluster"]["name"])
        if cluster is None:
            yield Fault(where(database), "reference", f"Cluster {database['spec']['cluster']['name']} does not exist")
            continue
        roles = {one["name"] for one in (cluster["spec"].get("managed") or {}).get("roles") or []}
        owners = {database["spec"]["owner"], *(one["owner"] for one in database["spec"].get("schemas") or [])}
        if lacking := owners - roles:
            yield Fault(where(database), "reference", f"the cluster has no role {', '.join(sorted(lacking))}")
        access = [line.split() for line in cluster["spec"].get("postgresql", {}).get("pg_hba") or []]
        let_in = {role for line in access if line[1] == database["spec"]["name"] for role in line[2].split(",")}
        if let_in != owners:
            yield Fault(where(database), "access", f"pg_hba lets in {sorted(let_in)}, its owners are {sorted(owners)}")
    for cluster in rendered.of("Cluster"):
        settings = (cluster["spec"].get("postgresql") or {}).get("parameters") or {}
        for name, value in QUIET_LOG.items():
            if settings.get(name) != value:
                yield Fault(where(cluster), "log", f"{name} is not {value}: the log may hold people's data")
        access = [line.split() for line in cluster["spec"].get("postgresql", {}).get("pg_hba") or []]
        if not access or access[-1][1:3] != ["all", "all"] or access[-1][-1] != "reject":
            yield Fault(where(cluster), "access", "pg_hba does not end by turning everybody else away")
        backups = [
            one
            for one in rendered.of("ScheduledBackup")
            if one["spec"]["cluster"]["name"] == cluster["metadata"]["name"]
        ]
        if not backups or "backup" not in cluster["spec"]:
            yield Fault(where(cluster), "backup", "nobody makes a backup of it")


def monitors(rendered: Rendered) -> Iterator[Fault]:
    """A monitor meets something, at a port of that name."""
    for monitor in rendered.of("ServiceMonitor"):
        met = [
            one
            for one in rendered.of("Service")
            if matches(monitor["spec"]["selector"], one["metadata"].get("labels") or {})
        ]
        if not met:
            yield Fault(where(monitor), "selector", "meets no Service")
        for endpoint in monitor["spec"]["endpoints"]:
            for service in met:
                if service_port(service, endpoint.get("port")) is None:
                    yield Fault(where(monitor), "port", f"{where(service)} has no port {endpoint.get('port')!r}")
    for monitor in rendered.of("PodMonitor"):
        pods = [pod for pod in rendered.pods() if matches(monitor["spec"]["selector"], pod.labels)]
        if not pods:
            yield Fault(where(monitor), "selector", "meets no pod")
        for endpoint in monitor["spec"].get("podMetricsEndpoints") or []:
            for pod in pods:
                if endpoint.get("port") not in pod.ports:
                    yield Fault(where(monitor), "port", f"{pod.where} has no port {endpoint.get('port')!r}")


def lag(rendered: Rendered) -> Iterator[Fault]:
    """Each trigger asks for a consumer that this very service may have, on a stream that it may hear.

    That none is forgotten needs the services' handlers, whose import is dear: `generate --check` says that.
    """
    for one in rendered.of("ScaledObject"):
        target = str(one["spec"]["scaleTargetRef"]["name"])
        service = target.removesuffix("-worker")
        if service not in OWNERS:
            yield Fault(where(one), "lag", f"{target} is no worker")
            continue
        streams = {declared.stream for declared in consumed_by(service)}
        names = {durable_name(service, kind) for kind in KINDS}
        for trigger in one["spec"]["triggers"]:
            said = trigger["metadata"]
            if trigger["type"] != "nats-jetstream":
                yield Fault(where(one), "lag", f"scales by {trigger['type']}, not by what waits on the bus")
            elif said.get("consumer") not in names or said.get("stream") not in streams:
                yield Fault(where(one), "lag", f"{target} has no {said.get('consumer')} on {said.get('stream')}")
