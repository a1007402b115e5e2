"""What moved between two builds of the book: verdicts, findings, facts, figures, sentences.

As text for a request to merge (`as_text`), and as a page with the old and the new picture of each
figure side by side (`write_page`).
"""

import json
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path

import jinja2

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>What moved</title>
<style>
body { font: 16px/1.5 sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse } td, th { padding: .2rem .8rem .2rem 0; text-align: left;
  vertical-align: top; border-bottom: 1px solid #ccc }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1rem }
.pair img { width: 100%; border: 1px solid #ccc; background: white }
@media (prefers-color-scheme: dark) { body { background: #181818; color: #ddd } a { color: #9cf } }
</style>
<h1>What moved</h1>
{% for part in parts %}
<h2>{{ part.title }}</h2>
{% if part.rows %}
<table>
<tr>{% for name in part.head %}<th scope="col">{{ name }}</th>{% endfor %}</tr>
{% for row in part.rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>
{% endfor %}</table>
{% else %}<p>None.</p>{% endif %}
{% endfor %}
<h2>Pictures, old and new</h2>
{% for name in figures %}
<h3 id="{{ name }}">{{ name }}</h3>
<div class="pair">
{% for age in ("old", "new") %}
<figure><figcaption>{{ age }}</figcaption>
{% if (age, name) in pictures %}
<img src="pictures/{{ age }}/{{ name }}.svg" alt="{{ name }}, {{ age }}">
{% else %}<p>There is none.</p>{% endif %}</figure>
{% endfor %}
</div>
{% else %}<p>None.</p>
{% endfor %}
</html>
"""
# What a build says of a sentence that the data contradict, and of all else that is wrong.
_WARNING = re.compile(r"^(?P<place>\S+?\.md(?::\d+)?): (?:WARNING|ERROR): (?P<what>.*)$", re.M)


@dataclass
class Part:
    """A table of what moved."""

    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)


def compare(old: Path, new: Path) -> list[Part]:
    """What differs between the pages of two builds, as parts; the folders are `_build/html`."""
    both = old, new
    return [
        Part("Verdicts", ["claim", "old", "new", "reason"], _verdicts(*both)),
        Part("Findings", ["finding", "old", "new"], _findings(*both)),
        Part("Facts", ["fact", "old", "new"], _facts(*both)),
        Part("Figures", ["figure"], [[name] for name in figures(*both)]),
    ]


def _records(pages: Path, kind: str) -> dict[str, dict]:
    path = pages / f"{kind}.json"
    found = json.loads(path.read_text(encoding="utf-8"))[kind] if path.exists() else []
    return {one["id"]: one for one in found}


def _changed(old: Path, new: Path, kind: str, say) -> list[tuple[str, str, str, dict]]:
    """Id, old and new words, and the record, of each that `say` puts into other words."""
    before, after = _records(old, kind), _records(new, kind)
    found = []
    for name in sorted(before.keys() | after.keys()):
        was, now = (say(side[name]) if name in side else "none" for side in (before, after))
        if was != now:
            found.append((name, was, now, after.get(name, {})))
    return found


def _verdicts(old: Path, new: Path) -> list[list[str]]:
    def said(claim: dict) -> str:
        return f"{claim['verdict']}, confidence {claim['confidence']}".removesuffix(", confidence ")

    changed = _changed(old, new, "claims", said)
    return [[name, was, now, one.get("reason", "")] for name, was, now, one in changed]


def _findings(old: Path, new: Path) -> list[list[str]]:
    def said(finding: dict) -> str:
        return f"{finding['sentence']} ({finding['certainty']})"

    return [[name, was, now] for name, was, now, _ in _changed(old, new, "findings", said)]


def _facts(old: Path, new: Path) -> list[list[str]]:
    def said(fact: dict) -> str:
        value = fact["value"]
        text = f"{value:,.6g}" if isinstance(value, float) else str(value)
        return f"{text} {fact['unit']}".strip()

    return [[name, was, now] for name, was, now, _ in _changed(old, new, "facts", said)]


def figures(old: Path, new: Path) -> list[str]:
    """The figures whose drawing is another one, or that only one build has."""
    drawn = [
        {path.stem: path.read_bytes() for path in (pages / "_figures").glob("*.svg")}
        for pages in (old, new)
    ]
    return sorted(
        name
        for name in drawn[0].keys() | drawn[1].keys()
        if drawn[0].get(name) != drawn[1].get(name)
    )


def complaints(log: str, root: Path) -> list[list[str]]:
    """Place and words of each warning of a build, as of a sentence that no longer holds."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", log)
    found = {(one["place"], one["what"]): None for one in _WARNING.finditer(plain)}
    return [[place.replace(f"{root}/", ""), what] for place, what in found]


def typed(root: Path, words: list[str]) -> list[list[str]]:
    """Lines of pages and code that have one of some words in them, as an old day."""
    wanted = re.compile("|".join(map(re.escape, words)))
    places = [*root.glob("book/*.md"), *root.glob("book/**/*.py"), *root.glob("tools/*.py")]
    return [
        [f"{path.relative_to(root).as_posix()}:{number}", line.strip()]
        for path in sorted({*places, root / "README.md"})
        if path.exists()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if wanted.search(line)
    ]


def as_text(parts: list[Part]) -> str:
    """The parts in Markdown; a long one is folded."""
    said = ["# What moved\n"]
    for part in parts:
        said.append(f"## {part.title}: {len(part.rows) or 'none'}\n")
        if part.rows:
            lines = [part.head, ["---"] * len(part.head), *part.rows]
            table = "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines)
            long = len(part.rows) > 20
            said.append(
                f"<details><summary>All</summary>\n\n{table}\n\n</details>\n"
                if long
                else f"{table}\n"
            )
    return "\n".join(said)


def _cell(text: str) -> str:
    return str(text).replace("|", "\\|").replace("\n", " ")


def write_page(folder: Path, parts: list[Part], old: Path, new: Path) -> Path:
    """The parts as a page in `folder`, with the pictures beside it."""
    pictures = set()
    shutil.rmtree(folder / "pictures", ignore_errors=True)
    changed = figures(old, new)
    for age, pages in (("old", old), ("new", new)):
        (folder / "pictures" / age).mkdir(parents=True)
        for name in changed:
            if (drawing := pages / "_figures" / f"{name}.svg").exists():
                shutil.copyfile(drawing, folder / "pictures" / age / drawing.name)
                pictures.add((age, name))
    template = jinja2.Environment(autoescape=True).from_string(PAGE)
    page = folder / "moved.html"
    text = template.render(parts=parts, figures=changed, pictures=pictures)
    page.write_text(text, encoding="utf-8")
    return page
