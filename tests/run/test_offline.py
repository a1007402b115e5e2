"""Once everything is installed, a build asks no other host."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import STRICT, SmallBook

# Where no network can be taken away: whatever Python opens has to stay on this machine.
GUARD = """
import sys

def refuse(event, given):
    address = given[1] if event == "socket.connect" else given[0]
    host = address[0] if isinstance(address, tuple) else address
    if event == "socket.getaddrinfo" or isinstance(address, tuple):
        if host not in (None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"):
            raise RuntimeError(f"a build asked for {host}")

sys.addaudithook(lambda event, given: event in EVENTS and refuse(event, given))
EVENTS = ("socket.connect", "socket.getaddrinfo")
"""


def without_network() -> list[str]:
    """What begins a command that has no network, not even the machine's own; [] if not allowed."""
    command = ["unshare", "--map-root-user", "--net"]
    allowed = shutil.which("unshare") and subprocess.run([*command, "true"]).returncode == 0
    return command if allowed else []


def built_without_network(book: SmallBook, tmp_path: Path) -> subprocess.CompletedProcess:
    guard = tmp_path / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(GUARD, encoding="utf-8")
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    return subprocess.run(
        [*without_network(), str(jupyter_book), "build", ".", *STRICT],
        cwd=book.root,
        env={**os.environ, "PYTHONPATH": str(guard)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


@pytest.mark.audit
def test_a_build_asks_no_other_host(tmp_path):
    (tmp_path / "book").mkdir()
    book = SmallBook(tmp_path / "book")
    book.add_examples("good")
    done = built_without_network(book, tmp_path)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "executed book/index.md" in done.stdout


def test_a_cell_that_asks_another_host_is_seen(tmp_path):
    """The test above could see it: an address of no name server, as no host may be asked here."""
    (tmp_path / "book").mkdir()
    book = SmallBook(tmp_path / "book")
    ask = 'import socket\n\nsocket.create_connection(("192.0.2.1", 80), timeout=1)'
    book.page(f"# A page\n\n```{{code-cell}} ipython3\n{ask}\n```\n")
    done = built_without_network(book, tmp_path)
    assert done.returncode != 0
    assert "unreachable" in done.stdout or "a build asked for 192.0.2.1" in done.stdout
