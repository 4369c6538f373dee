"""Write the dashboards and the table of figures; `--check` says whether they are as the code would write them."""

import sys
from pathlib import Path

from deploy.observability import dashboards, figures

HERE = Path(__file__).parent
METRICS = HERE.parents[1] / "docs" / "metrics.md"


def wanted() -> dict[Path, str]:
    """Every file that is made, with its text."""
    pages = {HERE / "dashboards" / name: text for name, text in dashboards.rendered().items()}
    return {**pages, METRICS: figures.table()}


def main() -> int:
    """1 when `--check` finds a difference."""
    stale = [path for path, text in wanted().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path} is not what the code says: run python -m deploy.observability", file=sys.stderr)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted()[path], encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
