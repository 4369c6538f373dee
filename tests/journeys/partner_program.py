"""A partner's own system, small: it is told of a referral, reads it with its own token, and answers. Nothing of ours is
in it: the standard library, the two secrets it was given, and the published documents.

Reads its settings as JSON from standard input; prints a line for what it did.
"""

import base64
import hashlib
import hmac
import json
import sys
import time
import urllib.request
import uuid
from http.server import BaseHTTPRequestHandler, HTTPServer

SETTINGS = json.loads(sys.stdin.readline())
SEEN: set[str] = set()


def secret(name: str) -> bytes:
    return base64.b64decode(SETTINGS[name].removeprefix("whsec_"))


def signature(name: str, webhook_id: str, at: str, body: bytes) -> str:
    made = hmac.new(secret(name), f"{webhook_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def read_referral(path: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {SETTINGS['token']}", "Newstart-Purpose": "partner_referral"}
    request = urllib.request.Request(SETTINGS["gateway"] + path, headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return dict(json.load(answer))


def accept(referral_id: str) -> None:
    body = json.dumps({"type": "referral.answered", "data": {"referral_id": referral_id, "to": "accepted"}}).encode()
    webhook_id, at = f"harbour-{uuid.uuid4().hex}", str(int(time.time()))
    headers = {
        "Content-Type": "application/json",
        "webhook-id": webhook_id,
        "webhook-timestamp": at,
        "webhook-signature": signature("their_secret", webhook_id, at, body),
    }
    # Twice, as a careful sender whose first answer got lost would.
    for _ in range(2):
        request = urllib.request.Request(SETTINGS["gateway"] + SETTINGS["their_path"], body, headers)
        with urllib.request.urlopen(request, timeout=10) as answer:
            print(f"answered {answer.status}", flush=True)


class Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        webhook_id, at = self.headers["webhook-id"], self.headers["webhook-timestamp"]
        right = signature("our_secret", webhook_id, at, body)
        if right not in self.headers["webhook-signature"].split(" ") or abs(time.time() - int(at)) > 300:
            self.send_response(401)
            self.end_headers()
            print("refused", flush=True)
            return
        self.send_response(204)
        self.end_headers()
        if webhook_id in SEEN:
            return
        SEEN.add(webhook_id)
        told = json.loads(body)
        print(f"told {told['type']}", flush=True)
        if told["type"] == "triage.referral.requested":
            referral = read_referral(told["data"]["path"])
            print(f"read {referral['id']} {referral['state']}", flush=True)
            accept(told["data"]["id"])

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing of its own."""


print("ready", flush=True)
HTTPServer(("127.0.0.1", SETTINGS["port"]), Hook).serve_forever()
