"""What reaches into Sphinx, MyST-NB and the bibliography: each place with why, and guarded.

Most of it makes builds fast beside the stored notebooks, by keeping work that Sphinx would do
again; nothing here changes a page. `guards.py` has the versions that it was tried with; with
others a place is left out. `make bench` compares builds with those of a stock Jupyter Book.
"""

import gc
import os
import sys
import traceback
from functools import partial
from pathlib import Path
from types import ModuleType

import sphinx.builders
from docutils import nodes
from jinja2 import FileSystemBytecodeCache
from sphinx import addnodes
from sphinx.application import BuildPhase
from sphinx.domains.std import StandardDomain
from sphinx.environment import CONFIG_OK
from sphinx.environment.collectors.toctree import TocTreeCollector
from sphinx.util import logging
from sphinx.util.display import status_iterator
from sphinx.util.parallel import ParallelTasks

from _ext.cite.references import BookStyle
from _ext.guards import patch

logger = logging.getLogger(__name__)

# The process


@patch("myst-nb", without="the ways to execute that this book does not use are loaded")
def leave_out_unused_clients() -> None:
    """Stand in for MyST-NB's ways to execute, which load a database; this book has its own."""
    for name in ("cache", "direct", "inline"):
        unused = ModuleType(f"myst_nb.core.execute.{name}")
        setattr(unused, f"NotebookClient{name.capitalize()}", None)
        sys.modules.setdefault(unused.__name__, unused)


def collect_rarely() -> None:
    """Look for garbage less often: a build makes millions of objects and keeps nearly all."""
    gc.set_threshold(1_000_000, 50, 1000)


def free_nothing_at_the_end(app, error) -> None:
    """The process ends, and taking all pages apart first takes a second."""
    gc.freeze()


# All cores


def use_all_cores(app, config) -> None:
    # Jupyter Book has no option for it.
    app.parallel = cores()
    # Two extensions of Jupyter Book do not say that they are safe to read in parallel with. One
    # numbers pages after reading, the other acts in LaTeX builds only.
    _let_pages_be_read_beside(app)


@patch(
    "sphinx-multitoc-numbering",
    "sphinx-jupyterbook-latex",
    without="pages are read one after another",
)
def _let_pages_be_read_beside(app) -> None:
    for name in ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"):
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


def cores() -> int:
    """How many cores this process may use; in a container that is fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@patch("sphinx", without="pages are read and written in batches of ten")
def share_evenly(app) -> None:
    """Let each core read pages of the same length, and write each page on the next free core.

    Sphinx gives pages out in batches of up to ten, in the order of their names.
    """
    sphinx.builders.make_chunks = partial(_shares, app.env)
    if app.builder.format == "html":
        app.builder._write_parallel = partial(_write_pages, app)


def _shares(env, docnames: list[str], count: int) -> list[list[str]]:
    """Pages in `count` shares of about the same length, the longest pages first."""
    shares = [[] for _ in range(count)]
    lengths = [0] * count
    for docname in _longest_first(env, docnames):
        least = lengths.index(min(lengths))
        shares[least].append(docname)
        lengths[least] += _length(env, docname)
    return [share for share in shares if share]


def _longest_first(env, docnames) -> list[str]:
    return sorted(docnames, key=lambda docname: (-_length(env, docname), docname))


def _length(env, docname: str) -> int:
    return Path(env.doc2path(docname)).stat().st_size


def _write_pages(app, docnames, nproc: int) -> None:
    """Resolve pages here, and write each in a process of its own while the search index is made.

    The shortest is written here: first, if many follow, so that they find templates and lexers
    loaded; else last, while the others are written.
    """
    builder, tasks = app.builder, ParallelTasks(app.parallel)
    *rest, shortest = _longest_first(app.env, docnames)
    order = [shortest, *rest] if len(rest) > app.parallel else [*rest, shortest]
    index_page, resolved = builder.index_page, []
    builder.index_page = lambda *page: resolved.append(page)
    for docname in status_iterator(
        order, "writing output... ", "darkgreen", len(order), app.verbosity
    ):
        app.phase = BuildPhase.RESOLVING
        doctree = app.env.get_and_resolve_doctree(docname, builder)
        app.phase = BuildPhase.WRITING
        builder.write_doc_serialized(docname, doctree)
        if docname != shortest:
            tasks.add_task(partial(_write_page, builder, docname), doctree)
        index_page(*resolved.pop())
        if docname == shortest:
            builder.write_doc(docname, doctree)
    builder.index_page = index_page
    tasks.join()


def _write_page(builder, docname: str, doctree) -> None:
    """Write a page, or say why not: Sphinx ends its tasks without a word when one fails early."""
    try:
        builder.write_doc(docname, doctree)
    except Exception:
        # As text: what a worker says is pickled.
        said = traceback.format_exc().strip()
        logger.warning("the page could not be written: %s", said, location=docname)


# Templates


@patch("sphinx", "jinja2", without="templates are compiled in every build")
def keep_templates(app) -> None:
    """Keep the theme's compiled templates, which Sphinx compiles in every build."""
    if app.builder.format == "html":
        kept = Path(app.outdir).parent / "templates"
        kept.mkdir(exist_ok=True)
        app.builder.templates.environment.bytecode_cache = FileSystemBytecodeCache(str(kept))


