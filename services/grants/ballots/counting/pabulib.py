"""The .pb form of participatory budgeting (pabulib.org/format): read for trials and comparison, written to publish."""

import csv
import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.grants.ballots.counting.election import Election, Kind, Paper, Project, approval, points, ranking

_KINDS = {
    "approval": Kind.APPROVAL,
    "choose-1": Kind.APPROVAL,
    "cumulative": Kind.POINTS,
    "scoring": Kind.POINTS,
    "ordinal": Kind.RANKING,
}
_NAMES = {Kind.APPROVAL: "approval", Kind.POINTS: "cumulative", Kind.RANKING: "ordinal"}


@dataclass(frozen=True, slots=True)
class Read:
    """A file as read: the election, and which projects its owner says were chosen (empty: it doesn't say)."""

    election: Election
    chosen: frozenset[str]
    meta: Mapping[str, str]


def read(text: str) -> Read:
    """A whole .pb file. ValueError names the line that cannot be read."""
    meta: dict[str, str] = {}
    projects: list[Project] = []
    chosen: set[str] = set()
    places: dict[str, int] = {}
    papers: Counter[Paper] = Counter()
    section = ""
    header: list[str] = []
    # Parsed once a different ballot, not once a voter.
    known: dict[tuple[str, str], Paper] = {}
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=";"), start=1):
        if not row or not any(row):
            continue
        title = row[0].strip().upper()
        if len(row) == 1 and title in ("META", "PROJECTS", "VOTES"):
            section, header = title, []
        elif not header:
            header = [each.strip().lower() for each in row]
        elif section == "META":
            meta[row[0].strip()] = row[1].strip() if len(row) > 1 else ""
        else:
            cells = dict(zip(header, (each.strip() for each in row), strict=False))
            try:
                if section == "PROJECTS":
                    places[cells["project_id"]] = len(projects)
                    projects.append(Project(cells["project_id"], int(cells["cost"])))
                    if cells.get("selected") == "1":
                        chosen.add(cells["project_id"])
                else:
                    key = (cells["vote"], cells.get("points", ""))
                    if key not in known:
                        known[key] = _paper(meta, places, *key)
                    papers[known[key]] += 1
            except (KeyError, ValueError) as wrong:
                raise ValueError(f"line {number} cannot be read: {wrong}") from wrong
    kind = _KINDS[meta["vote_type"]]
    return Read(Election(kind, int(meta["budget"]), projects, papers), frozenset(chosen), meta)


def _paper(meta: Mapping[str, str], places: Mapping[str, int], vote: str, given: str) -> Paper:
    named = [places[each] for each in vote.split(",") if each]
    kind = _KINDS[meta["vote_type"]]
    if kind is Kind.APPROVAL:
        return approval(named)
    if kind is Kind.POINTS:
        return points(dict(zip(named, map(int, given.split(",")), strict=True)))
    return ranking(named, int(meta.get("max_length", len(places))))


def write(
    election: Election,
    meta: Mapping[str, str],
    names: Sequence[str],
    winners: Sequence[int],
    attributes: Sequence[str] = (),
    voters: Mapping[tuple[Paper, tuple[str, ...]], int] | None = None,
) -> str:
    """The election as a .pb file: votes in the order of what they say, numbered anew.

    `voters`, where given, says how many voted so of each combination of `attributes`; else nothing is told of them.
    """
    out = io.StringIO()
    line = csv.writer(out, delimiter=";", lineterminator="\n").writerow
    line(["META"])
    line(["key", "value"])
    fixed = {
        "num_projects": str(len(election.projects)),
        "num_votes": str(election.voters),
        "budget": str(election.budget),
        "vote_type": _NAMES[election.kind],
    }
    for key, value in {**meta, **fixed}.items():
        line([key, value])
    line(["PROJECTS"])
    line(["project_id", "cost", "votes", "score", "name", "selected"])
    for place, project in enumerate(election.projects):
        votes, score = election.votes[place], election.scores[place]
        line([project.id, project.cost, votes, score, names[place], int(place in winners)])
    line(["VOTES"])
    line(["voter_id", "vote", *(["points"] if election.kind is Kind.POINTS else []), *attributes])
    number = 0
    if voters is None:
        voters = {(paper, ()): weight for paper, weight in zip(election.papers, election.weights.tolist(), strict=True)}
    for (paper, told), weight in sorted(voters.items()):
        ordered = sorted(paper, key=lambda each: (-each[1], each[0])) if election.kind is Kind.RANKING else paper
        vote = ",".join(election.projects[place].id for place, _ in ordered)
        given = [",".join(str(score) for _, score in paper)] if election.kind is Kind.POINTS else []
        for _ in range(weight):
            number += 1
            line([number, vote, *given, *told])
    return out.getvalue()
