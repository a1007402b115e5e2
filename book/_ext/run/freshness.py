"""Never serve an old number: execute a notebook when anything it uses changed, and nothing else.

An executed notebook is kept with what of the project its kernel used (see recorder.py): files,
entries of the data package, and calls of quantities with what they gave. It holds as long as its
code cells, the environment and all of these stay the same. Before Sphinx reads pages, notebooks
without a form that holds run in parallel, each in a kernel of its own; MyST-NB then reads stored
outputs (stored.py). So a change of text executes nothing, and a change of data what it reaches.

Pages follow: a page is read again when its notebook's form is another one, and written again when
another page changed something that it may show (page/quotes.py does so for quoted numbers).
"""

import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from sphinx.addnodes import pending_xref
from sphinx.errors import ExtensionError
from sphinx.util import logging

from _ext.guards import patch
from _ext.run import inputs, stored
from _ext.run.execute import execute, identity_of, read
from _ext.run.inputs import ROOT
from _ext.run.kernels import CAN_FORK, Nursery
from _ext.run.store import Store

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
    text = inputs.digest(text, inputs.environment())
    known = env.book_identities.get(docname)
    if known is None or known[0] != text:
        notebook = read(env, docname)
        env.book_identities[docname] = (text, identity_of(notebook) if notebook else "")
    return env.book_identities[docname][1]


def find_outdated(app, env, added, changed, removed) -> list[str]:
    """Unchanged pages whose notebook has to run, or ran with other inputs than they show."""
    identities = _identities(env, env.found_docs - added - changed)
    forms = app.book_store.find_all(identities)
    return [
        docname
        for docname in identities
        if docname not in forms or forms[docname].name != env.book_forms.get(docname)
    ]


def _identities(env, docnames) -> dict[str, str]:
    """The identities of the notebooks among some pages."""
    found = {docname: _identity(env, docname) for docname in sorted(docnames)}
    return {docname: identity for docname, identity in found.items() if identity}


def execute_missing(app, env, docnames) -> None:
    """Run the notebooks among `docnames` that have no stored form, on all cores."""
    identities = _identities(env, docnames)
    forms = app.book_store.find_all(identities)
    missing = {docname: identities[docname] for docname in identities if docname not in forms}
    forms.update(_execute_all(app, env, missing))
    for docname in docnames:
        env.book_forms.pop(docname, None)
    env.book_forms.update({docname: form.name for docname, form in forms.items()})
    stored.offer(env, forms)


def _execute_all(app, env, missing: dict[str, str]) -> dict[str, Path]:
    """Execute and store; the longest notebooks first, so that no core waits at the end."""
    if not missing:
        return {}
    # One notebook would wait for it as long as for its own kernel.
    nursery = _nursery() if len(missing) > 1 and CAN_FORK else None
    try:
        return _execute_in(app, env, missing, nursery)
    finally:
        if nursery:
            nursery.close()


@patch("jupyter-client", "ipykernel", without="each kernel starts and imports by itself")
def _nursery() -> Nursery:
    return Nursery()


def _execute_in(app, env, missing: dict[str, str], nursery: Nursery | None) -> dict[str, Path]:
    notebooks = {docname: read(env, docname) for docname in missing}
    app.book_store.hash_all()

    def run(docname: str) -> tuple[Path, float]:
        start = time.monotonic()
        notebook, path = notebooks[docname], Path(env.doc2path(docname))
        used = execute(path, notebook, app.config.nb_execution_timeout, nursery)
        form = app.book_store.add(docname, missing[docname], notebook, used)
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


def _length(notebook) -> int:
    return sum(len(cell.source) for cell in stored.code(notebook))


# Which pages are written


def note_references(app, doctree) -> None:
    """Remember what a page refers to, by the names that it uses."""
    found = doctree.findall(pending_xref)
    _references(app.env)[app.env.docname] = {node["reftarget"].lower() for node in found}


def _references(env) -> dict[str, set[str]]:
    if not hasattr(env, "book_references"):
        env.book_references = {}
    return env.book_references


def forget_references(app, env, docname: str) -> None:
    _references(env).pop(docname, None)


def merge_references(app, env, docnames, other) -> None:
    _references(env).update({docname: _references(other)[docname] for docname in docnames})


def find_affected(app, env) -> set[str]:
    """Pages that may show something of another page that has changed since they were written.

    Titles and numbers of pages, sections and figures stand on many: where one changed, or the last
    build was of another kind, all pages are written. A page that refers to a thing by its name is
    written when the thing has another place, title or verdict. Sphinx rewrites pages that changed
    themselves, and leaves old titles and numbers in others.
    """
    # Builders share the environment: what another one has noted as written is not written here.
    shared, named = (app.builder.name, _titles_and_numbers(env)), _named_things(env)
    before, env.book_shown = getattr(env, "book_shown", (None, {})), (shared, named)
    if before[0] != shared:
        return set(env.found_docs)
    changed = {name for name, _ in set(named.items()) ^ set(before[1].items())}
    return {page for page, names in _references(env).items() if names & changed}


def _titles_and_numbers(env) -> dict[str, str]:
    def numbers(of_pages, docname: str) -> list:
        return sorted((str(key), str(value)) for key, value in of_pages.get(docname, {}).items())

    return {
        docname: repr(
            [
                env.titles[docname].astext(),
                numbers(env.toc_secnumbers, docname),
                numbers(env.toc_fignumbers, docname),
            ]
        )
        for docname in sorted(env.found_docs)
        if docname in env.titles
    }


def _named_things(env) -> dict[str, str]:
    """Place, title and the like of everything that a page can refer to by its name."""
    labels = env.get_domain("std").labels.items()
    named = {label.lower(): repr(place) for label, place in labels}
    for domain in env.domains.values():
        if domain.name not in ("std", "fact"):
            for name, *shown, _ in domain.get_objects():
                named[name.lower()] = repr((domain.name, shown))
    return named


def forget_removed_pages(app, env, added, changed, removed) -> list[str]:
    """Remove what earlier builds wrote for pages that are gone; Sphinx leaves it."""
    folder = Path(app.outdir)
    for docname in removed:
        for name in (
            f"{docname}{getattr(app.builder, 'out_suffix', '.html')}",
            f"{docname}.md",
            f"_sources/{docname}.md",
            f"../jupyter_execute/{docname}.ipynb",
            f"../jupyter_execute/{docname}.glue.json",
        ):
            (folder / name).unlink(missing_ok=True)
    return []
