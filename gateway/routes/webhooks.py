"""What partners' systems, and those who run the platform, may ask of webhooks."""

from gateway.routes.line import Route, changes, creates, reads
from gateway.routes.purposes import ADMINISTER, OPERATE, TO_PARTNERS

_KEEP = TO_PARTNERS | ADMINISTER | OPERATE
_ENDPOINT = "/v1/webhooks/endpoints/{endpoint_id}"
_SOURCE = "/v1/webhooks/sources/{source_id}"
_DELIVERY = "/v1/webhooks/deliveries/{delivery_id}"

ROUTES: tuple[Route, ...] = (
    reads("/v1/webhooks/types", "gateway.webhook.read", _KEEP),
    reads("/v1/webhooks/endpoints", "gateway.webhook.read", _KEEP),
    creates("/v1/webhooks/endpoints", "gateway.webhook.keep", _KEEP),
    reads(_ENDPOINT, "gateway.webhook.read", _KEEP),
    changes("PUT", _ENDPOINT, "gateway.webhook.keep", _KEEP),
    changes("DELETE", _ENDPOINT, "gateway.webhook.keep", _KEEP),
    creates(f"{_ENDPOINT}/keys", "gateway.webhook.keep", _KEEP),
    changes("POST", f"{_ENDPOINT}/disable", "gateway.webhook.keep", _KEEP),
    changes("POST", f"{_ENDPOINT}/enable", "gateway.webhook.keep", _KEEP),
    creates(f"{_ENDPOINT}/test", "gateway.webhook.keep", _KEEP),
    reads(f"{_ENDPOINT}/deliveries", "gateway.webhook.read", _KEEP),
    creates(f"{_ENDPOINT}/replays", "gateway.webhook.keep", _KEEP),
    reads(_DELIVERY, "gateway.webhook.read", _KEEP),
    changes("POST", f"{_DELIVERY}/replay", "gateway.webhook.keep", _KEEP),
    changes("POST", f"{_DELIVERY}/drop", "gateway.webhook.keep", _KEEP),
    reads("/v1/webhooks/accepted-types", "gateway.webhook.read", _KEEP),
    reads("/v1/webhooks/sources", "gateway.webhook.read", _KEEP),
    creates("/v1/webhooks/sources", "gateway.webhook.keep", _KEEP),
    reads(_SOURCE, "gateway.webhook.read", _KEEP),
    changes("DELETE", _SOURCE, "gateway.webhook.keep", _KEEP),
    creates(f"{_SOURCE}/keys", "gateway.webhook.keep", _KEEP),
    reads(f"{_SOURCE}/messages", "gateway.webhook.read", _KEEP),
    changes("POST", "/v1/webhooks/messages/{message_id}/replay", "gateway.webhook.keep", _KEEP),
)
