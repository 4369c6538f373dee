"""Grafana's dashboards, written from a few lines each: what is shown stands here, the JSON is made."""

import json
from dataclasses import dataclass
from typing import Any, Final

_DATASOURCE: Final = {"type": "prometheus", "uid": "${datasource}"}
_WIDTH: Final = 12
_HEIGHT: Final = 8


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture: a title, lines by expression and legend, and the unit of what they show."""

    title: str
    lines: tuple[tuple[str, str], ...]
    unit: str = "short"
    single: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One page."""

    uid: str
    title: str
    panels: tuple[Panel, ...]


_RATE: Final = "sum by (service) (rate(newstart_http_request_seconds_count[5m]))"
_FAILED: Final = 'sum by (service) (rate(newstart_http_request_seconds_count{status=~"5.."}[5m]))'


def _quantile(part: str, by: str) -> str:
    return f"histogram_quantile({part}, sum by ({by}, le) (rate(newstart_http_request_seconds_bucket[5m])))"


DASHBOARDS: Final = (
    Dashboard(
        "newstart-doors",
        "New Start: doors",
        (
            Panel("Requests a second", ((_RATE, "{{service}}"),), "reqps"),
            Panel("Requests that fail", ((f"{_FAILED} / {_RATE}", "{{service}}"),), "percentunit"),
            Panel("Time to answer, 95 of 100", ((_quantile("0.95", "service"), "{{service}}"),), "s"),
            Panel(
                "The ten slowest routes, 95 of 100",
                ((f"topk(10, {_quantile('0.95', 'service, method, route')})", "{{method}} {{route}}"),),
                "s",
            ),
            Panel("Refused, by status", (
                ('sum by (status) (rate(newstart_http_request_seconds_count{service="gateway", status=~"4.."}[5m]))',
                 "{{status}}"),
            ), "reqps"),
            Panel("At a service now", (("newstart_gateway_in_flight", "{{service}}"),)),
            Panel("Turned away", (
                ("sum by (service, reason) (rate(newstart_gateway_turned_away_total[5m]))", "{{service}} {{reason}}"),
            ), "reqps"),
            Panel("Connections at work, of all", (
                ("newstart_database_pool_in_use / newstart_database_pool_size", "{{pool}}"),
            ), "percentunit"),
            Panel("Who follows live lists", (("sum(newstart_live_listeners)", "listeners"),)),
        ),
    ),
    Dashboard(
        "newstart-events",
        "New Start: events",
        (
            Panel("Bus answers", (("min(newstart_bus_answers)", "answers"),), single=True),
            Panel("Open dead letters", (("sum(newstart_dead_letters_open)", "open"),), single=True),
            Panel("Oldest event not on the bus", (("newstart_outbox_oldest_seconds", "{{service}}"),), "s"),
            Panel("Events not on the bus", (("newstart_outbox_waiting", "{{service}}"),)),
            Panel("Put on the bus a second", (
                ("sum by (service) (rate(newstart_outbox_published_total[5m]))", "{{service}}"),
                ("sum by (service) (rate(newstart_outbox_failed_total[5m]))", "{{service}} not acknowledged"),
            ), "ops"),
            Panel("Waiting for a consumer", (("newstart_consumer_waiting > 0", "{{consumer}} on {{stream}}"),)),
            Panel("Given, not acknowledged", (("newstart_consumer_in_hand > 0", "{{consumer}} on {{stream}}"),)),
            Panel("From the moment to the effect, 95 of 100", (
                ("histogram_quantile(0.95, sum by (service, kind, le) (rate(newstart_inbox_lag_seconds_bucket[5m])))",
                 "{{service}} {{kind}}"),
            ), "s"),
            Panel("Effects a second, and duplicates skipped", (
                ("sum by (service) (rate(newstart_inbox_taken_total[5m]))", "{{service}}"),
                ("sum by (service) (rate(newstart_inbox_skipped_total[5m]))", "{{service}} skipped"),
            ), "ops"),
            Panel("Dead letters", (("newstart_dead_letters_open", "{{service}}"),)),
            Panel("Oldest dead letter", (("newstart_dead_letter_oldest_seconds", "{{service}}"),), "s"),
            Panel("Separations not confirmed", (("newstart_pending_separations", "{{service}}"),)),
        ),
    ),
    Dashboard(
        "newstart-work",
        "New Start: long work and alarms",
        (
            Panel("Jobs", (("newstart_jobs", "{{service}} {{state}}"),)),
            Panel("Oldest job nobody took up", (("newstart_job_queued_oldest_seconds", "{{service}}"),), "s"),
            Panel("Longest without progress", (("newstart_job_silent_seconds", "{{service}}"),), "s"),
            Panel("Alarms overdue", (("newstart_alarms_overdue", "{{service}} {{kind}}"),)),
            Panel("Oldest look not sealed", (("newstart_audit_unsealed_oldest_seconds", "{{service}}"),), "s"),
            Panel("Age of these figures", (("time() - newstart_figures_taken_timestamp_seconds", "{{service}}"),), "s"),
        ),
    ),
    Dashboard(
        "newstart-partners",
        "New Start: partners' systems",
        (
            Panel("Endpoints switched off", (("newstart_webhook_endpoints_disabled", "{{why}}"),), single=True),
            Panel("Notices nobody got", (("newstart_webhook_notices_failed", "notices"),), single=True),
            Panel("Tries a second, by what came of them", (
                ("sum by (outcome) (rate(newstart_webhook_attempts_total[5m]))", "{{outcome}}"),
            ), "ops"),
            Panel("Endpoints that fail most", (
                ('topk(10, sum by (endpoint) (rate(newstart_webhook_attempts_total{outcome!="delivered"}[30m])))',
                 "{{endpoint}}"),
            ), "ops"),
            Panel("Oldest delivery that waits", (("newstart_webhook_oldest_seconds", "oldest"),), "s"),
            Panel("Deliveries", (("newstart_webhook_waiting", "waiting"), ("newstart_webhook_dead", "given up"))),
            Panel("Messages from partners", (
                ("newstart_webhook_in_waiting", "waiting"), ("newstart_webhook_in_stuck", "{{state}}"),
            )),
            Panel("Oldest message not carried", (("newstart_webhook_in_oldest_seconds", "oldest"),), "s"),
        ),
    ),
)  # fmt: skip


