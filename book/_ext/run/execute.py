"""How a notebook is read and run."""

import copy
import dataclasses
import json
import os
import sys
import tempfile
import uuid
from pathlib import Path

from myst_nb.core.read import create_nb_reader

from _ext.run import inputs
from _ext.run.inputs import ROOT
from _ext.run.kernels import Nursery, is_possible
from _ext.run.store import Used

# Tags that change how a cell is executed; all others are about how it is shown.
_EXECUTION_TAGS = {"raises-exception", "skip-execution"}


# What this build has read, by its text, before any of it was executed.
_read: dict = {}


def read(env, docname: str):
    """A page as a notebook without outputs, or None if it has no code cells."""
    path = env.doc2path(docname)
    return parsed(env, path, Path(path).read_text(encoding="utf-8"))


def parsed(env, path: str, text: str):
    """The text of a page as a notebook without outputs, or None if it has no code cells."""
    if text not in _read:
        plain = dataclasses.replace(env.mystnb_config, custom_formats={})
        reader = create_nb_reader(path, env.myst_config, plain, text)
        notebook = reader.read(text) if reader else None
        has_code = notebook and any(cell.cell_type == "code" for cell in notebook.cells)
        _read[text] = notebook if has_code else None
    return copy.deepcopy(_read[text])


def identity_of(notebook) -> str:
    """A hash of all that a notebook's outputs depend on, less the contents of files it opens."""
    parts = [notebook.metadata.get("kernelspec", {}).get("name", "")]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            parts += [cell.source, *sorted(_EXECUTION_TAGS & set(cell.metadata.get("tags", [])))]
    return inputs.digest(inputs.environment(), *parts)


def execute(path: Path, notebook, timeout: int, nursery: Nursery | None = None) -> Used:
    """Execute a notebook in its own folder; returns what of the project it used.

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
        entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    used = Used(
        {entry for entry in entries if isinstance(entry, str) and entry != "*"},
        [entry for entry in entries if isinstance(entry, dict)],
    )
    # A program that the notebook started may have read anything.
    return used if "*" not in entries else Used(used.parts | set(inputs.for_notebooks()), [])


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