# The bibliography


@patch("sphinxcontrib-bibtex", without="each source is formatted in every build")
def keep_formatted(app, env) -> None:
    """Hand the sources that the last build formatted to the style, unless a setting changed."""
    if env.config_status == CONFIG_OK:
        for citation in env.get_domain("cite").citations:
            BookStyle.formatted[citation.key] = (citation.entry, citation.formatted_entry)


# Numbers of figures and tables. Sphinx unpickles all pages to count them, and a page for each
# reference by number; outlines have all that it looks at.

_KEPT = (nodes.caption, nodes.title)


def keep_outline(app, doctree) -> None:
    outlined = outline(doctree) or nodes.Element()
    outlined.ids = {one: node for node in outlined.findall(nodes.Element) for one in node["ids"]}
    # A copy knows the page that it came from, which would be kept whole.
    for node in outlined.findall():
        node.document = None
    _outlines(app.env)[app.env.docname] = outlined


def outline(node: nodes.Element) -> nodes.Element | None:
    """A copy of a node that holds only what is numbered or numbers, and its captions; or None."""
    if isinstance(node, _KEPT):
        return node.deepcopy()
    inner = [outline(child) for child in node if isinstance(child, nodes.Element)]
    inner = [child for child in inner if child is not None]
    if not inner and not isinstance(node, addnodes.toctree | nodes.literal_block):
        return None
    copy = nodes.Element() if isinstance(node, nodes.document) else node.copy()
    copy.rawsource = ""
    copy += inner
    return copy


def _outlines(env) -> dict[str, nodes.Element]:
    if not hasattr(env, "book_outlines"):
        env.book_outlines = {}
    return env.book_outlines


def forget_outline(app, env, docname: str) -> None:
    _outlines(env).pop(docname, None)


def merge_outlines(app, env, docnames, other) -> None:
    found = _outlines(other)
    _outlines(env).update({docname: found[docname] for docname in docnames})


class _Outlined:
    """The environment, with outlines in the place of doctrees."""

    def __init__(self, env):
        self.__dict__["env"] = env

    def __getattr__(self, name: str):
        return getattr(self.env, name)

    def __setattr__(self, name: str, value) -> None:
        setattr(self.env, name, value)

    def get_doctree(self, docname: str):
        return _outlines(self.env)[docname]


@patch("sphinx", without="all pages are unpickled for the numbers of figures")
def number_from_outlines(app) -> None:
    """Let Sphinx number figures, and references to them, from outlines."""
    app.add_domain(OutlinedStandardDomain, override=True)
    assign = TocTreeCollector.assign_figure_numbers
    if assign.__module__ != __name__:

        def assign_figure_numbers(self, env):
            return assign(self, _Outlined(env))

        TocTreeCollector.assign_figure_numbers = assign_figure_numbers


class OutlinedStandardDomain(StandardDomain):
    """Sphinx's own domain, except that a reference by number looks into an outline."""

    def _resolve_numref_xref(self, env, fromdocname, builder, typ, target, *nodes_):
        label = self.labels.get(target) or self.anonlabels.get(target) or ("", "")
        if label[1] in getattr(_outlines(env).get(label[0]), "ids", {}):
            env = _Outlined(env)
        return super()._resolve_numref_xref(env, fromdocname, builder, typ, target, *nodes_)


def apply(app) -> None:
    # Jupyter Book sets it for an extension that this book does not load.
    app.add_config_value("comments_config", {}, "")
    collect_rarely()
    number_from_outlines(app)
