"""The ground that tests stand on: clean databases, and no way to another machine."""

import socket
from collections.abc import Callable

import pytest

from kit.testing.databases import ServiceDatabase
from kit.testing.network import OutsideNetwork

Get = Callable[[str], ServiceDatabase]


@pytest.mark.parametrize("time", ["first", "second"])
def test_each_test_finds_an_empty_migrated_database(database: Get, time: str) -> None:
    grants = database("grants")
    assert grants.rows("select id from business_clock") == []
    grants.execute("insert into business_clock (id, sequence, offset_seconds) values (gen_random_uuid(), 1, 0)")
    assert len(grants.rows("select id from business_clock")) == 1
    assert grants.rows("select version_num from alembic_version")


def test_a_service_works_there_as_its_own_role(database: Get) -> None:
    (row,) = database("grants").rows("select current_user as role, current_setting('is_superuser') as super")
    assert row == {"role": "newstart_grants", "super": "off"}


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_another_machine_is_out_of_reach(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as line, pytest.raises(OutsideNetwork):
        line.connect((address, 443))


def test_no_name_of_another_machine_is_looked_up() -> None:
    with pytest.raises(OutsideNetwork, match=r"may not look up partner\.example"):
        socket.getaddrinfo("partner.example", 443)


def test_this_machine_is_within_reach() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        socket.create_connection(listener.getsockname(), timeout=2).close()
