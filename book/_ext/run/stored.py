"""Hands executed notebooks to MyST-NB, as the reader of a format of its own for each page.

MyST-NB takes the outputs that a reader returns and, with execution off, adds none.
"""

import nbformat
from sphinx.errors import ExtensionError

from _ext.run.execute import identity_of, parsed

# The environment of this build, and the executed form of each page; set before pages are read.
_env = None
_forms: dict = {}


def offer(env, forms: dict) -> None:
    """Let MyST-NB read these pages here; `forms` has the executed notebook of each."""
    global _env
    _env = env
    _forms.clear()
    _forms.update(forms)
    for page in forms:
        # A page's whole path is the longest suffix that can match it.
        env.mystnb_config.custom_formats[f"{page}.md"] = (f"{__name__}.read", {"page": page}, False)


def read(text: str, page: str):
    """A page as a notebook with the outputs of its executed form."""
    notebook = parsed(_env, _env.doc2path(page), text)
    done = nbformat.read(_forms[page], as_version=4)
    if notebook is None or identity_of(done) != identity_of(notebook):
        raise ExtensionError(f"{page}.md was changed while the book was built")
    # Text may have come or gone between the code cells since.
    for cell, executed in zip(code(notebook), code(done), strict=True):
        cell.outputs = executed.outputs
        cell.execution_count = executed.execution_count
    notebook.metadata["language_info"] = done.metadata.get("language_info", {})
    return notebook


def code(notebook) -> list:
    """The code cells of a notebook."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]
