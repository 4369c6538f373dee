# ruff: noqa: E501  # sentences of a paper stand on one line each
"""The two papers as Markdown. What a council must say itself is marked as such, and never filled in for it."""

import importlib
from collections.abc import Iterable, Sequence
from typing import Any, Final

from deploy.papers import reading
from kit.contracts.purposes import PURPOSES, Basis, Purpose

COUNCIL: Final = "*To be completed by the council.*"
_MADE: Final = (
    "Filled from what this version of the platform does, by `python -m deploy.papers`; a test compares. Lines in italics\n"
    "are the council's to complete: no program can answer for it."
)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """A Markdown table."""
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(_cell(each) for each in row)} |" for row in rows)]


def _cell(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple | set | frozenset) else str(value)
    return text.replace("|", "\\|").replace("\n", " ") or "-"


def dpia() -> str:
    """A data protection impact assessment (UK GDPR Article 35(7)), after the ICO's template."""
    about = [each for each in PURPOSES.values() if each.lawful_basis is not Basis.NOT_PERSONAL]
    lines = [
        "# Data protection impact assessment", "", _MADE, "",
        "## 1. Why one is needed", "",
        "Special category data about people in difficulty, matched from several sources, at the scale of a borough: each of",
        "the three alone asks for an assessment (UK GDPR Article 35(3); ICO list of processing likely to be high risk).", "",
        f"Controller, processors, joint controllers: {COUNCIL}", "",
        "## 2. What is done, and why", "",
        f"{len(about)} purposes. A request without one of these is refused at the door; the purpose is kept with each look and change.",
        "", *_purposes(about), "",
        "## 3. Who may act", "", *table(("Role", "What it is for"), sorted(reading.roles().items())), "",
        "Which role may do what for which purpose, line by line: `tests/gateway/matrix.txt`, made from `gateway/policies/*.cedar`.", "",
        "## 4. Where the data come from", "",
        "People themselves, at the front door; staff; partners who answer referrals; and the sources below, as delivered (a council's",
        "own register with its agreements is at `/v1/risk/sources`).", "", *_sources(), "",
        "### Legal gateways", "", *_gateways(), "",
        "## 5. What is kept, and how long", "",
        "Read from the tables themselves: a table about people that nobody named here fails a test.", "", *_holdings(), "",
        "### The retention schedule", "", *_schedule(), "",
        "## 6. Necessity and proportion", "",
        "* Services tell each other ids, codes, dates and amounts; never names, addresses or words (`kit/contracts`).",
        "* Analysts work with pseudonyms; a way back is asked for by name, with a reason, on record.",
        "* Statistics are released with small numbers held back.",
        "* Partners' systems are told an id, and read the rest under their own rights.", "",
        f"Alternatives that were considered, and why they do not do: {COUNCIL}", "",
        "## 7. Rights", "",
        "Access, rectification, erasure, restriction, objection, portability and review of decisions are routes of the platform",
        "(`/v1/casefile/rights-requests`), with their deadlines as alarms, and proofs of what went, table by table.", "",
        "## 8. Risks to people, and what holds them", "", *_risks(), "",
        "## 9. Consultation and sign-off", "",
        *(f"* {each}: {COUNCIL}" for each in (
            "Residents, and people with lived experience", "Partners and processors", "Data protection officer's advice",
            "Measures approved by, residual risks approved by", "Date of the next review",
        )),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _purposes(about: Sequence[Purpose]) -> list[str]:
    head = ("Purpose", "What residents read", "Lawful basis", "Power", "Article 9 condition", "Reach", "Who", "Routes")
    return table(
        head,
        (
            (
                f"`{each.code}` {each.title}", each.explanation, each.lawful_basis, each.power, each.condition or "-",
                each.reach, sorted(each.roles), len(reading.routes_for(each.code)),
            )
            for each in about
        ),
    )  # fmt: skip


def _sources() -> list[str]:
    _, products = reading.sources()
    head = ("Source", "Owner", "Supplied for", "Gateway", "How often", "Kept (months)", "For offers", "Agreed from")
    return table(
        head,
        (
            (
                f"`{code}` {each.title}", each.owner, each.purpose, f"`{each.gateway}`", each.cadence, each.keep_months,
                "yes" if each.contact else "no", each.agreed_from,
            )
            for code, each in sorted(products.items())
        ),
    )  # fmt: skip


def _gateways() -> list[str]:
    gateways, _ = reading.sources()
    rows = ((f"`{code}`", each.title, sorted(each.purposes)) for code, each in sorted(gateways.items()))
    return table(("Code", "Power", "Purposes it covers"), rows)


def _holdings() -> list[str]:
    rows = (
        (each.service, f"`{each.table}`", each.title, each.part, f"`{each.retention}`") for each in reading.holdings()
    )
    return table(("Service", "Table", "What it is", "Compartment", "Kept under"), rows)


def _schedule() -> list[str]:
    rows = (
        (f"`{each.code}`", each.title, each.since, f"{each.years} years", each.counted_from, each.stays, each.source)
        for each in sorted(reading.schedule(), key=lambda line: (line.code, line.since))
    )
    return table(("Code", "Records", "From", "How long", "Counted from", "Outlives an erasure", "Source"), rows)


def _risks() -> list[str]:
    rows = (
        (each["what"], each["severity"], each["likelihood"], each["measures"], [f"`{one}`" for one in each["shown_by"]],
         each["left"])
        for each in reading.read("risks.toml")["risk"]
    )  # fmt: skip
    return table(("What could happen", "Severity", "Likelihood", "Measures", "Shown by", "What is left"), rows)


def transparency() -> str:
    """Algorithmic transparency records, tier 1 and 2, for each tool."""
    lines = [
        "# Algorithmic transparency records", "", _MADE, "",
        "After the Algorithmic Transparency Recording Standard (GOV.UK). No tool of this platform decides about anybody: each",
        "orders, proposes or draws, and a named person (or a published lottery) decides.", "",
        *table(("Tool", "Module"), ((each["name"], f"`{each['module']}`") for each in reading.read("tools.toml").values())),
    ]  # fmt: skip
    for code, tool in reading.read("tools.toml").items():
        lines += ["", f"## {tool['name']}", "", f"Record `{code}`. {_first_line(tool['module'])}", ""]
        lines += table(("Tier 1", ""), (
            ("What it does", tool["what"]),
            ("Who owns it", COUNCIL),
            ("Contact", COUNCIL),
            ("How it is used in decisions", tool["decides"]),
        ))  # fmt: skip
        lines += [""]
        lines += table(("Tier 2", ""), (
            ("Data it uses", tool["inputs"]),
            ("What comes out", tool["output"]),
            ("Where in the code", f"`{tool['module']}`"),
            ("How it was tried", tool["tested"]),
            ("What could harm, and what holds it", tool["harms"]),
            ("Who may ask what of it, and for what", _asked(tool["actions"])),
            ("Appeal", "A resident sees what was used (`subject access`), disputes a fact, objects, asks for review by a person."),
            ("Supplier and contract", COUNCIL),
            ("Impact assessments", "docs/dpia.md; equality impact assessment: " + COUNCIL),
        ))  # fmt: skip
    return "\n".join(lines) + "\n"


def _asked(actions: Iterable[str]) -> str:
    said = []
    for action in actions:
        roles = reading.who_may(action)
        said.append(f"`{action}`: " + "; ".join(f"{role} ({', '.join(why)})" for role, why in roles.items()))
    return "<br>".join(said)


def _first_line(module: str) -> str:
    return (importlib.import_module(module).__doc__ or "").strip().split("\n")[0]
