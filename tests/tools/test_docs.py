"""The pages for contributors: what they name is there, and nothing is left out."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from _ext.score import STEPS
from conftest import ROOT

DOCS = ["README.md", "CONTRIBUTING.md", "docs/architecture.md"]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
# What commands make, and folders of the publishers' files; a fresh clone has none of it.
_MADE = ("_build", "_editions", ".venv", "book/constraint.ipynb", "tests/audit-all.md")
_BROUGHT = ("epoch/", "market/", "models/")
_SUFFIXES = "cff|csv|css|in|ipynb|js|json|md|mjs|png|py|svg|toml|txt|yaml|yml"


def tracked() -> list[str]:
    """The files and folders of the project, by their paths; folders end with a slash."""
    found = []
    for top in sorted(ROOT.iterdir()):
        if top.name in ("_build", "_editions", ".venv", ".git"):
            continue
        inner = sorted(top.rglob("*")) if top.is_dir() else []
        for path in [top, *inner]:
            if "__pycache__" not in path.parts and "node_modules" not in path.parts:
                found.append(path.relative_to(ROOT).as_posix() + ("/" if path.is_dir() else ""))
    return found


def named_paths(text: str) -> set[str]:
    """What looks like a path: in backticks, as the target of a link, or in a drawing."""
    quoted = re.findall(r"`([^`\s]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    quoted += re.findall(r"\]\((?!https?:|#)([^)\s#]+)", text)
    drawn = re.findall(r"(?<![\w/.])(?:book|tools|data|tests|docs)/[\w./-]*\w/?", text)
    looks = re.compile(rf"[\w.<>*/-]+(?:/|\.(?:{_SUFFIXES}))|[.\w-]+(?:/[\w.-]+)+")
    return {
        one
        for one in [*quoted, *drawn]
        if looks.fullmatch(one) and not one.startswith((*_MADE, *_BROUGHT))
    }


def is_there(name: str, files: list[str]) -> bool:
    """Whether a file or folder has this path, or ends with it; `<what>` and `*` stand for any."""
    pattern = re.sub(r"\\\*+|<[^>]+>", "[^/]*", re.escape(name))
    return any(re.fullmatch(rf"(?:.*/)?{pattern}/?", path) for path in files)


def tree() -> set[str]:
    """The paths of the tree, whose indents say what lies in what."""
    drawn = re.search(r"## The tree\n\n```text\n(.*?)```", ARCHITECTURE, re.DOTALL)[1]
    found, above = set(), []
    for line in drawn.splitlines():
        indent, name = re.match(r"( *)(\S+)", line).groups()
        above = [*above[: len(indent) // 2], name]
        found.add("".join(above))
    return found


@pytest.mark.parametrize("name", DOCS)
def test_every_path_that_is_named_exists(name):
    files = tracked()
    named = named_paths((ROOT / name).read_text(encoding="utf-8"))
    assert len(named) > 10
    assert sorted(one for one in named if not is_there(one, files)) == []


def test_every_path_of_the_tree_exists():
    assert sorted(path for path in tree() if not (ROOT / path).exists()) == []


def test_the_tree_has_every_module():
    modules = {
        path.relative_to(ROOT).as_posix()
        for side in ("computegap", "_ext")
        for path in Path(ROOT, "book", side).rglob("*.py")
    }
    assert sorted(modules - tree()) == []


def test_each_side_imports_of_the_other_what_the_page_says():
    said = re.search(r"^The build imports of .*: (.*)\.$", ARCHITECTURE, re.MULTILINE)[1]
    build, kernel = (
        "\n".join(path.read_text("utf-8") for path in (ROOT / "book" / side).rglob("*.py"))
        for side in ("_ext", "computegap")
    )
    taken = re.findall(r"^\s*from computegap\.(\w+) import", build, re.MULTILINE)
    for names in re.findall(r"^\s*from computegap import (.*)$", build, re.MULTILINE):
        taken += names.split(", ")
    assert set(taken) == set(re.findall(r"`(\w+)`", said))
    assert not re.search(r"^\s*(?:from|import) _ext", kernel, re.MULTILINE)


def test_the_walk_of_a_build_is_counted_from_the_score():
    rooms = [step.__module__ for steps in STEPS.values() for step in steps if callable(step)]
    changes = sum(one != other for one, other in pairwise(rooms))
    counted = f"{len(rooms)} steps, {changes} changes of room among {len(set(rooms))}"
    said = re.search(r"^\| a build \|.*\| (.*) \|$", ARCHITECTURE, re.MULTILINE)[1]
    assert said == counted


def test_a_path_that_is_not_there_is_found():
    files = ["book/", "book/index.md", "data/capex.schema.json"]
    assert is_there("index.md", files) and is_there("data/<name>.schema.json", files)
    assert not is_there("book/gone.md", files) and not is_there("dex.md", files)
    assert named_paths("See `book/gone.md` and `make book`.") == {"book/gone.md"}


def test_a_browser_keeps_nothing_but_what_the_page_about_says():
    """The colours, and the parts that run the chapters."""
    scripts = [*ROOT.glob("book/_static/js/*.js"), ROOT / "book" / "_browser" / "worker.js"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in scripts)
    kept = re.findall(r"""localStorage\.setItem\(\s*["'](.*?)["']""", text)
    kept += re.findall(r"""caches\??\.open\(\s*["'](.*?)["']""", text)
    assert sorted(set(kept)) == ["book-parts", "colours"]
    assert len(re.findall(r"setItem\(|caches\??\.open\(", text)) == len(kept)
    assert not re.search(r"document\.cookie|indexedDB|sessionStorage|sendBeacon", text)
    about = (ROOT / "book" / "about.md").read_text(encoding="utf-8")
    said = about.partition("## What your browser keeps")[2].partition("\n(")[0]
    assert "the colours" in said and "the parts of Python" in said
