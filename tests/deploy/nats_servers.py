"""Real servers run with the manifests' own configuration; only ports, folders and host names are this machine's."""

import datetime as dt
import ipaddress
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kit.run.embedded.nats import program


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificates(folder: Path) -> None:
    """An authority and a server's certificate from it, as cert-manager would put them: ca.crt, tls.crt, tls.key."""
    folder.mkdir(exist_ok=True)
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "newstart bus")])
    now = dt.datetime.now(dt.UTC)

    def begun(subject: x509.Name, public: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(minutes=5))
            .not_valid_after(now + dt.timedelta(days=1))
        )

    root = begun(issuer, authority.public_key()).add_extension(x509.BasicConstraints(True, None), critical=True)
    names: list[x509.GeneralName] = [x509.DNSName("nats"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    own = (
        begun(x509.Name([]), key.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=True)
        .add_extension(x509.ExtendedKeyUsage(usages), critical=False)
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.crt").write_bytes(root.sign(authority, hashes.SHA256()).public_bytes(pem))
    (folder / "tls.crt").write_bytes(own.sign(authority, hashes.SHA256()).public_bytes(pem))
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "tls.key").write_bytes(private)


@contextmanager
def server(
    folder: Path, files: Mapping[str, str], instead: Mapping[str, str], name: str = "nats-0"
) -> Iterator["subprocess.Popen[str]"]:
    """One server with these files as its /etc/nats; each text in `instead` must occur in some file. Not waited for."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [there for there in instead if not any(there in text for text in files.values())]
    assert missing == [], f"the configuration no longer says {missing}"
    for file, text in files.items():
        for there, here in instead.items():
            text = text.replace(there, here)
        (folder / file).write_text(text)
    log = (folder / "log").open("w")
    running = subprocess.Popen(
        [program(), "--config", str(folder / "nats.conf")], env={"SERVER_NAME": name}, stderr=log, text=True
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait()
        log.close()


def wait_healthy(monitor: int, folder: Path, seconds: float = 30.0) -> None:
    """Until the server answers that all of it serves."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{monitor}/healthz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server does not serve: {(folder / 'log').read_text()[-1500:]}")
