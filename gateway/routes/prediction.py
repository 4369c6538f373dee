"""What can be asked of models and emergency lists."""

from gateway.routes.line import Route, changes, creates, published, reads
from gateway.routes.purposes import CASEWORK, GOVERN, LINKAGE, REVIEW, STATISTICS, SUPERVISE

_MODELS = "/v1/risk/models"
_MODEL = f"{_MODELS}/{{model_id}}"
_TRAINING = f"{_MODEL}/trainings/{{training_id}}"
_RUN = f"{_MODEL}/runs/{{run_id}}"
_SEEN = LINKAGE | STATISTICS | REVIEW
_LISTS = "/v1/risk/emergencies"
_LIST = f"{_LISTS}/{{list_id}}"
_SIGN = frozenset({"emergency_response"})
_WRITE = _SIGN | LINKAGE

ROUTES: tuple[Route, ...] = (
    reads(_MODELS, "risk.model.read", _SEEN),
    creates(_MODELS, "risk.model.define", LINKAGE),
    reads(_MODEL, "risk.model.read", _SEEN),
    changes("PATCH", _MODEL, "risk.model.define", LINKAGE),
    reads(f"{_MODEL}/trainings", "risk.model.read", _SEEN),
    Route("POST", f"{_MODEL}/trainings", "risk.model.train", LINKAGE, "write", keyed=True),
    reads(_TRAINING, "risk.model.read", _SEEN),
    Route("POST", f"{_TRAINING}/cancellations", "risk.model.train", LINKAGE, "write", keyed=True),
    creates(f"{_MODEL}/publications", "risk.model.publish", SUPERVISE),
    creates(f"{_MODEL}/pauses", "risk.model.pause", SUPERVISE | GOVERN),
    creates(f"{_MODEL}/resumptions", "risk.model.pause", SUPERVISE | GOVERN),
    reads(f"{_MODEL}/runs", "risk.model.read", _SEEN),
    Route("POST", f"{_MODEL}/runs", "risk.model.train", LINKAGE, "write", keyed=True),
    reads(_RUN, "risk.model.read", _SEEN),
    Route("POST", f"{_RUN}/cancellations", "risk.model.train", LINKAGE, "write", keyed=True),
    reads(f"{_MODEL}/cards", "risk.model.read", _SEEN),
    reads(f"{_MODEL}/transparency-record", "risk.model.read", _SEEN),
    # Beside the profile, for the uses that a model was made for.
    reads("/v1/risk/households/{household_id}/predictions", "risk.prediction.read", CASEWORK),
    # A cold snap, a heatwave, an outbreak: written by one, looked at by a second, signed by name.
    Route("POST", f"{_LISTS}/preview", "risk.emergency.define", _WRITE, "search", body="json"),
    creates(_LISTS, "risk.emergency.define", _WRITE),
    reads(_LISTS, "risk.emergency.read", _WRITE),
    reads(_LIST, "risk.emergency.read", _WRITE),
    reads(f"{_LIST}/sample", "risk.emergency.check", _WRITE),
    creates(f"{_LIST}/checks", "risk.emergency.check", _WRITE),
    creates(f"{_LIST}/signatures", "risk.emergency.sign", _SIGN),
    creates(f"{_LIST}/withdrawals", "risk.emergency.sign", _SIGN),
)
# What anyone may read without signing in: which models are in use, how good they are, and why one is paused.
PUBLISHED: tuple[Route, ...] = (published("GET", "/v1/risk/transparency-records", "risk.model.tell"),)
