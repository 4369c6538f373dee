"""Where a webhook may go: the public internet, and nowhere else, whatever the address is dressed as."""

import pytest

from gateway.webhooks.addresses import fault_of, may_connect

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.254 127.0.0.1 127.255.0.1 169.254.0.1 169.254.169.254
172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1
198.19.255.255 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:7f00:1 64:ff9b::7f00:1 64:ff9b::a00:1
64:ff9b::808:808 64:ff9b:1::1 100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:20::1 2001:db8::1 2002:7f00:1::
2002:a00:1:: 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 ff0e::1
""".split()
OUTSIDE = "1.1.1.1 8.8.8.8 93.184.216.34 151.101.1.67 2606:4700:4700::1111 2a00:1450:4009:80b::200e".split()


@pytest.mark.parametrize("address", INSIDE)
def test_what_is_not_on_the_public_internet_is_refused(address: str) -> None:
    assert not may_connect(address)
    literal = f"[{address}]" if ":" in address else address
    assert fault_of(f"https://{literal}/hook") is not None


def test_there_are_at_least_forty_of_them() -> None:
    assert len(set(INSIDE)) >= 40


@pytest.mark.parametrize("address", OUTSIDE)
def test_what_is_on_it_is_accepted(address: str) -> None:
    assert may_connect(address)
    literal = f"[{address}]" if ":" in address else address
    assert fault_of(f"https://{literal}/hook") is None


@pytest.mark.parametrize(
    "url",
    [
        "",
        "hook",
        "http://partner.example/hook",
        "https://",
        "https://partner.example:8443/hook",
        "https://user@partner.example/hook",
        "https://user:pw@partner.example/hook",
        "https://partner.example/hook#part",
        "https://localhost/hook",
        "https://casefile/hook",
        "https://partner.example\n.evil.example/",
        "https://partner .example/",
        "https://пример.рф/hook",
        "ftp://partner.example/hook",
        "file:///etc/passwd",
        "gopher://partner.example/",
        "https://0x7f.0x0.0x0.0x1:70000/",
        "https://[::1",
        "https://2130706433/",
    ],
)
def test_what_is_no_address_of_a_partner_is_refused_in_words(url: str) -> None:
    assert (fault_of(url) or "").endswith((".", "/"))


def test_a_partners_address_is_accepted() -> None:
    assert fault_of("https://partner.example/hooks/new-start?from=us") is None
    assert fault_of("https://PARTNER.example:443/") is None


def test_a_demo_may_name_places_of_its_own() -> None:
    allowed = frozenset({"127.0.0.1:9001"})
    assert fault_of("http://127.0.0.1:9001/hook", allowed=allowed) is None
    assert fault_of("http://127.0.0.1:9002/hook", allowed=allowed) is not None
    assert fault_of("http://user@127.0.0.1:9001/hook", allowed=allowed) is not None
