"""Faults while a book is built: told in a line, the old book whole, nothing left running."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import PATIENCE, ROOT, STRICT, Kept, SmallBook

NOTEBOOK = "# A page\n\n```{code-cell} ipython3\n%s\n```\n"
linux = pytest.mark.skipif(sys.platform != "linux", reason="asks /proc, and limits of Linux")


@pytest.fixture(scope="module")
def kept(tmp_path_factory) -> Kept:
    """A good book, to be harmed."""
    root = tmp_path_factory.mktemp("faults") / "book"
    root.mkdir()
    book = SmallBook(root)
    book.page(NOTEBOOK % "1 + 1")
    return Kept(book)


@pytest.fixture
def book(kept) -> SmallBook:
    return kept.fresh()


def told(done: subprocess.CompletedProcess, log: bool = True) -> str:
    """What a failed build says at its end, which has to be short and without a frame."""
    assert done.returncode != 0
    assert "Traceback" not in done.stdout
    found = done.stdout.split("the book was not built: ")[1]
    assert len(found.splitlines()) < 6
    assert ("the details are in _build/failure.log" in found) == log
    return found


def live(book: SmallBook) -> str:
    return (book.root / "_build/html/book/index.html").read_text(encoding="utf-8")


def running(word: str) -> list[str]:
    """The processes in whose command a word stands."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            command = path.read_bytes().decode(errors="replace")
            found += [command] if word in command else []
    return found


def test_a_table_that_cannot_be_opened_is_told_in_a_line(book):
    before = live(book)
    path = book.root / "data/capex.csv"
    rows = path.read_bytes()
    path.unlink()
    path.mkdir()
    found = told(book.build())
    path.rmdir()
    path.write_bytes(rows)
    assert "data/capex.csv: found no regular file" in found
    assert live(book) == before


@contextlib.contextmanager
def closed(path: Path, rights: int):
    """Take rights of a file or folder from a builder who is not the administrator."""
    before = path.stat().st_mode & 0o777
    path.chmod(rights)
    try:
        yield
    finally:
        path.chmod(before)


