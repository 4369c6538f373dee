"""`python -m deploy.papers [dpia|transparency]`: write docs/dpia.md and docs/transparency.md; `--check` compares."""

import sys

from deploy.papers import writing
from deploy.papers.reading import ROOT

PAPERS = {"dpia": writing.dpia, "transparency": writing.transparency}


def main(arguments: list[str]) -> int:
    """1 when `--check` finds a difference, 2 for a paper nobody knows."""
    names = [each for each in arguments if not each.startswith("--")] or list(PAPERS)
    if unknown := set(names) - set(PAPERS):
        print(f"There is no paper {', '.join(sorted(unknown))}. {__doc__}", file=sys.stderr)
        return 2
    stale = 0
    for name in names:
        path, text = ROOT / "docs" / f"{name}.md", PAPERS[name]()
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale = 1
        if "--check" in arguments:
            print(f"docs/{path.name} is not what the code says: run python -m deploy.papers {name}", file=sys.stderr)
        else:
            path.write_text(text, encoding="utf-8")
    return stale if "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
