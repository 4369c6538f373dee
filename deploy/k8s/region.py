"""`python -m deploy.k8s.region FILE AREA MEMBER...`: a regional observatory's Secrets, and each member's.

    python -m deploy.k8s.region kept.json E12000007 E09000002 E09000025 --address region.example:7422

FILE keeps passwords and keys (readable by its owner only), so that a second run, perhaps with one member more, prints
the same again. Each document says in an annotation for whose cluster it is: the region's own (`nats-region` and
`risk-observatory`) and each member's, whose `nats-region` still needs `region-ca.crt`, the authority of the region's
certificate. What may cross, and which way, is kit/events/leaf_nodes.py.
"""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from joserfc.jwk import OKPKey

from kit.events import leaf_nodes

Manifest = dict[str, Any]
_TLS = {"cert_file": "/etc/nats-tls/tls.crt", "key_file": "/etc/nats-tls/tls.key", "timeout": 5}


def hub_conf(kept: Manifest, area: str, members: Sequence[str]) -> str:
    """What the region's server has besides: its account and its members' door, by TLS."""
    words = {member: kept[member]["leaf"] for member in members}
    besides = leaf_nodes.hub(area, kept[area]["own"], words, "0.0.0.0:7422")
    besides["leafnodes"]["tls"] = dict(_TLS)
    return _text(besides)


def member_conf(kept: Manifest, area: str, member: str, address: str) -> str:
    """What a member's server has besides: the same account, carried to the region by TLS."""
    remote = f"nats-leaf://{leaf_nodes.user(member)}:{kept[member]['leaf']}@{address}"
    besides = leaf_nodes.borough(member, area, kept[member]["own"], remote)
    besides["leafnodes"]["remotes"][0]["tls"] = {"ca_file": "/etc/nats/region-ca.crt", "timeout": 5}
    return _text(besides)


def load(path: Path, areas: Sequence[str]) -> Manifest:
    """For each area the password of its process, of its leaf node, and its signing key; new ones are made and kept."""
    kept: Manifest = json.loads(path.read_text()) if path.exists() else {}
    made = {**kept, **{area: _area() for area in areas if area not in kept}}
    if made != kept:
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(made, file, indent=1)
    return made


def manifests(kept: Manifest, area: str, members: Sequence[str], address: str) -> list[Manifest]:
    """The Secrets of the region's cluster, then each member's."""
    found = [_secret("nats-region", area, {"leaf.conf": hub_conf(kept, area, members)}), _process(kept, area)]
    for member in members:
        found.append(_secret("nats-region", member, {"leaf.conf": member_conf(kept, area, member, address)}))
        found.append(_process(kept, member))
    return found


def _area() -> Manifest:
    key = OKPKey.generate_key("Ed25519", {"use": "sig"})
    signing = {**key.as_dict(private=True), "kid": key.thumbprint()}
    return {"own": secrets.token_urlsafe(32), "leaf": secrets.token_urlsafe(32), "key": signing}


def _process(kept: Manifest, area: str) -> Manifest:
    """What risk's worker there needs to speak for its area."""
    url = f"tls://{leaf_nodes.user(area)}:{kept[area]['own']}@nats:4222"
    return _secret("risk-observatory", area, {"OBSERVATORY_KEY": json.dumps(kept[area]["key"]), "OBSERVATORY_URL": url})


def _secret(name: str, area: str, data: dict[str, str]) -> Manifest:
    metadata = {"name": name, "annotations": {"newstart.example/area": area}}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "stringData": data}


def _text(besides: Manifest) -> str:
    """JSON is NATS's own syntax too."""
    return "".join(f"{name}: {json.dumps(value, indent=1)}\n" for name, value in besides.items())


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.k8s.region", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("area", help="the region's GSS code")
    parser.add_argument("members", nargs="*", help="the members' GSS codes")
    parser.add_argument("--address", default="region.example:7422", help="where members call the region's bus")
    chosen = parser.parse_args(arguments)
    kept = load(chosen.file, [chosen.area, *chosen.members])
    yaml.safe_dump_all(manifests(kept, chosen.area, chosen.members, chosen.address), sys.stdout, sort_keys=False)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
