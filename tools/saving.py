"""Chapters saved from JupyterLab keep the headers of their cells as they were written.

Jupytext reads a header as values and writes these in its own way: a caption of two paragraphs comes
back in quotes, in another order, its lines broken elsewhere. `make lab` runs `keep_headers` before
a file is written; a header whose values did not change is written as it stands in the file.
"""

import json
import re
from pathlib import Path

import yaml

_FRONT = re.compile(r"\A---\n(.*?)^---\n", re.MULTILINE | re.DOTALL)
# The first line of a cell and its header, in either form.
_CELL = re.compile(
    r"^```+\{code-cell\}[^\n]*\n(?:---\n(?P<block>.*?)^---\n|(?P<lines>(?::[^\n]*\n)+))?",
    re.MULTILINE | re.DOTALL,
)


def keep_headers(model: dict, path: str, contents_manager, **_) -> None:
    """Jupyter's hook before a file is saved: put the headers of the old text into the new one."""
    file = Path(contents_manager.root_dir, path)
    if model["type"] == "file" and path.endswith(".md") and file.is_file():
        model["content"] = kept(model["content"], file.read_text(encoding="utf-8"))


def kept(new: str, old: str) -> str:
    """`new` with the headers of `old` wherever both say the same."""
    try:
        written: dict[str, list[str]] = {}
        for cell in _CELL.finditer(old):
            written.setdefault(_said(cell), []).append(cell[0])
        new = _CELL.sub(lambda cell: _next(written.get(_said(cell)), cell[0]), new)
        fronts = _FRONT.match(old), _FRONT.match(new)
        if all(fronts) and _kernel(fronts[0]) == _kernel(fronts[1]):
            new = fronts[0][0] + new[fronts[1].end() :]
    except yaml.YAMLError:
        # Nothing that a hook does may keep an author from saving.
        pass
    return new


def _said(cell: re.Match) -> str:
    """What a header says, whichever way it is written."""
    lines = cell["block"] or re.sub("^:", "", cell["lines"] or "", flags=re.MULTILINE)
    return json.dumps(yaml.safe_load(lines), sort_keys=True, default=str)


def _next(written: list[str] | None, otherwise: str) -> str:
    """The next of the ways in which the same header is written in a file, and then the last one."""
    if not written:
        return otherwise
    return written.pop(0) if len(written) > 1 else written[0]


def _kernel(front: re.Match) -> str:
    """The kernel of a chapter; what else Jupyter notes of it differs from machine to machine."""
    return yaml.safe_load(front[1]).get("kernelspec", {}).get("name", "")
