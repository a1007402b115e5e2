"""The books that are compared: generated from this book's chapters, changed, and looked at."""

import ast
import json
import re
import shutil
from pathlib import Path

import jupytext
import yaml

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATIONS = ("stock", "this book")
# The steps and roles of this book that its chapters cannot do without, as an extension.
_NEEDED = """from _ext.cite import references
from _ext.page import claims, data_page, ledger, quotes


def setup(app):
    for part in (references, quotes, claims):
        part.register(app)
    app.add_directive("ledger", ledger.LedgerDirective)
    app.connect("config-inited", references.write_bib, priority=900)
    app.connect("source-read", data_page.write_sections)
    app.connect("doctree-read", quotes.collect_facts)
    app.connect("env-updated", quotes.rewrite_stale)
    app.connect("env-updated", references.rewrite)
    app.connect("doctree-resolved", references.add_links_back)
"""
# The value that changes: a chip's published figure, which one table of a chapter prints.
_TABLE, _ROW, _OLD, _NEW = "chips.csv", "H100 SXM,", "989.4", "992.4"
_PAGE, _SHOWN = "constraint", ">992<"
_SENTENCE = "\n\nThis sentence was changed.\n"

# A claim has one place in a book, so copies show claims as a table in the place of blocks.
_COPIED = """```{code-cell} ipython3
:tags: [remove-cell]

import computegap.show.claims
import computegap.show.facts
from IPython.display import HTML

_fact, _show = computegap.show.facts.fact, computegap.show.claims.show
computegap.show.facts.fact = lambda key, *rest: _fact(key + "@SUFFIX@", *rest)
computegap.show.claims.show = lambda *claim_ids: HTML(_show(*claim_ids)._repr_html_())
```
"""


def chapters(book: Path) -> list[Path]:
    """The pages with code cells."""
    pages = sorted((book / "book").glob("*.md"))
    return [page for page in pages if "```{code-cell}" in page.read_text(encoding="utf-8")]


def generate(folder: Path, configuration: str, times: int) -> Path:
    """A book of this project's pages, its chapters `times` over, in one of two configurations."""
    book = folder / f"{configuration.replace(' ', '-')}-{times}"
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in ("book", "data"):
        shutil.copytree(ROOT / name, book / name, ignore=ignored)
    copied = ("requirements.txt", "CITATION.cff", "CHANGELOG.md", "LICENSE")
    for name in (*copied, "_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, book / name)
    _multiply(book, times)
    if configuration == "stock":
        _make_stock(book)
    return book


def _multiply(book: Path, times: int) -> None:
    """Add copies of the chapters of the reading order, with labels, facts, claims of their own."""
    toc = yaml.safe_load((book / "_toc.yml").read_text(encoding="utf-8"))
    listed = {entry["file"] for part in toc["parts"] for entry in part["chapters"]}
    originals = [page for page in chapters(book) if f"book/{page.stem}" in listed]
    extra = []
    for copy in range(2, times + 1):
        for page in originals:
            suffix = f"-copy-{copy}"
            target = page.with_name(f"{page.stem}{suffix}.md")
            target.write_text(_copied(page, suffix), encoding="utf-8")
            extra.append({"file": f"book/{target.stem}"})
    if extra:
        toc["parts"].append({"caption": "Copies", "chapters": extra})
        (book / "_toc.yml").write_text(yaml.safe_dump(toc, sort_keys=False), encoding="utf-8")


def _copied(page: Path, suffix: str) -> str:
    text = page.read_text(encoding="utf-8")
    glue = ROOT / "_build" / "jupyter_execute" / "book" / f"{page.stem}.glue.json"
    for key in json.loads(glue.read_text(encoding="utf-8")) if glue.exists() else ():
        text = re.sub(rf"(\{{fact\}}`){re.escape(key)}(?=[:`])", rf"\g<1>{key}{suffix}", text)
    labels = set(re.findall(r"^\(([\w-]+)\)=$", text, re.MULTILINE))
    labels |= set(re.findall(r"^\s*name: ((?:fig|tab)-[\w-]+)$", text, re.MULTILINE))
    for label in labels:
        text = re.sub(rf"(?<![\w-]){re.escape(label)}(?![\w-])", label + suffix, text)
    first = text.index("```{code-cell}")
    return text[:first] + _COPIED.replace("@SUFFIX@", suffix) + "\n" + text[first:]


def _make_stock(book: Path) -> None:
    """Jupyter Book as it comes: its extensions, its cache, and Altair's own renderer."""
    path = book / "_config.yml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["sphinx"]["config"].pop("extensions")
    (book / "book" / "needed.py").write_text(_NEEDED, encoding="utf-8")
    config["sphinx"]["local_extensions"] = {"needed": "book"}
    config["execute"]["execute_notebooks"] = "cache"
    config["sphinx"]["config"]["html_theme_options"].pop("repository_url", None)
    path.write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    for page in chapters(book):
        text = page.read_text(encoding="utf-8")
        text = re.sub(r"^charts\.use\(.*\)$", "", text, flags=re.MULTILINE)
        page.write_text(text, encoding="utf-8")


def change_sentence(book: Path) -> None:
    page = book / "book" / f"{_PAGE}.md"
    page.write_text(page.read_text(encoding="utf-8") + _SENTENCE, encoding="utf-8")


def change_value(book: Path) -> None:
    _edit_value(book, _OLD, _NEW)


def undo_changes(book: Path) -> None:
    page = book / "book" / f"{_PAGE}.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace(_SENTENCE, ""), encoding="utf-8")
    _edit_value(book, _NEW, _OLD)


def _edit_value(book: Path, old: str, new: str) -> None:
    path = book / "data" / _TABLE
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    place = next(i for i, line in enumerate(lines) if line.startswith(_ROW))
    if old not in lines[place]:
        raise SystemExit(f"the bench changes {old!r} in {_TABLE}, which is no longer there")
    lines[place] = lines[place].replace(old, new)
    path.write_text("".join(lines), encoding="utf-8")


def shows_changed_value(book: Path) -> bool:
    """Whether the page that prints the changed value prints the new one."""
    html = (book / "_build" / "html" / "book" / f"{_PAGE}.html").read_text(encoding="utf-8")
    return re.sub(r"\s|</?p>", "", _SHOWN) in re.sub(r"\s|</?p>", "", html)


def as_scripts(book: Path) -> list[Path]:
    """Each chapter's code cells as a script beside it; last values are drawn as in a page."""
    scripts = []
    for page in chapters(book):
        notebook = jupytext.read(page)
        code = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
        script = page.with_suffix(".script.py")
        drawn = "from IPython.core.formatters import DisplayFormatter\n_draw = DisplayFormatter()\n"
        script.write_text(drawn + "\n".join(map(_drawing, code)), encoding="utf-8")
        scripts.append(script)
    return scripts


def _drawing(cell: str) -> str:
    tree = ast.parse(cell)
    if tree.body and isinstance(tree.body[-1], ast.Expr) and not cell.rstrip().endswith(";"):
        last = ast.unparse(tree.body[-1].value)
        tree.body[-1] = ast.parse(f"_draw.format({last})").body[0]
    return ast.unparse(tree)