def rendered() -> dict[str, str]:
    """File name to JSON."""
    return {f"{each.uid}.json": json.dumps(_page(each), indent=1) + "\n" for each in DASHBOARDS}


def _page(dashboard: Dashboard) -> dict[str, Any]:
    return {
        "uid": dashboard.uid,
        "title": dashboard.title,
        "tags": ["newstart"],
        "schemaVersion": 39,
        "timezone": "Europe/London",
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "templating": {"list": [{"name": "datasource", "type": "datasource", "query": "prometheus"}]},
        "panels": [_panel(number, each) for number, each in enumerate(dashboard.panels)],
    }


def _panel(number: int, panel: Panel) -> dict[str, Any]:
    place = {"x": number % 2 * _WIDTH, "y": number // 2 * _HEIGHT, "w": _WIDTH, "h": _HEIGHT}
    targets = [
        {"refId": chr(ord("A") + at), "expr": expression, "legendFormat": legend, "datasource": _DATASOURCE}
        for at, (expression, legend) in enumerate(panel.lines)
    ]
    return {
        "id": number + 1,
        "title": panel.title,
        "type": "stat" if panel.single else "timeseries",
        "datasource": _DATASOURCE,
        "gridPos": place,
        "fieldConfig": {"defaults": {"unit": panel.unit, "min": 0}, "overrides": []},
        "targets": targets,
    }
