"""The demo borough's directory of help and who runs it, by the same doors as a real feed. Again changes nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx


def load_directory(gateway: str, say: Callable[[str], None]) -> None:
    """Organisations by hand, as partners are; services as a feed. Raises httpx.HTTPStatusError if one is refused."""
    # Only here: the demo's files are for this one process, and no image of production has them.
    from demo.directory import feed

    with httpx.Client(base_url=gateway, timeout=20, trust_env=False) as client:
        token = client.post("/demo/token", json={"role": "administrator"}).raise_for_status().json()["access_token"]
        client.headers.update({"Authorization": f"Bearer {token}", "Newstart-Purpose": "administration"})
        for slug, told in feed.organisations().items():
            entry = {**told, "website": f"https://{slug}.example", "description": told["name"]}
            if told["answers_by"] == "link":
                entry["answer_email"] = f"referrals@{slug}.example"
            _put(client, f"/v1/triage/organisations/{feed.organisation_id(slug)}", entry)
        path = f"/v1/triage/directory/feeds/{feed.FEED}"
        if not _put(client, path, {"name": feed.NAME, "licence": feed.LICENCE}):
            say("The directory of help is there")
            return
        # The demo's clock may stand at the beginning of this month: nothing was checked after that.
        pages = feed.pages(datetime.now(UTC).date() - timedelta(days=45))
        key = {"Idempotency-Key": str(feed.FEED)}
        client.post(f"{path}/loads", json=pages, headers=key).raise_for_status()
    say(f"A directory of {len(feed.written())} services is being taken in")


def _put(client: httpx.Client, path: str, entry: dict[str, object]) -> bool:
    """True when it was made; what is there already stays as it is."""
    answer = client.put(path, json=entry)
    if answer.status_code == httpx.codes.PRECONDITION_REQUIRED:
        return False
    answer.raise_for_status()
    return True
