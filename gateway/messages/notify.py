"""GOV.UK Notify: text messages, e-mail and letters (https://docs.notifications.service.gov.uk/rest-api.html).

One Notify template a way, whose whole body is ((title)) and ((text)): the words are ours, in templates.toml. Notify
does not refuse a second message with the same reference, so after a try that was cut off we ask for it first.
"""

import re
import time
from collections.abc import Mapping
from typing import Any, Final, Literal
from uuid import UUID

import httpx
from joserfc import jwt
from joserfc.jwk import OctKey

from gateway.messages.egress import Arrival, NotTaken, Outgoing, Refused, Taken, Unclear
from kit.contracts.messages import Way

TIMEOUT_SECONDS: Final = 20
_KEY = re.compile(r".*?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_CAME_BACK = frozenset(
    {
        "permanent-failure",
        "temporary-failure",
        "technical-failure",
        "validation-failed",
        "virus-scan-failed",
        "cancelled",
    }
)
_ARRIVED = frozenset({"delivered", "received"})


class Notify:
    """One service of GOV.UK Notify. `key` is "<name>-<service id>-<secret>", as Notify shows it."""

    def __init__(
        self,
        url: str,
        key: str,
        templates: Mapping[Literal["sms", "email", "letter"], str],
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        found = _KEY.fullmatch(key)
        if found is None:
            raise ValueError("this is not an API key of GOV.UK Notify")
        self._service, self._secret = found[1], OctKey.import_key(found[2].encode())
        self._templates = {Way(way): id_ for way, id_ in templates.items()}
        self._client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_SECONDS, transport=transport, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, message: Outgoing) -> Taken:
        """Hand it over; `Refused` for an address that Notify will not have."""
        body: dict[str, Any] = {
            "template_id": self._templates[message.way],
            "personalisation": {"title": message.title, "text": message.text},
            "reference": str(message.reference),
        }
        match message.way:
            case Way.SMS:
                body["phone_number"] = message.to[0]
            case Way.EMAIL:
                body["email_address"] = message.to[0]
            case Way.LETTER:
                body["personalisation"] |= {f"address_line_{at}": line for at, line in enumerate(message.to, 1)}
        try:
            answer = await self._client.post(f"/v2/notifications/{message.way}", json=body, headers=self._signed())
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise NotTaken(type(error).__name__) from error
        except httpx.HTTPError as error:
            raise Unclear(type(error).__name__) from error
        if answer.status_code == httpx.codes.CREATED:
            return Taken(str(answer.json()["id"]))
        if answer.status_code == httpx.codes.BAD_REQUEST:
            # Notify names the field at fault and repeats its value: none of that is ours to keep.
            raise Refused("Notify refused it")
        if answer.status_code >= 500:
            raise Unclear(f"Notify answered {answer.status_code}")
        # 403: the key is wrong; 429: too many for now. Nothing was taken.
        raise NotTaken(f"Notify answered {answer.status_code}")

    async def find(self, reference: UUID) -> Taken | None:
        """The message with this reference, if Notify has it."""
        found = await self._ask("/v2/notifications", {"reference": str(reference)})
        first = next(iter(found["notifications"]), None)
        return Taken(str(first["id"])) if first else None

    async def arrival(self, provider_id: str) -> Arrival:
        """What became of it."""
        status = (await self._ask(f"/v2/notifications/{provider_id}", {}))["status"]
        return "arrived" if status in _ARRIVED else "came_back" if status in _CAME_BACK else "on_its_way"

    async def _ask(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        try:
            answer = await self._client.get(path, params=query, headers=self._signed())
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise NotTaken(type(error).__name__) from error
        found: dict[str, Any] = answer.json()
        return found

    def _signed(self) -> dict[str, str]:
        """A token of this moment: Notify takes it for 30 seconds."""
        token = jwt.encode({"alg": "HS256"}, {"iss": self._service, "iat": int(time.time())}, self._secret)
        return {"Authorization": f"Bearer {token}"}