def as_nobody(book: SmallBook) -> subprocess.CompletedProcess:
    """A build by a user without privileges, where the tests are run by one who may do anything."""
    if os.geteuid() != 0:
        return book.build()
    kept = "setpriv --bounding-set=-all --inh-caps=-all --securebits=+noroot,+noroot_locked"
    if not shutil.which("setpriv"):
        pytest.skip("without setpriv an administrator may read and write everything")
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    return subprocess.run(
        [*kept.split(), "--", jupyter_book, "build", ".", *STRICT],
        cwd=book.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@linux
def test_a_table_that_may_not_be_read_is_told_in_a_line(book):
    before = live(book)
    with closed(book.root / "data/capex.csv", 0o000):
        found = told(as_nobody(book))
    assert "data/capex.csv" in found
    assert live(book) == before


@linux
def test_a_folder_that_may_not_be_written_is_told_in_a_line(book):
    before = live(book)
    book.page(NOTEBOOK % "7 + 7")
    with closed(book.root / "_build", 0o555):
        # The details cannot be written there either.
        found = told(as_nobody(book), log=False)
    assert "_build" in found and "not permitted" in found
    assert live(book) == before


def test_a_file_in_the_place_of_the_book_is_told_in_a_line(book):
    html = book.root / "_build/html"
    shutil.rmtree(html)
    html.write_text("mine")
    # Sphinx refuses it before it loads anything of the book, with its frames; so make looks first.
    venv = Path(sys.executable).parent
    done = subprocess.run(
        ["make", "-f", ROOT / "Makefile", "-o", ".venv/ready", f"BIN={venv}", "book"],
        cwd=book.root,
        text=True,
        capture_output=True,
    )
    found = html.read_text()
    html.unlink()
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == (
        "_build/html: a file is where a folder is needed; move it away"
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert found == "mine"


@linux
def test_a_file_that_grows_too_large_for_the_disk_is_told_in_a_line(book):
    before = live(book)
    book.page(NOTEBOOK % 'print("x" * 900_000)')
    jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
    done = subprocess.run(
        ["prlimit", "--fsize=400000", jupyter_book, "build", ".", *STRICT],
        cwd=book.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    told(done)
    assert live(book) == before


def test_a_cell_that_does_not_end_is_told_with_its_line(book):
    before = live(book)
    book.set("timeout: 120", "timeout: 5")
    book.page(NOTEBOOK % "import time\n\ntime.sleep(1e6)")
    found = told(book.build())
    assert re.search(r"book/index\.md:\d+: did not end within 5 seconds", found)
    assert live(book) == before


@linux
def test_a_process_that_a_cell_started_ends_with_the_build(book):
    # A number that no other process of the machine has in its command.
    number = f"9{os.getpid()}"
    book.page(NOTEBOOK % f'import subprocess\n\nsubprocess.Popen(["sleep", "{number}"]).pid > 0')
    assert book.build().returncode == 0
    assert running(number) == []


@linux
def test_a_build_that_is_ended_says_so_and_leaves_nothing_running(book):
    before = live(book)
    number, begun = f"8{os.getpid()}", book.root / "begun"
    book.page(
        NOTEBOOK % f"from pathlib import Path\nimport subprocess\n\n"
        f'Path("{begun}").touch()\nsubprocess.run(["sleep", "{number}"])'
    )
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    process = subprocess.Popen(
        [jupyter_book, "build", ".", *STRICT],
        cwd=book.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    until = time.monotonic() + PATIENCE
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "the book was not built: ended by SIGTERM" in said
    assert "Traceback" not in said
    assert running(number) == []
    assert live(book) == before


def test_long_names_of_temporary_folders_do_no_harm(book, tmp_path, monkeypatch):
    folder = tmp_path / ("long" * 40)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    book.page(NOTEBOOK % "3 + 3")
    done = book.build()
    assert done.returncode == 0, done.stdout[-3000:]


def test_files_that_are_no_part_of_the_book_do_no_harm(book):
    (book.root / os.fsdecode(b"caf\xe9.txt")).write_text("x")
    with open(book.root / "large.bin", "wb") as file:
        file.truncate(3_000_000_000)
    book.page(NOTEBOOK % "4 + 4")
    done = book.build()
    assert done.returncode == 0, done.stdout[-3000:]


def test_a_builder_with_a_strict_umask_publishes_what_a_server_can_read(book):
    old = os.umask(0o077)
    try:
        book.page(NOTEBOOK % "5 + 5")
        assert book.build().returncode == 0
    finally:
        os.umask(old)
    pages = list((book.root / "_build/html").rglob("*"))
    closed = [p.name for p in pages if not p.stat().st_mode & 0o004]
    assert pages and closed == []


def test_a_full_disk_is_told_in_a_line(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)]
    if subprocess.run(size, capture_output=True).returncode:
        pytest.skip("a disk of a known size needs the right to mount one")
    try:
        (disk / "book").mkdir()
        book = SmallBook(disk / "book")
        book.page(NOTEBOOK % "6 + 6")
        with open(disk / "rest", "wb") as rest, contextlib.suppress(OSError):
            # All but two megabytes.
            status = os.statvfs(disk)
            rest.write(b"\0" * (status.f_bavail * status.f_frsize - 2_000_000))
        assert "no space is left on the disk" in told(book.build())
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_numbers_and_pictures_do_not_depend_on_the_builders_time_zone(book, monkeypatch):
    monkeypatch.setenv("TZ", "Pacific/Kiritimati")
    book.page(NOTEBOOK % "import time\n\nprint('zone', time.timezone, time.tzname[0])")
    assert book.build().returncode == 0
    assert "zone 0 UTC" in live(book)
