"""Executed notebooks: how one is run, where it is kept, and how long it holds."""

import copy
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path

import nbformat
from myst_nb.core.read import create_nb_reader

from _ext.run import inputs
from _ext.run.inputs import ROOT
from _ext.run.kernels import Nursery, is_possible

# Older forms of a notebook are kept too, so that undoing a change executes nothing.
_FORMS_KEPT = 4
# Tags that change how a cell is executed; all others are about how it is shown.
_EXECUTION_TAGS = {"raises-exception", "skip-execution"}


# What this build has read, by its text, before any of it was executed.
_read: dict = {}


def read(env, docname: str):
    """A page as a notebook, or None if it has no code cells."""
    path = env.doc2path(docname)
    text = Path(path).read_text(encoding="utf-8")
    reader = create_nb_reader(path, env.myst_config, env.mystnb_config, text)
    notebook = reader.read(text) if reader else None
    if notebook is None or all(cell.cell_type != "code" for cell in notebook.cells):
        return None
    _read[text] = copy.deepcopy(notebook)
    return notebook


def reader_of(path, md_config, nb_config, text: str):
    """MyST-NB's choice of a reader, which here need not parse a page that `read` has parsed."""
    reader = create_nb_reader(path, md_config, nb_config, text)
    if reader and text in _read:
        reader.read = lambda text: copy.deepcopy(_read[text])
    return reader


def identity_of(notebook) -> str:
    """A hash of all that a notebook's outputs depend on, less the contents of files it opens."""
    parts = [notebook.metadata.get("kernelspec", {}).get("name", "")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts += [cell.source, *sorted(_EXECUTION_TAGS & set(cell.metadata.get("tags", [])))]
    return inputs.digest(inputs.environment(), *inputs.for_notebooks(), *parts)


class Store:
    """The executed forms of notebooks, in a folder for each page.

    A form is two files: `<form>.ipynb`, and `<form>.json` with its identity, its hash and that of
    each file that it opened. It holds as long as all of these are what they were.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        # What files held when this build first asked: outputs are stored for these contents.
        self.hashes: dict[str, str] = {}

    def hash(self, name: str) -> str:
        if name not in self.hashes:
            self.hashes[name] = inputs.file_hash(ROOT / name)
        return self.hashes[name]

    def find(self, docname: str, identity: str) -> Path | None:
        """The form of a page's notebook that holds, if there is one."""
        for path in (self.folder / docname).glob("*.json"):
            try:
                form = json.loads(path.read_text(encoding="utf-8"))
                holds = self._holds(form, identity, path.with_suffix(".ipynb"))
            except (ValueError, KeyError, TypeError, AttributeError):
                # Damaged, as a power cut may leave it: it is as if it were not there.
                continue
            if holds:
                return path.with_suffix(".ipynb")
        return None

    def _holds(self, form: dict, identity: str, notebook: Path) -> bool:
        return (
            form["identity"] == identity
            and all(value == self.hash(name) for name, value in form["opened"].items())
            and form["notebook"] == inputs.file_hash(notebook)
        )

    def add(self, docname: str, identity: str, notebook, opened: set[str]) -> Path:
        """Keep an executed notebook. A file that changed while it ran is a `RuntimeError`."""
        contents = {name: self.hash(name) for name in sorted(opened)}
        for name, value in contents.items():
            if inputs.file_hash(ROOT / name) != value:
                raise RuntimeError(f"{name} was changed while notebooks ran; build again")
        folder = self.folder / docname
        folder.mkdir(parents=True, exist_ok=True)
        form = folder / inputs.digest(identity, json.dumps(contents))[:24]
        # The description last: a form without it does not exist.
        executed = form.with_suffix(".ipynb")
        _write(executed, nbformat.writes(notebook))
        known = {"identity": identity, "opened": contents, "notebook": inputs.file_hash(executed)}
        _write(form.with_suffix(".json"), json.dumps(known, indent=1))
        for old in sorted(folder.glob("*.json"), key=os.path.getmtime)[:-_FORMS_KEPT]:
            old.unlink()
            old.with_suffix(".ipynb").unlink(missing_ok=True)
        return executed


def _write(path: Path, text: str) -> None:
    """Write a file in one step, so that a killed build leaves no half of it."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def execute(path: Path, notebook, timeout: int, nursery: Nursery | None = None) -> set[str]:
    """Execute a notebook in its own folder; returns the names of the project's files it opened.

    Its kernel is forked from the `nursery`, where there is one that can do it.
    Raises `RuntimeError` with file, line and error of a cell that fails.
    """
    # Imported late: most builds execute nothing.
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    with tempfile.TemporaryDirectory(prefix="book-") as folder:
        # Sockets in a private folder: over TCP any user of the machine could connect, and
        # jupyter-client says so on each start. A socket path may have 107 characters at most.
        manager = AsyncKernelManager(
            kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
            transport="ipc" if sys.platform != "win32" else "tcp",
            connection_file=f"{folder}/{uuid.uuid4().hex[:8]}.json",
        )
        if nursery and is_possible(manager.kernel_spec.argv):
            manager.provisioner = _warm(manager, nursery)
        log = Path(folder, "opened")
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=timeout,
            resources={"metadata": {"path": str(path.parent)}},
            extra_arguments=[f"--IPKernelApp.exec_lines={_recording(log)}"],
        )
        try:
            # The manager is ours, so the client has to be told to shut the kernel down.
            client.execute(cleanup_kc=True)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            raise RuntimeError(_place(path, notebook, error)) from error
        opened = set(log.read_text(encoding="utf-8").splitlines())
    # A program that the notebook started may have read anything.
    return (opened - {"*"}) | set(inputs.for_notebooks()) if "*" in opened else opened


def _warm(manager, nursery: Nursery):
    """What Jupyter starts a kernel with, here by a fork."""
    from jupyter_client.provisioning import LocalProvisioner

    class Provisioner(LocalProvisioner):
        async def launch_kernel(self, cmd, cwd=".", env=None, **kwargs):
            self.process = nursery.fork(cmd, cwd, dict(env or os.environ))
            self.pid = self.pgid = self.process.pid
            self.cwd = cwd
            return self.connection_info

    return Provisioner(kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager)


def _recording(log: Path) -> str:
    """The line of code that starts recorder.py in a kernel and leaves no name behind."""
    recorder = Path(__file__).with_name("recorder.py")
    run = f"__import__('runpy').run_path({str(recorder)!r})"
    return f"{run}['install']({str(log)!r}, {str(ROOT)!r})"


def _place(path: Path, notebook, error: Exception) -> str:
    """The failing cell as `file:line: error`, with its code."""
    lines = notebook.metadata.get("source_map", [])
    for index, cell in enumerate(notebook.cells):
        raised = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        if raised:
            line = lines[index] + 1 if index < len(lines) else index
            said = f"{raised[0].ename}: {raised[0].evalue}"
            return f"{path.relative_to(ROOT)}:{line}: {said}\n\n{cell.source}\n"
    return f"{path.relative_to(ROOT)}: {type(error).__name__}: {error}"
