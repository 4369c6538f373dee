"""Who may import whom: the contracts of .importlinter hold, and each of them notices a breach."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.store.migrate import ROOT

BREACHES = {
    "one service another": ("services/risk/app.py", "import services.housing.app"),
    "a service the gateway": ("services/risk/app.py", "import gateway.routes"),
    "the gateway a service": ("gateway/routes.py", "import services.risk.app"),
    "the kit a service": ("kit/clock.py", "import services.risk.app"),
    "the kit the gateway": ("kit/web/pages.py", "import gateway.routes"),
    "the store the events": ("kit/store/unit.py", "import kit.events.handlers"),
    "the store the web": ("kit/store/db.py", "import kit.web.problems"),
    "the events the web": ("kit/events/relay.py", "import kit.web.problems"),
    "the contracts the store": ("kit/contracts/codes.py", "import kit.store.tables"),
    "the contracts a framework": ("kit/contracts/codes.py", "import fastapi"),
    "the inbox NATS": ("kit/events/inbox.py", "import nats.aio.msg"),
    "a module of the kit that is new, NATS": ("kit/events/brand_new.py", "import nats"),
    "a service NATS": ("services/triage/contacts/handlers.py", "import nats"),
    "rules a database": ("services/casefile/people/domain.py", "import sqlalchemy"),
    "rules a database by way of another module": (
        "services/casefile/people/domain.py",
        "import services.casefile.people.models",
    ),
    "rules a framework": ("services/triage/contacts/domain.py", "import fastapi"),
    "writes their door": ("services/casefile/people/commands.py", "import services.casefile.people.api"),
    "reads the writes": ("services/casefile/people/queries.py", "import services.casefile.people.commands"),
    "tables the writes": ("services/triage/contacts/models.py", "import services.triage.contacts.commands"),
    "a new capability's tables its door": (
        "services/grants/awards/models.py",
        "import services.grants.awards.api",
    ),
    "the gateway's tables its reads": ("gateway/workers/models.py", "import gateway.workers.queries"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code as it stands, to break."""
    folder = tmp_path_factory.mktemp("tree")
    for package in ("kit", "services", "gateway"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.sql"))
    shutil.copy(ROOT / ".importlinter", folder)
    capability = folder / "services/grants/awards"
    capability.mkdir()
    for name in ("__init__", "api", "models"):
        (capability / f"{name}.py").touch()
    return folder


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_rules_hold(copy: Path) -> None:
    done = lint(copy)
    assert done.returncode == 0, done.stdout
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("breach", BREACHES)
def test_a_breach_is_noticed(copy: Path, breach: str) -> None:
    name, line = BREACHES[breach]
    path = copy / name
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        done = lint(copy)
    finally:
        path.unlink() if before is None else path.write_text(before)
    assert done.returncode == 1, breach
    assert "1 broken" in done.stdout or "2 broken" in done.stdout, done.stdout


def imported(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports by full name only"
            found.add(str(node.module))
    return found


def test_the_language_between_services_needs_pydantic_and_nothing_else() -> None:
    """What import-linter can't say: nothing but this, also of what nobody has thought of yet."""
    for path in (ROOT / "kit/contracts").rglob("*.py"):
        for name in imported(path):
            top = name.partition(".")[0]
            assert top in {*sys.stdlib_module_names, "pydantic"} or name.startswith("kit.contracts"), (path, name)


# Clocks, randomness, files and the network would make a rule answer differently each time.
IMPURE = {
    "asyncio",
    "http",
    "io",
    "multiprocessing",
    "os",
    "pathlib",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
}
IMPURE |= {"ssl", "subprocess", "tempfile", "threading", "time", "urllib"}
MAY_HELP = ("kit.errors", "kit.contracts", "kit.clock", "kit.ids", "kit.lottery")


def rules() -> list[Path]:
    return sorted([*(ROOT / "services").rglob("domain.py"), *(ROOT / "gateway").rglob("domain.py")])


@pytest.mark.parametrize("path", rules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_are_pure(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2]) if "services" in path.parts else "gateway"
    for name in imported(path):
        top = name.partition(".")[0]
        pure = top in sys.stdlib_module_names and top not in IMPURE
        assert pure or top == "pydantic" or name.startswith((*MAY_HELP, own)), name


def test_there_are_rules() -> None:
    assert len(rules()) >= 4
