"""The reviewed numbers: every fact of the built book and every verdict, in tests/facts.json.

With them the values of the conditions of its sentences, in tests/conditions.json: a report of a
sentence that no longer holds says what they were when the book was last reviewed.
"""

import json
import subprocess
import sys
from pathlib import Path

# As computegap.contract has it; a plain script does not find that package.
MIME = "application/vnd.computegap.fact+json"
CONDITION = "application/vnd.computegap.condition+json"
ROOT = Path(__file__).resolve().parents[1]
SNAPSHOT = ROOT / "tests" / "facts.json"
_VERDICTS = """
import json
from computegap import ledger

judged = ledger.judged()
print(json.dumps(dict(zip(judged["claim_id"], judged["verdict"], strict=True))))
"""


def glues(root: Path) -> dict[str, dict]:
    """The glue data of the present pages of the book built in `root`, by page."""
    found = {}
    for page in sorted((root / "book").glob("*.md")):
        glue = root / "_build" / "jupyter_execute" / "book" / f"{page.stem}.glue.json"
        if glue.exists():
            found[f"book/{page.stem}"] = json.loads(glue.read_text(encoding="utf-8"))
    return found


def facts_of(root: Path) -> dict[str, dict]:
    """All facts of the book built in `root`, by key, from the notebooks of its present pages."""
    facts = {}
    for glue in glues(root).values():
        facts |= {key: out["data"][MIME] for key, out in glue.items() if MIME in out["data"]}
    return dict(sorted(facts.items()))


def conditions_of(root: Path) -> dict[str, dict[str, dict[str, str]]]:
    """The values of the conditions of the book built in `root`, by page and by words."""
    found = {}
    for page, glue in glues(root).items():
        said = [out["data"][CONDITION] for out in glue.values() if CONDITION in out["data"]]
        by_words = found.setdefault(page, {}) if said else {}
        # Several conditions may guard the same words.
        for one in said:
            by_words.setdefault(one["words"], {}).update(one["values"])
    return found


def rounded(facts: dict[str, dict]) -> dict[str, dict]:
    """Facts as the snapshot keeps them: ten digits, so that a library's last digit is no change."""
    return {
        key: {
            "value": float(f"{f['value']:.10g}") if f["type"] == "float" else f["value"],
            "unit": f["unit"],
        }
        for key, f in facts.items()
    }


def verdicts_of(root: Path) -> dict[str, dict]:
    """All verdicts on the claims, as the tables and the package in `root` give them."""
    done = subprocess.run(
        [sys.executable, "-c", _VERDICTS], cwd=root / "book", capture_output=True, text=True
    )
    if done.returncode:
        raise RuntimeError(f"the verdicts could not be computed\n{done.stderr}")
    return {
        f"claim-{claim_id.lower()}": {"value": word, "unit": "verdict"}
        for claim_id, word in sorted(json.loads(done.stdout).items())
    }


def snapshot_of(root: Path) -> dict[str, dict]:
    """All that the snapshot keeps, of the book built in `root`."""
    return {**rounded(facts_of(root)), **verdicts_of(root)}


if __name__ == "__main__":
    found = snapshot_of(ROOT)
    SNAPSHOT.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    reviewed = json.dumps(conditions_of(ROOT), indent=1, ensure_ascii=False) + "\n"
    (SNAPSHOT.parent / "conditions.json").write_text(reviewed, encoding="utf-8")
    print(f"{len(found)} facts and verdicts written to tests/{SNAPSHOT.name}")
