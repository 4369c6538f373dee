"""May they: role x action x purpose, decided by the Cedar policies in `policies/`, denied unless permitted.

The policies are parsed once; an answer is remembered for (roles, action, purpose). A caller with several roles may do
what one of the roles may do by itself, so `tests/gateway/matrix.txt`, which lists every single role, is the whole
truth. `python -m gateway.policy matrix` writes that file anew; `check` validates the policies against the schema.

This is the only module that knows Cedar's Python binding.
"""

import json
import re
import sys
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from importlib.resources import files
from itertools import compress
from pathlib import Path

import cedarpy

from gateway.refusals import NotAllowed
from gateway.routes import purposes_of_actions
from gateway.routes.purposes import ANY
from gateway.routes.triage import RAISE_CONCERN
from kit.contracts.purposes import PURPOSES
from kit.contracts.roles import ROLES

MATRIX = Path("tests/gateway/matrix.txt")
_MOST_REMEMBERED = 100_000


class Policy:
    """Answers who may do what, for what. Raises ValueError when the policies do not fit their schema."""

    def __init__(self, policies: str | None = None) -> None:
        text = read_policies() if policies is None else policies
        self._schema, self._policies, self._entities = _parsed(text, _read("schema.cedarschema"))
        self._accepted = {
            action: frozenset(PURPOSES) if purposes == ANY else purposes
            for action, purposes in purposes_of_actions().items()
        }
        self._answers: dict[tuple[frozenset[str], str, str], bool] = {}

    def allows(self, roles: frozenset[str], action: str, purpose: str) -> bool:
        """Whether one of these roles may do this for this purpose. Unknown words are never allowed."""
        question = (roles, action, purpose)
        answer = self._answers.get(question)
        if answer is None:
            answer = any(self.decide([(role, action, purpose) for role in sorted(roles)]))
            if len(self._answers) >= _MOST_REMEMBERED:
                self._answers.clear()
            self._answers[question] = answer
        return answer

    def check(self, roles: frozenset[str], action: str, purpose: str) -> None:
        """Raises NotAllowed, which names the action and the purpose and nothing else."""
        if not self.allows(roles, action, purpose):
            raise NotAllowed(
                f"Your role does not allow {action} for the purpose {purpose}.", action=action, purpose=purpose
            )

    def decide(self, questions: Iterable[tuple[str, str, str]]) -> list[bool]:
        """The answers to (role, action, purpose), each for that role alone."""
        asked = list(questions)
        known = [
            index
            for index, (role, action, purpose) in enumerate(asked)
            if role in ROLES and action in self._accepted and purpose in PURPOSES
        ]
        results = cedarpy.is_authorized_batch(
            [self._request(*asked[index]) for index in known], self._policies, self._entities, self._schema
        )
        answers = [False] * len(asked)
        for index, result in zip(known, results, strict=True):
            if result.diagnostics.errors:
                # A policy that cannot be evaluated is skipped by Cedar; one of ours never may be.
                raise RuntimeError(f"policy error for {asked[index]}: {result.diagnostics.errors}")
            answers[index] = bool(result.allowed)
        return answers

    def accepted(self, action: str) -> frozenset[str]:
        """The purposes that the route table names for an action."""
        return self._accepted[action]

    def _request(self, role: str, action: str, purpose: str) -> dict[str, object]:
        return {
            "principal": {"type": "Role", "id": role},
            "action": {"type": "Action", "id": action},
            "resource": {"type": "Service", "id": action.partition(".")[0]},
            "context": {
                "purpose": {"__entity": _uid("Purpose", purpose)},
                "fits_action": purpose in self._accepted[action],
            },
        }


