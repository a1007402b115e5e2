"""The reviewed numbers: every fact of the built book, in tests/facts.json."""

import json
from pathlib import Path

from computegap.facts import MIME

SNAPSHOT = Path(__file__).parent / "facts.json"


def facts_of(root: Path) -> dict[str, dict]:
    """All facts of the book built in `root`, by key, from the notebooks of its present pages."""
    facts = {}
    for page in sorted((root / "book").glob("*.md")):
        glue = root / "_build" / "jupyter_execute" / "book" / f"{page.stem}.glue.json"
        if not glue.exists():
            continue
        for key, output in json.loads(glue.read_text(encoding="utf-8")).items():
            if MIME in output["data"]:
                facts[key] = output["data"][MIME]
    return dict(sorted(facts.items()))


def rounded(facts: dict[str, dict]) -> dict[str, dict]:
    """Facts as the snapshot keeps them: ten digits, so that a library's last digit is no change."""
    return {
        key: {
            "value": float(f"{f['value']:.10g}") if f["type"] == "float" else f["value"],
            "unit": f["unit"],
        }
        for key, f in facts.items()
    }


if __name__ == "__main__":
    found = rounded(facts_of(SNAPSHOT.parents[1]))
    SNAPSHOT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(found)} facts written to tests/{SNAPSHOT.name}")
