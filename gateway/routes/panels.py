"""What can be asked of residents' panels."""

from gateway.routes.line import Route, changes, creates, published, reads

_RUN = frozenset({"resident_panel"})
_FIGURES = _RUN | frozenset({"research_statistics", "grants_administration"})
_PANELS = "/v1/grants/panels"
_PANEL = f"{_PANELS}/{{panel_id}}"
_DRAW = f"{_PANEL}/draws/{{draw_id}}"
_OPEN = "grants.panel.published"

ROUTES: tuple[Route, ...] = (
    creates(_PANELS, "grants.panel.keep", _RUN),
    changes("PUT", _PANEL, "grants.panel.keep", _RUN),
    changes("POST", f"{_PANEL}/end", "grants.panel.keep", _RUN),
    creates(f"{_PANEL}/pool", "grants.panel_pool.keep", _RUN),
    reads(f"{_PANEL}/pool", "grants.panel_pool.keep", _RUN),
    Route("POST", f"{_PANEL}/pool/{{volunteer_id}}/withdrawal", "grants.panel_pool.keep", _RUN, "write"),
    reads(f"{_PANEL}/members", "grants.panel_pool.keep", _RUN),
    creates(f"{_PANEL}/draws", "grants.panel.draw", _RUN),
    changes("POST", f"{_DRAW}/result", "grants.panel.draw", _RUN),
    reads(f"{_DRAW}/question", "grants.panel.audit", _RUN),
    creates(f"{_PANEL}/replacements", "grants.panel.draw", _RUN),
    changes("PUT", "/v1/grants/evidence/figures", "grants.evidence.keep", _FIGURES),
    Route("POST", f"{_PANEL}/evidence", "grants.evidence.keep", _FIGURES, "write", keyed=True),
)
PUBLISHED: tuple[Route, ...] = (
    published("GET", _PANELS, _OPEN),
    published("GET", f"{_PANELS}/verifier", _OPEN),
    published("GET", _PANEL, _OPEN),
    published("GET", f"{_PANEL}/draws", _OPEN),
    published("GET", _DRAW, _OPEN),
    published("GET", f"{_DRAW}/figures", _OPEN),
    published("GET", f"{_DRAW}/proof", _OPEN),
    published("GET", f"{_DRAW}/chances/{{token}}", _OPEN),
    published("GET", f"{_PANEL}/evidence", _OPEN),
    published("GET", f"{_PANEL}/evidence/{{pack_id}}", _OPEN),
)