@lru_cache(maxsize=4)
def _parsed(text: str, schema_text: str) -> tuple[cedarpy.Schema, cedarpy.PolicySet, cedarpy.Entities]:
    """Checked and ready to be asked: a quarter of a second, so once in a process."""
    checked = cedarpy.validate_policies(text, schema_text)
    if not checked:
        raise ValueError("The policies do not fit their schema:\n" + "\n".join(map(str, checked.errors)))
    schema = cedarpy.Schema.from_str(schema_text)
    return (
        schema,
        cedarpy.PolicySet.from_str(text),
        cedarpy.Entities.from_json_str(json.dumps(list(_entities())), schema),
    )


def read_policies() -> str:
    """Every policy file, in order of name."""
    folder = files("gateway.policies")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".cedar"))
    return "\n".join(_read(name) for name in names)


def questions(policy: Policy) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    """Every (role, action, purpose) of the table: those whose role may claim the purpose, and the others.

    None of the others is ever allowed (`0-always.cedar`; a test asks them), so there is no need to ask each time.
    """
    asked = [
        (role, action, purpose)
        for action in purposes_of_actions()
        for purpose in policy.accepted(action)
        for role in ROLES
    ]
    may_claim = [action == RAISE_CONCERN or PURPOSES[purpose].claimable_by([role]) for role, action, purpose in asked]
    return list(compress(asked, may_claim)), [each for each, may in zip(asked, may_claim, strict=True) if not may]


def everything_allowed(policy: Policy) -> frozenset[tuple[str, str, str]]:
    """Every (role, action, purpose) that is allowed, each role by itself. Takes a second or two.

    Purposes of one reach that no policy names are alike to every policy, once the role may claim them: one of them
    is asked for all (a `full` test asks each).
    """
    asked, _ = questions(policy)
    named = set(re.findall(r'Purpose::"([^"]+)"', read_policies()))
    alike = [
        (role, action, purpose if purpose in named else PURPOSES[purpose].reach) for role, action, purpose in asked
    ]
    one_of_each = dict(zip(alike, asked, strict=True))
    answers = dict(zip(one_of_each, policy.decide(one_of_each.values()), strict=True))
    return frozenset(question for question, kind in zip(asked, alike, strict=True) if answers[kind])


def matrix(allowed: Collection[tuple[str, str, str]]) -> str:
    """What is allowed, as text that a person can read and a diff can show."""
    lines = [
        "# Who may do what, for which purpose. Written by `python -m gateway.policy matrix`; do not edit.",
        "# What is not listed is denied.",
    ]
    for action in sorted(purposes_of_actions()):
        lines += ["", action]
        if action == RAISE_CONCERN and all((role, action, code) in allowed for role in ROLES for code in PURPOSES):
            lines.append("    every purpose: every role")
            continue
        for purpose in sorted(PURPOSES):
            roles = sorted(role for role in ROLES if (role, action, purpose) in allowed)
            if roles:
                lines.append(f"    {purpose}: {' '.join(roles)}")
    return "\n".join(lines) + "\n"


def _entities() -> Iterable[Mapping[str, object]]:
    for role in ROLES:
        yield {"uid": _uid("Role", role), "attrs": {}, "parents": []}
    for code, purpose in PURPOSES.items():
        attributes = {
            "claimants": [{"__entity": _uid("Role", role)} for role in sorted(purpose.roles)],
            "anyone": purpose.anyone,
            "reach": str(purpose.reach),
        }
        yield {"uid": _uid("Purpose", code), "attrs": attributes, "parents": []}


def _uid(kind: str, name: str) -> dict[str, str]:
    return {"type": kind, "id": name}


def _read(name: str) -> str:
    return files("gateway.policies").joinpath(name).read_text(encoding="utf-8")


def _main(arguments: list[str]) -> int:
    match arguments:
        case ["matrix"]:
            MATRIX.write_text(matrix(everything_allowed(Policy())), encoding="utf-8")
            print(f"{MATRIX} written: read the diff before you commit it.")
        case ["check"]:
            Policy()
            print("The policies fit their schema.")
        case _:
            print("usage: python -m gateway.policy matrix|check")
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(_main(sys.argv[1:]))
