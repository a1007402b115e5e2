"""Each Python that the book promises, where one is at hand: the same book, without a warning."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from _ext.publish.downloads import INSTALL
from conftest import ROOT, STRICT
from snapshot import SNAPSHOT, facts_of, rounded

# The first as Debian 12 has it, with its pip 23.0.
DEBIAN = "3.11"
VERSIONS = (DEBIAN, "3.12", "3.13", "3.14")


def interpreter(version: str) -> Path | None:
    """A Python of this version that runs, on the path or among those of pyenv."""
    candidates = [shutil.which(f"python{version}")]
    if version == DEBIAN:
        candidates.insert(0, shutil.which("python3.11", path="/usr/bin"))
    if shutil.which("pyenv"):
        listed = subprocess.run(["pyenv", "versions", "--bare"], text=True, capture_output=True)
        for name in listed.stdout.split():
            if name.startswith(f"{version}."):
                prefix = subprocess.run(["pyenv", "prefix", name], text=True, capture_output=True)
                candidates.append(f"{prefix.stdout.strip()}/bin/python")
    for candidate in filter(None, candidates):
        asked = "import sys; print('%d.%d' % sys.version_info[:2])"
        said = subprocess.run([candidate, "-c", asked], text=True, capture_output=True)
        if said.returncode == 0 and said.stdout.strip() == version:
            return Path(candidate)
    return None


@pytest.mark.audit
@pytest.mark.parametrize("version", VERSIONS)
def test_the_book_is_built_on_each_python_with_the_reviewed_numbers(version, tmp_path):
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} is at hand")
    environment = tmp_path / "environment"
    subprocess.run([python, "-m", "venv", environment], check=True)
    install = [environment / "bin" / "python", "-m", *INSTALL.split(), "--quiet"]
    subprocess.run(install, cwd=ROOT, check=True)
    book = tmp_path / "book"
    left_out = shutil.ignore_patterns(".*", "_build", "_editions", "__pycache__", "node_modules")
    shutil.copytree(ROOT, book, ignore=left_out)
    done = subprocess.run(
        [environment / "bin" / "jupyter-book", "build", ".", *STRICT],
        cwd=book,
        env={**os.environ, "NO_COLOR": "1"},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "DeprecationWarning" not in done.stdout
    reviewed = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    found = rounded(facts_of(book))
    assert {key: fact for key, fact in found.items() if fact != reviewed[key]} == {}
