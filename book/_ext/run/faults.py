"""What the user of a build that fails is told: what is wrong, in few lines, and where the rest is.

The whole story, with every frame, goes into `_build/failure.log`.
"""

import errno
import os
import signal
import sys
import threading
import traceback
from pathlib import Path

from sphinx.errors import SphinxError, SphinxParallelError

from _ext.guards import patch

LOG = "failure.log"
# What a system call that failed means for whoever builds.
_MEANINGS = {
    errno.ENOSPC: "no space is left on the disk; make room and build again",
    errno.EDQUOT: "the quota of the disk is used up; make room and build again",
    errno.EROFS: "the disk can only be read; build in a folder that can be written",
    errno.EACCES: "not permitted; give the builder the right to it",
    errno.EPERM: "not permitted; give the builder the right to it",
    errno.ENOTDIR: "a file is where a folder is needed; move it away",
    errno.EEXIST: "a file is where a folder is needed; move it away",
    errno.EMFILE: "too many files are open; raise the limit (ulimit -n)",
    errno.ENOMEM: "no memory is left; close other programs and build again",
}


class Stopped(KeyboardInterrupt):
    """The build was told to end."""


def prepare(build: Path) -> None:
    """From here on, whatever ends this process is told in few lines."""
    sys.excepthook = lambda kind, error, trace: _end(build, error)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, _stop)
    _tell_once(build)


def _stop(number, frame) -> None:
    # A second one ends the process at once, as one expects.
    signal.signal(number, signal.SIG_DFL)
    raise Stopped(f"ended by {signal.Signals(number).name}")


@patch("jupyter-book", "sphinx", without="a failure is told twice, with the frames of Sphinx")
def _tell_once(build: Path) -> None:
    """Leave it to `_end` to tell what happened; Sphinx would print what nobody needs to know."""
    import jupyter_book.sphinx

    def handle_exception(app, args, exception, stderr) -> None:
        # An error is raised again and reaches the hook; being stopped is not.
        if isinstance(exception, KeyboardInterrupt):
            _end(build, exception)
            raise SystemExit(130)

    jupyter_book.sphinx.handle_exception = handle_exception


def _end(build: Path, error: BaseException) -> None:
    first = cause_of(error)
    print(f"\n{told(first, build.parent)}", file=sys.stderr)
    log = _log(build, error)
    rest = f"; the details are in {log}" if log else ""
    print(f"The last good book is left as it was{rest}.", file=sys.stderr)


def cause_of(error: BaseException) -> BaseException:
    """What came first: Jupyter Book raises an error of its own from Sphinx's."""
    seen = {id(error)}
    while not isinstance(error, SphinxError | Stopped) or getattr(error, "orig_exc", None):
        context = None if error.__suppress_context__ else error.__context__
        # Sphinx wraps what a step raises, and says which step, which tells nobody anything.
        before = getattr(error, "orig_exc", None) or error.__cause__ or context
        if not isinstance(before, BaseException) or id(before) in seen:
            break
        error = before
        seen.add(id(error))
    return error


def told(error: BaseException, root: Path) -> str:
    """An error in words for whoever builds; no frame, and no path of the machine."""
    if isinstance(error, KeyboardInterrupt):
        said = str(error) or "interrupted"
    elif isinstance(error, SphinxParallelError):
        said = error.orig_exc
    elif isinstance(error, OSError) and error.errno in _MEANINGS:
        place = f"{_relative(error.filename, root)}: " if error.filename else ""
        said = f"{place}{_MEANINGS[error.errno]}"
    elif isinstance(error, MemoryError):
        said = _MEANINGS[errno.ENOMEM]
    elif isinstance(error, SphinxError):
        said = str(error)
    else:
        said = f"{type(error).__name__}: {error}"
    return f"the book was not built: {said}".replace(f"{root}{os.sep}", "")


def _relative(name: str | bytes, root: Path) -> str:
    path = Path(os.fsdecode(name))
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name


def _log(build: Path, error: BaseException) -> str:
    """Write the whole story; returns where, "" where it cannot be written."""
    text = "".join(traceback.format_exception(error))
    if isinstance(first := cause_of(error), SphinxParallelError):
        text += f"\nin another process:\n{first.traceback}"
    try:
        (build / LOG).write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError:
        return ""
    return f"{build.name}/{LOG}"
