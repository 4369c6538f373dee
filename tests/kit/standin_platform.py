"""A supervisor whose children are stand-ins: real engines, forks and signals, none of the platform's code."""

import contextlib
import http.client
import json
import os
import signal
import sys
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg

from kit.contracts.event_type import OWNERS
from kit.run.embedded.parts import Parts, Role, Say
from kit.run.supervisor import main


class Answers(BaseHTTPRequestHandler):
    """Ready at once; the gateway offers a sign-in; /environment tells what the process was given."""

    def do_GET(self) -> None:
        if self.path == "/end":
            os._exit(3)
        body: object = {
            "/readyz": {"status": "ready"},
            "/environment": dict(os.environ),
            "/demo/sign-ins": [{"role": "manager", "name": "Ade Onaolapo", "token": "standin-token"}],
        }[self.path]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: object) -> None:
        print(json.dumps({"event": format % args}), flush=True)


def run(name: str, role: Role) -> None:
    if os.environ.get("STANDIN_FAILS") == f"{name}-{role}":
        raise RuntimeError("the stand-in was told to fail")
    if role == "migrate":
        migrate()
        return
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    port = int(os.environ["NEWSTART_PORT" if role == "api" else "NEWSTART_METRICS_PORT"])
    HTTPServer(("127.0.0.1", port), Answers).serve_forever()


def migrate() -> None:
    with psycopg.connect(os.environ["NEWSTART_DATABASE_URL"].replace("+psycopg", "")) as database:
        database.execute("create table if not exists starts (at timestamptz default now())")
        database.execute("insert into starts default values")


def load_demo(gateway: str, say: Say) -> None:
    say(f"loading people into {gateway}: half of them")
    # Who ends meanwhile is started again: a borough may take half an hour.
    with contextlib.suppress(OSError, http.client.HTTPException):
        urllib.request.urlopen(f"{gateway}/end", timeout=5)
    limit = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(f"{gateway}/readyz", timeout=5).close()
            break
        except OSError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.1)
    say("the other half")


def load() -> None:
    time.sleep(float(os.environ.get("STANDIN_SECONDS", "0")))


def accounts() -> list[dict[str, object]]:
    return [{"user": name} for name in (*OWNERS, "topology")]


if __name__ == "__main__":
    parts = Parts(load=load, accounts=accounts, declare=lambda: None, run=run)
    sys.exit(main(sys.argv[1:], parts))
