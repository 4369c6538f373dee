"""`make audit`: dependencies, licences, secrets. Says plainly what it could not look at. 1 when something is wrong."""

import shutil
import subprocess
import sys
from pathlib import Path

from deploy.audit import dependencies, secrets

ROOT = Path(__file__).resolve().parents[2]


def tracked() -> list[str]:
    """The files of the repository."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return [each for each in listed.stdout.decode().split("\0") if each]


def advisories() -> tuple[str, list[str]]:
    """What is known of our versions, where a database can be asked; else, plainly, that nobody asked."""
    program = shutil.which("pip-audit")
    if program is None:
        return "NOT LOOKED UP: pip-audit is not installed here, and its database is on the network", []
    asked = subprocess.run(
        [program, "-r", "requirements.lock", "--require-hashes", "--disable-pip", "--progress-spinner", "off"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if asked.returncode == 0:
        return "none known", []
    if "vulnerabilit" not in asked.stdout + asked.stderr:
        return "NOT LOOKED UP: the database of advisories cannot be reached from here", []
    return "found", [line for line in asked.stdout.splitlines() if line.strip()]


def main() -> int:
    """Print a line for each part, and each fault."""
    pins: list[dependencies.Pin] = []
    faults: list[str] = []
    for lock in dependencies.LOCKS:
        found, wrong = dependencies.pins((ROOT / lock).read_text(encoding="utf-8"), lock)
        pins += found
        faults += wrong
    faults += [*dependencies.refused(pins), *dependencies.drift(pins)]
    unlicensed, seen = dependencies.licences(pins)
    word, holes = advisories()
    files = tracked()
    leaks = [str(each) for each in secrets.scan_files(ROOT, files)]
    names = {each.name for each in pins}
    print(f"dependencies  {len(names)} packages in {len(dependencies.LOCKS)} locks, each exact and hashed")
    print(f"licences      {seen} installed packages looked at")
    print(f"advisories    {word}")
    print(f"secrets       {len(files)} files looked at")
    for each in [*faults, *unlicensed, *holes, *leaks]:
        print(f"WRONG         {each}", file=sys.stderr)
    return 1 if faults or unlicensed or holes or leaks else 0


if __name__ == "__main__":
    sys.exit(main())
