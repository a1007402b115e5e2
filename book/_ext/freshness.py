"""Never serve an old number: check the data, and execute a notebook when anything it uses changed.

Executed notebooks are kept under a hash of their code cells, the data, the helper package, the
lock file and the Python version. Before Sphinx reads pages, those that are missing run in
parallel, each in a kernel of its own; MyST-NB then gets the stored outputs. So a change of text
executes nothing, and a change of data can not leave an old number on a page.
"""

import hashlib
import os
import platform
import sys
import tempfile
import time
import uuid
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import myst_nb.sphinx_
import nbformat
from jupyter_client.manager import AsyncKernelManager
from myst_nb.core.execute.base import NotebookClientBase
from myst_nb.core.read import create_nb_reader
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sphinx.errors import ExtensionError
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
INPUTS = ("data/*.csv", "data/*.json", "book/computegap/*.py", "requirements.txt")

logger = logging.getLogger(__name__)


# The data


def inputs_hash() -> str:
    """A hash of the names and contents of all files that a notebook may depend on."""
    digest = hashlib.sha256(platform.python_version().encode())
    for path in sorted(path for pattern in INPUTS for path in ROOT.glob(pattern)):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def data_problems() -> list[str]:
    """What is wrong in the data package, one line each: file, row, column, what is wrong."""
    # Imported late: frictionless takes a second, and most builds have nothing new to check.
    from frictionless import Package

    report = Package(str(ROOT / "data" / "datapackage.json")).validate()
    lines = [str(error.message) for error in report.errors]
    for task in report.tasks:
        lines += [f"data/{task.place}{_where(error)}: {error.note}" for error in task.errors]
    return lines


def _where(error) -> str:
    """The place of a frictionless error, as far as it has one."""
    row, field = getattr(error, "row_number", None), getattr(error, "field_name", None)
    cell = getattr(error, "cell", None)
    return (
        (f", row {row}" if row else "")
        + (f", column {field!r}" if field else "")
        + (f", found {cell!r}" if cell else "")
    )


def check_data(build: Path, key: str) -> None:
    """Refuse bad data before a notebook runs; remember data that were found good."""
    mark = build / "checked" / key[:16]
    if mark.exists():
        return
    if problems := data_problems():
        raise ExtensionError("the data do not fit their schemas\n" + "\n".join(problems))
    mark.parent.mkdir(parents=True, exist_ok=True)
    mark.touch()


def prepare(app, config) -> None:
    build = Path(app.outdir).parent
    config.book_inputs = inputs_hash()
    check_data(build, config.book_inputs)
    _read_in_parallel(app)
    myst_nb.sphinx_.create_client = _stored_client(build, config.book_inputs)


def _cores() -> int:
    """How many cores this process may use; in a container that is fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def _read_in_parallel(app) -> None:
    # Jupyter Book has no option for it.
    app.parallel = _cores()
    # Two extensions of Jupyter Book do not say that they are safe to read in parallel with. One
    # numbers pages after reading, the other acts in LaTeX builds only.
    for name in ("sphinx_multitoc_numbering", "sphinx_jupyterbook_latex"):
        if name in app.extensions:
            app.extensions[name].parallel_read_safe = True


# The notebooks


def stored_path(build: Path, notebook, inputs: str) -> Path:
    """Where the executed form of a notebook is kept, by all that its outputs depend on."""
    digest = hashlib.sha256(inputs.encode())
    for cell in notebook.cells:
        if cell.cell_type == "code":
            digest.update(cell.source.encode() + b"\0")
    return build / "executed" / f"{digest.hexdigest()[:24]}.ipynb"


def execute_missing(app, env, docnames) -> None:
    """Run the notebooks among `docnames` whose executed form is not stored, all cores at once."""
    build, missing = Path(app.outdir).parent, {}
    for docname in docnames:
        path = Path(env.doc2path(docname))
        reader = create_nb_reader(
            str(path), env.myst_config, env.mystnb_config, path.read_text(encoding="utf-8")
        )
        notebook = reader.read(path.read_text(encoding="utf-8")) if reader else None
        if notebook is None or all(cell.cell_type != "code" for cell in notebook.cells):
            continue
        stored = stored_path(build, notebook, app.config.book_inputs)
        if not stored.exists():
            missing[path] = (notebook, stored)
    if missing:
        _execute_all(missing, app.config.nb_execution_timeout)


def _execute_all(missing: dict, timeout: int) -> None:
    failures = []
    with ThreadPoolExecutor(_cores()) as pool:
        runs = {pool.submit(_execute, path, *job, timeout): path for path, job in missing.items()}
        for count, run in enumerate(as_completed(runs), start=1):
            name = runs[run].relative_to(ROOT)
            if error := run.exception():
                failures.append(str(error))
                logger.info("failed   %s", name)
            else:
                logger.info(
                    "executed %s in %.1f s (%d of %d)", name, run.result(), count, len(runs)
                )
    if failures:
        raise ExtensionError("a notebook failed\n" + "\n".join(failures))


def _execute(path: Path, notebook, stored: Path, timeout: int) -> float:
    """Execute one notebook in its own folder and store it in one step; returns the seconds."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        # Sockets in a private folder: over TCP any user of the machine could connect, and
        # jupyter-client says so on each start. A socket path may have 107 characters at most.
        manager = AsyncKernelManager(
            kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
            transport="ipc" if sys.platform != "win32" else "tcp",
            connection_file=f"{folder}/{uuid.uuid4().hex[:8]}.json",
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=timeout,
            resources={"metadata": {"path": str(path.parent)}},
        )
        try:
            # The manager is ours, so the client has to be told to shut the kernel down.
            client.execute(cleanup_kc=True)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise RuntimeError(_place(path, notebook, error)) from error
    stored.parent.mkdir(parents=True, exist_ok=True)
    partial = stored.with_suffix(f".{uuid.uuid4().hex}")
    nbformat.write(notebook, partial)
    partial.replace(stored)
    return time.monotonic() - start


def _place(path: Path, notebook, error: Exception) -> str:
    """The failing cell as `file:line: error`, with the last lines of its code."""
    lines = notebook.metadata.get("source_map", [])
    for index, cell in enumerate(notebook.cells):
        raised = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        if raised:
            line = lines[index] + 1 if index < len(lines) else index
            said = f"{raised[0].ename}: {raised[0].evalue}"
            return f"{path.relative_to(ROOT)}:{line}: {said}\n\n{cell.source}\n"
    return f"{path.relative_to(ROOT)}: {type(error).__name__}: {error}"


def _stored_client(build: Path, inputs: str):
    """A stand-in for MyST-NB's choice of client: it hands back stored outputs."""

    class StoredOutputs(NotebookClientBase):
        def start_client(self) -> None:
            if all(cell.cell_type != "code" for cell in self.notebook.cells):
                return
            done = nbformat.read(stored_path(build, self.notebook, inputs), as_version=4)
            for cell, executed in zip(self.notebook.cells, done.cells, strict=True):
                if cell.cell_type == "code":
                    cell.outputs = executed.outputs
                    cell.execution_count = executed.execution_count
            self.notebook.metadata["language_info"] = done.metadata.get("language_info", {})

    def create_client(notebook, source, nb_config, log, read_fmt=None):
        return StoredOutputs(notebook, Path(source), nb_config, log)

    return create_client


def setup(app):
    app.add_config_value("book_inputs", "", "env")
    app.connect("config-inited", prepare)
    app.connect("env-before-read-docs", execute_missing)
    return {"version": "2", "parallel_read_safe": True, "parallel_write_safe": True}
