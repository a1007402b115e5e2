"""How a notebook is read and run."""

import contextlib
import copy
import dataclasses
import json
import os
import signal
import sys
import tempfile
import uuid
from pathlib import Path

from myst_nb.core.read import create_nb_reader

from _ext.run import inputs
from _ext.run.inputs import ROOT
from _ext.run.kernels import Nursery, is_possible
from _ext.run.store import Used

# A cell that prints more is a loop that forgot to end; what is printed goes into the page.
MOST_PRINTED = 1_000_000
# Bytes that a kernel may take for itself, in a book whose largest takes a quarter of one gigabyte.
MOST_MEMORY = 4_000_000_000
_HAS_IPC = sys.platform != "win32"
# The longest address of a socket that Linux takes, less the name of the file.
_LONGEST_FOLDER = 70
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

    started: list[int] = []
    with tempfile.TemporaryDirectory(prefix="book-", dir=_folder()) as folder:
        # Sockets in a private folder: over TCP any user of the machine could connect, and
        # jupyter-client says so on each start. A socket path may have 107 characters at most.
        manager = AsyncKernelManager(
            kernel_name=notebook.metadata.get("kernelspec", {}).get("name", "python3"),
            transport="ipc" if len(folder) <= _LONGEST_FOLDER and _HAS_IPC else "tcp",
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
            extra_arguments=[
                f"--IPKernelApp.exec_lines={_recording(log)}",
                # What a cell raises is told by the build.
                "--Application.log_level=CRITICAL",
            ],
            on_cell_start=lambda cell, cell_index: started.append(cell_index),
        )
        try:
            # The manager is ours, so the client has to be told to shut the kernel down.
            client.execute(cleanup_kc=True)
        except CellTimeoutError as error:
            raise RuntimeError(
                f"{_line(path, notebook, started[-1])}: did not end within {timeout} seconds "
                "(execute: timeout in _config.yml)"
            ) from error
        except (CellExecutionError, DeadKernelError) as error:
            raise RuntimeError(_place(path, notebook, error, started)) from error
        finally:
            _end_all(manager)
        entries = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    _refuse_floods(path, notebook)
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
    return f"{run}['install']({str(log)!r}, {str(ROOT)!r}, {MOST_MEMORY})"


def _folder() -> str | None:
    """Where temporary folders have names that are short enough for a socket; None for the usual."""
    usual = tempfile.gettempdir()
    return "/tmp" if len(usual) > _LONGEST_FOLDER - 20 and os.access("/tmp", os.W_OK) else None


def _end_all(manager) -> None:
    """End the processes that a notebook started; they are in the group of its kernel."""
    group = getattr(manager.provisioner, "pgid", None)
    if group and group != os.getpgid(0):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


def _refuse_floods(path: Path, notebook) -> None:
    """Raise `RuntimeError` for a cell that prints more than a page should hold."""
    for index, cell in enumerate(notebook.cells):
        streams = [o.text for o in cell.get("outputs", []) if o.output_type == "stream"]
        if (printed := sum(map(len, streams))) > MOST_PRINTED:
            raise RuntimeError(
                f"{_line(path, notebook, index)}: prints {printed:,} characters, "
                f"expected {MOST_PRINTED:,} at most"
            )


def _line(path: Path, notebook, index: int) -> str:
    """The place of a cell, as `file:line`."""
    lines = notebook.metadata.get("source_map", [])
    return f"{path.relative_to(ROOT)}:{lines[index] + 1 if index < len(lines) else index}"


def _place(path: Path, notebook, error: Exception, started: list[int]) -> str:
    """The failing cell as `file:line: error`, with its code."""
    for index, cell in enumerate(notebook.cells):
        raised = [o for o in cell.get("outputs", []) if o.output_type == "error"]
        if raised:
            said = f"{raised[0].ename}: {raised[0].evalue}"
            return f"{_line(path, notebook, index)}: {said}\n\n{cell.source}\n"
    place = _line(path, notebook, started[-1]) if started else str(path.relative_to(ROOT))
    return f"{place}: {type(error).__name__}: {error}"
