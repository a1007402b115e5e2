"""Write codemeta.json and .zenodo.json into the source, from CITATION.cff: tools/deposit.py

Archives of software read them there. A test compares them with CITATION.cff.
"""

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def files() -> dict[str, str]:
    """Each file's name and text."""
    sys.path.insert(0, str(ROOT / "book"))
    from _ext.publish import fair

    said = {"codemeta.json": fair.codemeta(), ".zenodo.json": fair.zenodo()}
    return {
        name: json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in said.items()
    }


if __name__ == "__main__":
    for name, text in files().items():
        (ROOT / name).write_text(text, encoding="utf-8")
        print(f"{name} written")
