"""Runs in a kernel before its first cell: logs what of the project a notebook uses.

The log has one JSON value a line: the path of a file that was opened, relative to the project; a
folder with a slash at its end, whose names were listed; `*` where the notebook started another
program, so that nothing certain is known. Loaded by file, before anything of the project is
imported.

Code of the project may say more, by audit events. Between `book.announced` True and False what is
opened does not count, since each use of it is told as a `book.part`. Parts that are told between
`book.call` and `book.called` belong to that call: where the second event brings a description of
the call, as JSON, the line is that description with its `parts`; else the notebook used them.
"""

import json
import os
import sys
from importlib.util import source_from_cache

_PROGRAMS = {"subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.exec", "os.spawn"}
_WATCHED = "BOOK_IS_WATCHED"


def install(log: str, root: str, memory: int) -> None:
    """Log to the file `log` what is used under `root`, from now to the end of the process.

    From now on the process may take so many bytes of `memory`; a cell that asks for more fails.
    """
    if sys.platform == "linux":
        import resource

        # Of data: what a library only reserves, as V8 does for charts, is no memory yet.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, resource.RLIM_INFINITY))
    # The path of the log, so that no other kernel takes a variable for its own.
    os.environ[_WATCHED] = log
    out = open(log, "a", encoding="utf-8", buffering=1)  # noqa: SIM115
    root, seen = os.path.join(os.path.realpath(root), ""), set()
    announced, calls = [0], []

    def note(entry) -> None:
        line = json.dumps(entry)
        if line not in seen:
            seen.add(line)
            out.write(line + "\n")

    def inside(path) -> str:
        """The path relative to the project, or "" for one that is elsewhere or hidden."""
        path = os.path.abspath(os.fsdecode(path))
        if not os.path.join(path, "").startswith(root):
            return ""
        name = path[len(root) :]
        # An environment in the project's folder, and caches, are no part of it.
        return "" if name.startswith(".") or os.sep + "." in name else name

    def opened(path) -> None:
        if "__pycache__" in (name := inside(path)):
            # Python writes its caches under passing names; what counts is the source.
            name = source_from_cache(name) if name.endswith(".pyc") else ""
        if name:
            note(name)

    def called(told: str) -> None:
        parts = calls.pop()
        if calls:
            calls[-1] |= parts
        elif told:
            note({**json.loads(told), "parts": sorted(parts)})
        else:
            for part in sorted(parts):
                note(part)

    def hook(event: str, args: tuple) -> None:
        if event == "open":
            if not announced[0] and isinstance(args[0], str | bytes | os.PathLike):
                opened(args[0])
        elif event in ("os.listdir", "os.scandir"):
            if isinstance(args[0], str | bytes | os.PathLike) and (name := inside(args[0])):
                note(os.path.join(name, ""))
        elif event == "book.part":
            calls[-1].add(args[0]) if calls else note(args[0])
        elif event == "book.call":
            calls.append(set())
        elif event == "book.called":
            called(args[0])
        elif event == "book.announced":
            announced[0] += 1 if args[0] else -1
        elif event in _PROGRAMS:
            note("*")

    sys.addaudithook(hook)
