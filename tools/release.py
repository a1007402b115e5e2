"""What keeps an edition from being published, all reasons at once; `make edition` asks first.

An edition is final, so it refuses what the tests would refuse: addresses that are lost or not
listed, numbers and verdicts that nobody reviewed, a README that says other numbers, a changelog
without a dated paragraph on the edition.
"""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import yaml
from snapshot import conditions_of, facts_of, rounded

# The numbers of the README's sentences in their order, as facts and the format of each.
FINDS = [
    ("ratio-compute-smuggled", ".1f"),
    ("ratio-compute-smuggled-low", ".1f"),
    ("ratio-compute-smuggled-high", ".1f"),
    ("ratio-chips", ".0f"),
    ("ratio-article-chips", ".0f"),
    ("gen-lag-now", ".0f"),
    ("gen-lag-now-low", ".1f"),
    ("gen-lag-now-high", ".1f"),
    ("lag-capability-stocks", ".0f"),
    ("lag-capability-stocks-low", ".0f"),
    ("lag-capability-stocks-high", ".0f"),
    ("lag-article-low", ".0f"),
    ("lag-article-high", ".0f"),
    ("lag-worth-low", ".0f"),
    ("lag-worth-high", ".0f"),
    ("claims-own-total", "d"),
    ("index-supported", "d"),
    ("index-misread", "d"),
    ("index-partly", "d"),
    ("index-failed", "d"),
    ("index-unproven", "d"),
    ("claims-own-cannot-tell", "d"),
    ("claims-own-not-checkable", "d"),
]
_HEADING = re.compile(r"^## (?P<version>\S+)(?: \((?P<said>[^)]*)\))?$", re.MULTILINE)


def reasons(version: str, root: Path) -> list[str]:
    """Why the project in `root` cannot become the edition `version` now, a line each."""
    found = [
        *_of_version(version, root),
        *of_changelog(version, _citation(root), root),
        *_of_files(root),
    ]
    log = _draft(root)
    if log:
        found.append(f"the book cannot be built strictly:\n{log}")
        return found
    pages = root / "_build" / "html"
    return [*found, *of_addresses(root, pages), *of_numbers(root), *of_readme(root)]


def known(root: Path) -> list[dict]:
    """The editions that exist, newest first: version, date, pages."""
    found = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in (root / "_editions").glob("2*/edition.json")
    ]
    return sorted(found, key=lambda one: order(one["version"]), reverse=True)


def order(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _citation(root: Path) -> dict:
    return yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))


# Before anything is built


def _of_version(version: str, root: Path):
    cff, editions = _citation(root), known(root)
    if str(cff["version"]) != version:
        yield f"CITATION.cff is of version {cff['version']}; set version and date-released there"
    date = str(cff["date-released"])
    if not date <= f"{dt.date.today()}":
        yield f"CITATION.cff: date-released is {date}, expected a day that has come"
    if editions and order(version) < order(editions[0]["version"]):
        yield f"edition {version} comes after {editions[0]['version']}, which is published"
    if editions and date < editions[0]["date"]:
        yield f"CITATION.cff: date-released is {date}, before edition {editions[0]['version']}"


def of_changelog(version: str, cff: dict, root: Path):
    """What CHANGELOG.md lacks: a dated paragraph on this edition and on each before it."""
    path = root / "CHANGELOG.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = _HEADING.split(text)[1:]
    said = {v: (d, body) for v, d, body in zip(parts[::3], parts[1::3], parts[2::3], strict=True)}
    wanted = {one["version"]: one["date"] for one in known(root)}
    for one, date in {**wanted, version: str(cff["date-released"])}.items():
        if one not in said:
            yield f"CHANGELOG.md: a paragraph on {one} is missing, '## {one} ({date})'"
        elif (headed := said[one][0] or "") != date:
            yield f"CHANGELOG.md: {one} is headed {headed!r}, expected its date, {date!r}"
        elif not re.search(r"^- \S", said[one][1], re.MULTILINE):
            yield f"CHANGELOG.md: the paragraph on {one} says nothing"


def _of_files(root: Path):
    command = ["git", "status", "--porcelain"]
    done = subprocess.run(command, cwd=root, check=True, text=True, stdout=subprocess.PIPE)
    if changed := done.stdout.split("\n")[:-1]:
        yield f"commit first, so that the edition has a source: {', '.join(changed)}"


