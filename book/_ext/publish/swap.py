"""Builds that cannot do harm: one at a time, apart from the book that readers see, all or nothing.

Sphinx writes into a hidden folder beside `_build/html`. A build without an error copies it and
exchanges the copy with `_build/html` in one step; a failed or killed one leaves the last good book
where it was, and a mark that makes the next build start from clean pages (executed notebooks are
safe: each is written in one step). A second build waits for the first.

Only `html` publishes. Every other builder runs whenever it is asked, and writes into a folder of
its own name, `_build/linkcheck` as `_build/latex`.

Where nothing at all changed since the last good build, `start` ends it before Sphinx loads anything
else.
"""

import ctypes
import datetime as dt
import json
import os
import shutil
import sys
from pathlib import Path

import click
from filelock import FileLock, Timeout
from sphinx.errors import ExtensionError
from sphinx.util import logging

from _ext.cite import citations
from _ext.guards import patch, warnings_of
from _ext.publish.parts import available
from _ext.run import faults, inputs

logger = logging.getLogger(__name__)

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def _build(app) -> Path:
    return Path(app.outdir).parent


def builder_of(app) -> str:
    """The builder that Jupyter Book was asked for, which has more names than Sphinx."""
    context = click.get_current_context(silent=True)
    asked = context.params if context else {}
    if asked.get("builder") == "custom":
        return asked["custom_builder"]
    return asked.get("builder", Path(app.outdir).name)


def _mark(build: Path) -> Path:
    return build / ".unfinished"


def _staging(live: Path) -> Path:
    return live.with_name(f".{live.name}")


# Nothing to do


def _state(app, sources: str) -> dict:
    """What was asked of a build, all that it came from, and all that it left."""
    build, live = _build(app), app.book_live
    left = {}
    for folder in (live, build / "jupyter_execute"):
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                stat = path.stat()
                left[path.relative_to(build).as_posix()] = [stat.st_size, stat.st_mtime_ns]
    return {"settings": app.book_settings, "sources": sources, "left": left}


def _done(app) -> Path:
    return _build(app) / f".{app.book_live.name}-done.json"


