"""Never serve an old number: execute a notebook when anything it uses changed, and nothing else.

An executed notebook is kept with the list of the project's files that its kernel opened (see
recorder.py). It holds as long as its code cells, the environment, the names of all data files and
modules, and the contents of the listed files stay the same. Before Sphinx reads pages, notebooks
without a form that holds run in parallel, each in a kernel of its own; MyST-NB then gets stored
outputs. So a change of text executes nothing, and a change of data executes what read it.

Pages follow: a page is read again when its notebook's form is another one, and written again when
another page changed something that it may show (facts.py does so for quoted numbers).
"""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import myst_nb.sphinx_
import nbformat
from myst_nb.core.execute.base import NotebookClientBase
from sphinx.errors import ExtensionError
from sphinx.util import logging

from _ext.run import inputs
from _ext.run.execute import Store, execute, identity_of, read, reader_of
from _ext.run.inputs import ROOT
from _ext.run.kernels import CAN_FORK, Nursery

logger = logging.getLogger(__name__)

# Another value of the first reads all pages again; of the second, writes them again.
SETTINGS = (("book_machinery", "", "env"), ("book_static", "", "html"))


def prepare(app, config) -> None:
    config.book_machinery, config.book_static = inputs.machinery(), inputs.static()


# Which notebooks run


def load_store(app) -> None:
    app.book_store = Store(Path(app.outdir).parent / "executed")
    # docname -> (hash of the text, identity of its notebook), and docname -> form last read;
    # kept with Sphinx's environment, so that an unchanged page is not parsed again.
    for name in ("book_identities", "book_forms"):
        if not hasattr(app.env, name):
            setattr(app.env, name, {})


def _identity(env, docname: str) -> str:
    """The identity of a page's notebook; empty for a page without code cells."""
    text = inputs.file_hash(Path(env.doc2path(docname)))
    text = inputs.digest(text, inputs.environment(), *inputs.for_notebooks())
    known = env.book_identities.get(docname)
    if known is None or known[0] != text:
        notebook = read(env, docname)
        env.book_identities[docname] = (text, identity_of(notebook) if notebook else "")
    return env.book_identities[docname][1]


def find_outdated(app, env, added, changed, removed) -> list[str]:
    """Unchanged pages whose notebook has to run, or ran with other inputs than they show."""
    outdated = []
    for docname in env.found_docs - added - changed:
        identity = _identity(env, docname)
        form = app.book_store.find(docname, identity) if identity else None
        if identity and (form is None or form.name != env.book_forms.get(docname)):
            outdated.append(docname)
    return outdated


def execute_missing(app, env, docnames) -> None:
    """Run the notebooks among `docnames` that have no stored form, on all cores."""
    missing, forms = {}, {}
    for docname in docnames:
        if identity := _identity(env, docname):
            form = app.book_store.find(docname, identity)
            if form:
                forms[docname] = form
            else:
                missing[docname] = identity
    forms.update(_execute_all(app, env, missing))
    for docname in docnames:
        env.book_forms.pop(docname, None)
    env.book_forms.update({docname: form.name for docname, form in forms.items()})
    by_path = {Path(env.doc2path(docname)): form for docname, form in forms.items()}
    myst_nb.sphinx_.create_client = _stored_outputs(by_path)
    myst_nb.sphinx_.create_nb_reader = reader_of


def _execute_all(app, env, missing: dict[str, str]) -> dict[str, Path]:
    """Execute and store; the longest notebooks first, so that no core waits at the end."""
    if not missing:
        return {}
    # One notebook would wait for it as long as for its own kernel.
    nursery = Nursery() if len(missing) > 1 and CAN_FORK else None
    try:
        return _execute_in(app, env, missing, nursery)
    finally:
        if nursery:
            nursery.close()