def _draft(root: Path) -> str:
    """Why a strict build of the project fails; it executes only what changed."""
    command = [str(Path(sys.executable).with_name("jupyter-book")), "build", "."]
    env = {**os.environ, "NO_COLOR": "1", "COLUMNS": "400"}
    done = subprocess.run(
        [*command, "-W", "-n", "--keep-going"],
        cwd=root,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = [line for line in done.stdout.splitlines() if "WARNING" in line or "Error" in line]
    return "\n".join(lines or done.stdout.splitlines()[-20:]) if done.returncode else ""


# Of the built book


def anchors(pages: Path) -> set[str]:
    """The addresses of everything that can be cited in a built book, as page#anchor."""
    found = set()
    for page in pages.rglob("*.html"):
        held = re.search(r'id="cite-data">(.*?)</script>', page.read_text(encoding="utf-8"))
        things = json.loads(held[1])["things"] if held else ()
        found |= {f"{page.relative_to(pages).as_posix()}#{anchor}" for anchor in things}
    return found


def lost(root: Path, pages: Path, published: set[str]) -> list[str]:
    """Published addresses that lead nowhere in a built book.

    A figure that goes leaves its id with a paragraph that says where its content is now; a page
    that moves stands in `_config.yml`, `redirects`.
    """
    config = yaml.safe_load((root / "_config.yml").read_text("utf-8"))["sphinx"]["config"]
    moved = {f"{old}.html": f"book/{new}" for old, new in config["redirects"].items()}
    there = {
        f"{path.relative_to(pages).as_posix()}#{found}"
        for path in pages.glob("book/*.html")
        for found in re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    return [
        address
        for address in sorted(published)
        if address not in there
        and "#".join([moved.get(address.split("#")[0], ""), address.split("#")[1]]) not in there
    ]


def of_addresses(root: Path, pages: Path):
    """Published addresses that are gone, and new ones that are not listed as published."""
    listed = set((root / "tests" / "anchors.txt").read_text(encoding="utf-8").split())
    # The list is typed; what earlier editions published stands in their pages.
    earlier = set().union(*(anchors(root / "_editions" / e["version"]) for e in known(root)))
    for address in lost(root, pages, listed | earlier):
        yield f"address {address}: people cite it; give it back, or say where it went (gone)"
    for address in sorted(anchors(pages) - listed):
        yield f"address {address}: not in tests/anchors.txt; run make anchors"


def of_numbers(root: Path):
    """Facts, verdicts and conditions of the built book that are not the reviewed ones."""
    path = root / "tests" / "facts.json"
    reviewed = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    claims = json.loads((root / "_build/html/claims.json").read_text(encoding="utf-8"))["claims"]
    found = rounded(facts_of(root)) | {
        f"claim-{one['id'].lower()}": {"value": one["verdict"], "unit": "verdict"} for one in claims
    }
    for key in sorted(reviewed.keys() | found.keys()):
        was, now = (side.get(key, {}).get("value", "none") for side in (reviewed, found))
        if was != now:
            yield f"fact {key}: reviewed {was}, found {now}; look at it, then make facts"
    values = root / "tests" / "conditions.json"
    before = json.loads(values.read_text(encoding="utf-8")) if values.exists() else {}
    if before != conditions_of(root):
        yield "tests/conditions.json is not of this book; look at the values, then make facts"


def of_readme(root: Path):
    """Numbers of the README that are not those of the book."""
    path = root / "README.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if "It finds that" in text:
        for key, printed, found in readme_numbers(text, facts_of(root)):
            if printed != found:
                yield f"README.md: found {printed}, expected {found} ({key})"


def readme_numbers(text: str, facts: dict[str, dict]) -> list[tuple[str, str, str]]:
    """Each fact that the README quotes: key, the number as it stands there, as it should."""
    finds = text[text.index("It finds that") : text.index("\n\n![")]
    undated = finds.replace("the end of 2025", "").replace("22 June 2026", "")
    printed = re.findall(r"\d+(?:\.\d+)?", undated)
    printed += ["nothing"] * (len(FINDS) - len(printed))
    expected = [
        format(facts[key]["value"], spec) if key in facts else "no such fact" for key, spec in FINDS
    ]
    keys = [key for key, _ in FINDS]
    more = [("a number too many", one, "nothing") for one in printed[len(FINDS) :]]
    return [*zip(keys, printed, expected, strict=False), *more]