def end_if_nothing_changed(app) -> None:
    """End the process, successfully, if a build would give what is there already."""
    if "--all" in sys.argv or _mark(_build(app)).exists():
        return
    try:
        last = json.loads(_done(app).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        # None yet, or half of one, as a power cut may leave it: build.
        return
    if last == _state(app, inputs.everything()):
        logger.info("nothing changed since the last build; the book is up to date")
        sys.exit(0)


def start(app) -> None:
    """Note what was asked of this build, and end it if there is nothing to do."""
    faults.prepare(_build(app))
    # Whatever the builder's own files are like, a server can read the book; and wherever it is
    # built, times are drawn as they stand in the data.
    os.umask(0o022)
    os.environ["TZ"] = "UTC"
    # What has to name a time names the edition's day, unless the builder gives one.
    released = dt.datetime.combine(citations.work()["date"], dt.time(), dt.UTC)
    os.environ.setdefault("SOURCE_DATE_EPOCH", f"{released.timestamp():.0f}")
    app.book_builder = builder_of(app)
    app.book_publishes = app.book_builder == "html"
    app.book_live = Path(app.outdir)
    if not app.book_publishes:
        app.book_live = app.book_live.with_name(app.book_builder)
    # Sphinx itself knows only by these whether the same was asked of it.
    settings = [app.config.overrides, sorted(app.tags), available()]
    app.book_settings = json.loads(json.dumps(settings, default=str))
    if app.book_publishes:
        end_if_nothing_changed(app)
    if app.book_builder == "pdfhtml":
        print_own_pages(app)


# One at a time, and apart


def take_turn(app, config) -> None:
    """Wait for other builds of this folder, then build apart from the book that readers see."""
    build = _build(app)
    build.mkdir(parents=True, exist_ok=True)
    # Never released, so held until this process and the workers that it forked have ended.
    app.book_lock = FileLock(build / ".lock")
    try:
        app.book_lock.acquire(timeout=0)
    except Timeout:
        logger.info("another build of this folder is running; waiting for it")
        app.book_lock.acquire()
    # Before anything is read: what is edited from now on was perhaps not seen by this build.
    app.book_sources = inputs.everything()
    if _mark(build).exists():
        logger.info("the last build did not finish; all pages are read again")
        shared = Path(app.doctreedir), build / "jupyter_execute"
        for folder in (_staging(build / "html"), *shared):
            shutil.rmtree(folder, ignore_errors=True)
    folder = _staging(app.book_live) if app.book_publishes else app.book_live
    if not app.book_publishes:
        logger.info("%s is written into %s", app.book_builder, folder)
        # A builder of a single file takes whatever lies in its folder for a part of it.
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(exist_ok=True)
    app.outdir = type(app.outdir)(folder)


def mark(app) -> None:
    _mark(_build(app)).touch()


def finish(app, exception) -> None:
    """Publish what was written, unless something was wrong; keep or lift the mark."""
    staging, live, warned = Path(app.outdir), app.book_live, warnings_of(app) > 0
    app.outdir = type(app.outdir)(live)
    if app.book_publishes:
        if exception or (warned and app.keep_going):
            logger.info("%s is left as it was", live.name)
            return
        if missing := _missing(app, staging):
            raise ExtensionError(
                f"{live.name} is left as it was: not written were {', '.join(missing)}"
            )
        publish(staging, live)
    if exception or warned:
        # Sphinx does not warn again about pages that it does not read again.
        return
    _mark(live.parent).unlink()
    if app.book_publishes:
        partial = _done(app).with_suffix(".partial")
        partial.write_text(json.dumps(_state(app, app.book_sources)), encoding="utf-8")
        partial.replace(_done(app))


def _missing(app, staging: Path) -> list[str]:
    """The pages of the book that are not among what was written."""
    pages = [f"{page}{app.builder.out_suffix}" for page in sorted(app.env.found_docs)]
    return [page for page in pages if not (staging / page).is_file()]


@patch("jupyter-book", without="pdfhtml prints the pages of the last html build")
def print_own_pages(app) -> None:
    """Let Jupyter Book make its PDF from the pages of this build; it would take the live book."""
    import jupyter_book.pdf

    convert = jupyter_book.pdf.html_to_pdf

    def html_to_pdf(page, target) -> None:
        convert(app.book_live / f"{app.config.root_doc}.html", target)

    jupyter_book.pdf.html_to_pdf = html_to_pdf


def publish(staging: Path, live: Path) -> None:
    """Put a copy of `staging` in the place of `live`."""
    copy = staging.with_name(f"{staging.name}-copy")
    shutil.rmtree(copy, ignore_errors=True)

    def take(source: str, target: str) -> None:
        """A file that readers see already is not copied again: both folders name it."""
        seen = live / Path(source).relative_to(staging)
        if not (_same(Path(source), seen) and _link(seen, target)):
            shutil.copy2(source, target)

    # What Sphinx notes of the settings is for the next build, and differs between machines.
    private = shutil.ignore_patterns(".buildinfo")
    shutil.copytree(staging, copy, copy_function=take, ignore=private)
    if _exchange(copy, live):
        shutil.rmtree(copy)
        return
    old = staging.with_name(f"{staging.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    live.rename(old)
    copy.rename(live)
    shutil.rmtree(old)


def _same(one: Path, other: Path) -> bool:
    """Whether two files have the same length and time of change, which copies keep."""
    if not other.exists():
        return False
    first, second = one.stat(), other.stat()
    return (first.st_size, first.st_mtime_ns) == (second.st_size, second.st_mtime_ns)


def _link(source: Path, target: str) -> bool:
    try:
        os.link(source, target)
    except OSError:
        return False
    return True


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two folders in one step, where the system can."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        return False
    paths = os.fsencode(one), os.fsencode(other)
    return rename(_AT_FDCWD, paths[0], _AT_FDCWD, paths[1], _RENAME_EXCHANGE) == 0
