"""The demo's steps without the gateway: each goes through one service's own doors, as whoever it signed in."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import httpx

from gateway.demo.people import COUNCIL, SIGN_INS
from tests.kit.ground import token
from tests.service_doors import action_of

_ROLES = {each.slug: each.roles for each in SIGN_INS}
_OTHERS: Mapping[str, Callable[[], object]] = {}


def client_of(
    service: str, purpose: str, others: Mapping[str, Callable[[], object]] = _OTHERS
) -> Callable[..., httpx.Client]:
    """What stands in for `httpx.Client` in a step.

    A token is the name of who signed in; what the gateway would mint for them takes its place, with the action that
    the address means and the purpose that was stated, else `purpose`. `others`: what other services answer.
    """

    def signed(request: httpx.Request) -> None:
        who = request.headers.get("Authorization", "").removeprefix("Bearer ")
        minted = token(
            action_of(request.method, request.url.path),
            audience=service,
            organisation=COUNCIL,
            roles=list(_ROLES.get(who, (who,))),
            purpose=request.headers.get("Newstart-Purpose", purpose),
            subject=who,
        )
        request.headers["Authorization"] = f"Bearer {minted}"

    class Client(httpx.Client):
        """The sign-in page and other services are not there, and answer as they do."""

        def post(self, url: Any, **more: Any) -> httpx.Response:
            if url == "/demo/token":
                asked = more["json"]
                answer: object = {"access_token": asked.get("worker") or asked["role"]}
            elif url in others:
                answer = others[url]()
            else:
                return super().post(url, **more)
            return httpx.Response(200, json=answer, request=httpx.Request("POST", "http://demo"))

    return partial(Client, event_hooks={"request": [signed]})
