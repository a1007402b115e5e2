"""Runs in a kernel before its first cell: logs each file of the project that a notebook opens.

The log has one path a line, relative to the project; a line `*` says that the notebook started
another program, so that nothing certain is known. Loaded by file, before anything of the project
is imported.
"""

import os
import sys
from importlib.util import source_from_cache

_PROGRAMS = {"subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.exec", "os.spawn"}


def install(log: str, root: str) -> None:
    """Log to the file `log` what is opened under `root`, from now to the end of the process."""
    out = open(log, "a", encoding="utf-8", buffering=1)  # noqa: SIM115
    root, seen = os.path.join(os.path.realpath(root), ""), set()

    def note(line: str) -> None:
        if line not in seen:
            seen.add(line)
            out.write(line + "\n")

    def hook(event: str, args: tuple) -> None:
        if event == "open" and isinstance(args[0], str | bytes | os.PathLike):
            path = os.path.abspath(os.fsdecode(args[0]))
            if path.startswith(root):
                if "__pycache__" in path:
                    # Python writes its caches under passing names; what counts is the source.
                    if not path.endswith(".pyc"):
                        return
                    path = source_from_cache(path)
                note(path[len(root) :])
        elif event in _PROGRAMS:
            note("*")

    sys.addaudithook(hook)
