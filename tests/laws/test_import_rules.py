"""Who may import whom: the contracts of .importlinter hold, and each of them notices a breach."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from kit.store.migrate import ROOT

# Importer, imported, and the contract that must notice.
BREACHES = [
    ("services.risk.app", "services.housing.app", "Services never import each other"),
    ("services.grants.app", "gateway.routes", "Services import kit and nothing else of ours"),
    ("gateway.routes", "services.risk.tables", "The gateway imports no service"),
    ("demo.borough.draws", "kit.clock", "The demo borough stands alone"),
    ("services.risk.app", "demo.borough.draws", "Neither kit nor a service knows"),
    ("kit.clock", "services.risk.tables", "kit imports no service and no gateway"),
    ("kit.web.pages", "gateway.routes", "kit imports no service and no gateway"),
    ("kit.store.unit", "kit.events.handlers", "Inside kit"),
    ("kit.store.db", "kit.web.problems", "Inside kit"),
    ("kit.events.relay", "kit.web.problems", "Inside kit"),
    ("kit.contracts.codes", "kit.store.tables", "Inside kit"),
    ("kit.web.health", "kit.run.telemetry", "Inside kit"),
    ("kit.contracts.codes", "kit.store.tables", "The language between services"),
    ("kit.contracts.roles", "fastapi", "The language between services"),
    ("kit.events.inbox", "nats", "Only the bus"),
    ("kit.events.brand_new", "nats", "Only the bus"),
    ("services.triage.contacts.handlers", "nats", "Only the bus"),
    ("gateway.app", "nats", "Only the bus"),
    ("services.casefile.cases.domain", "sqlalchemy", "Rules are pure"),
    ("services.casefile.people.domain", "services.casefile.people.models", "Rules are pure"),
    ("services.triage.contacts.domain", "fastapi", "Rules are pure"),
    ("gateway.workers.domain", "kit.store.unit", "Rules are pure"),
    ("services.casefile.people.commands", "services.casefile.people.api", "Inside a capability"),
    ("services.casefile.cases.queries", "services.casefile.cases.commands", "Inside a capability"),
    ("services.triage.contacts.models", "services.triage.contacts.commands", "Inside a capability"),
    ("services.grants.brand_new.models", "services.grants.brand_new.api", "Inside a capability"),
    ("gateway.workers.models", "gateway.workers.queries", "The gateway's own capabilities"),
    ("staff.client", "gateway.routes", "The staff app speaks to the gateway alone"),
    ("staff.page", "kit.store.db", "The staff app speaks to the gateway alone"),
    ("gateway.app", "staff.words", "Nobody imports the staff app"),
    ("staff.client", "staff.page", "Inside the staff app"),
]


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    program = "from importlinter.cli import lint_imports_command as run; run()"
    command = [sys.executable, "-c", program, "--no-cache", "--no-logo"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def sections(said: str) -> dict[str, str]:
    """What was said of each broken contract, by its title."""
    parts = re.split(r"\n(.+)\n-{4,}\n", said)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_rules_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The code as it stands with every breach in it, and what was said of each contract."""
    folder = tmp_path_factory.mktemp("tree")
    for package in ("kit", "services", "gateway", "demo", "staff"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "*.sql"))
    shutil.copy(ROOT / ".importlinter", folder)
    capability = folder / "services/grants/brand_new"
    capability.mkdir()
    for name in ("__init__", "api", "models"):
        (capability / f"{name}.py").touch()
    for importer, imported_, _ in BREACHES:
        with (folder / f"{importer.replace('.', '/')}.py").open("a") as file:
            file.write(f"\nimport {imported_}\n")
    done = lint(folder)
    assert done.returncode == 1
    return sections(done.stdout)


@pytest.mark.full
@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach[0]} -> {breach[1]}")
def test_a_breach_is_noticed(broken: dict[str, str], breach: tuple[str, str, str]) -> None:
    importer, imported_, contract = breach
    (said,) = (text for title, text in broken.items() if title.startswith(contract))
    assert re.search(rf"\b{importer} -> {imported_} \(l\.", said), said


def test_every_contract_was_put_to_the_test(broken: dict[str, str]) -> None:
    titles = re.findall(r"^name = (.+)$", (ROOT / ".importlinter").read_text(), re.MULTILINE)
    for title in titles:
        assert any(title.startswith(contract) for _, _, contract in BREACHES), title


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
PURE_LIBRARIES = {"pydantic", "phonenumbers", "holidays"}
MAY_HELP = ("kit.errors", "kit.contracts", "kit.clock", "kit.ids", "kit.lottery", "kit.chosen_word")


def rules() -> list[Path]:
    return sorted([*(ROOT / "services").rglob("domain.py"), *(ROOT / "gateway").rglob("domain.py")])


@pytest.mark.parametrize("path", rules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_rules_are_pure(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).parts[:2]) if "services" in path.parts else "gateway"
    for name in imported(path):
        top = name.partition(".")[0]
        pure = top in sys.stdlib_module_names and top not in IMPURE
        assert pure or top in PURE_LIBRARIES or name.startswith((*MAY_HELP, own)), name


def test_there_are_rules() -> None:
    assert len(rules()) >= 4