def _execute_in(app, env, missing: dict[str, str], nursery: Nursery | None) -> dict[str, Path]:
    notebooks = {docname: read(env, docname) for docname in missing}
    # What a notebook may open is hashed before the first one runs.
    for name in inputs.for_notebooks():
        app.book_store.hash(name)

    def run(docname: str) -> tuple[Path, float]:
        start = time.monotonic()
        notebook, path = notebooks[docname], Path(env.doc2path(docname))
        opened = execute(path, notebook, app.config.nb_execution_timeout, nursery)
        form = app.book_store.add(docname, missing[docname], notebook, opened)
        return form, time.monotonic() - start

    forms, failures, began = {}, [], time.monotonic()
    with ThreadPoolExecutor(app.parallel) as pool:
        order = sorted(missing, key=lambda docname: -_length(notebooks[docname]))
        runs = {pool.submit(run, docname): docname for docname in order}
        for count, done in enumerate(as_completed(runs), start=1):
            docname = runs[done]
            name = Path(env.doc2path(docname)).relative_to(ROOT)
            if error := done.exception():
                failures.append(str(error))
                logger.info("failed   %s", name)
                continue
            forms[docname], seconds = done.result()
            logger.info("executed %s in %.1f s (%d of %d)", name, seconds, count, len(runs))
    logger.info("notebooks executed in %.1f s", time.monotonic() - began)
    if failures:
        raise ExtensionError("a notebook failed\n" + "\n".join(failures))
    return forms


def _code(notebook) -> list:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _length(notebook) -> int:
    return sum(len(cell.source) for cell in _code(notebook))


def _stored_outputs(forms: dict[Path, Path]):
    """A stand-in for MyST-NB's choice of client: it hands back stored outputs."""

    class StoredOutputs(NotebookClientBase):
        def start_client(self) -> None:
            if self.path not in forms:
                return
            done = nbformat.read(forms[self.path], as_version=4)
            if identity_of(done) != identity_of(self.notebook):
                raise ExtensionError(f"{self.path.name} was changed while the book was built")
            # Text may have come or gone between the code cells since.
            for cell, executed in zip(_code(self.notebook), _code(done), strict=True):
                cell.outputs = executed.outputs
                cell.execution_count = executed.execution_count
            self.notebook.metadata["language_info"] = done.metadata.get("language_info", {})

    def create_client(notebook, source, nb_config, log, read_fmt=None):
        return StoredOutputs(notebook, Path(source), nb_config, log)

    return create_client


# Which pages are written


def find_affected(app, env) -> set[str]:
    """All pages, if what others may show of one changed, or if the last build was another kind.

    That is titles, numbers, labels and verdicts. Sphinx rewrites pages that changed themselves,
    and leaves old titles and numbers in others.
    """
    labels: dict[str, list] = {}
    for label, (docname, anchor, title) in env.get_domain("std").labels.items():
        labels.setdefault(docname, []).append((label, anchor, title))
    for domain in env.domains.values():
        if domain.name not in ("std", "fact"):
            for name, shown, kind, docname, anchor, _ in domain.get_objects():
                labels.setdefault(docname, []).append((domain.name, kind, name, shown, anchor))
    shown = {
        docname: repr(
            (
                env.titles[docname].astext(),
                sorted(env.toc_secnumbers.get(docname, {}).items()),
                sorted(
                    (k, sorted(v.items())) for k, v in env.toc_fignumbers.get(docname, {}).items()
                ),
                sorted(labels.get(docname, []), key=repr),
            )
        )
        for docname in sorted(env.found_docs)
        if docname in env.titles
    }
    # Builders share the environment: what another one has noted as written is not written here.
    said = (app.builder.name, shown)
    before, env.book_said = getattr(env, "book_said", None), said
    return set(env.found_docs) if before != said else set()


def forget_removed_pages(app, env, added, changed, removed) -> list[str]:
    """Remove what earlier builds wrote for pages that are gone; Sphinx leaves it."""
    folder = Path(app.outdir)
    for docname in removed:
        for name in (
            f"{docname}{getattr(app.builder, 'out_suffix', '.html')}",
            f"_sources/{docname}.md",
            f"../jupyter_execute/{docname}.ipynb",
            f"../jupyter_execute/{docname}.glue.json",
        ):
            (folder / name).unlink(missing_ok=True)
    return []
