"""Fetch what a reader's browser needs to run the chapters: python tools/live.py

Each part of book/_browser/parts.csv comes from the package registries that npm and pip are set up
with, is compared with its listed checksum, and is kept in a cache outside the project (the variable
BOOK_LIVE_CACHE names another place). It is the checksum that decides, not the place. What is in the
cache already is not asked for again.
"""

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book"))

from _ext.publish import parts as listed  # noqa: E402


class Missing(Exception):
    """A part cannot be had, or is not what is listed."""


def fetch() -> int:
    """Bring all parts into the cache; returns how many were fetched."""
    wanted = [part for part in listed.parts() if not listed.is_sound(part)]
    wanted.sort(key=lambda part: (part["registry"], part["package"]))
    listed.cache_folder().mkdir(parents=True, exist_ok=True)
    for (registry, package), group in groupby(wanted, lambda p: (p["registry"], p["package"])):
        members = list(group)
        print(f"Fetching {', '.join(part['file'] for part in members)}", flush=True)
        with tempfile.TemporaryDirectory() as place:
            whole = (_from_npm if registry == "npm" else _from_pypi)(Path(place), package, members)
            for part in members:
                _keep(part, _member(whole, part["member"]))
    return len(wanted)


def _from_npm(place: Path, package: str, members: list[dict]) -> Path:
    done = _run(["npm", "pack", package, "--json", "--ignore-scripts"], place)
    return place / json.loads(done)[0]["filename"]


def _from_pypi(place: Path, package: str, members: list[dict]) -> Path:
    """A wheel for the machine that its name says, which is not this one."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--only-binary=:all:"]
    command += ["--quiet", "--disable-pip-version-check", "--dest", ".", package]
    wheel = members[0]["file"]
    if not members[0]["member"] and not wheel.endswith("-none-any.whl"):
        python, abi, platforms = wheel.removesuffix(".whl").split("-")[-3:]
        command += ["--python-version", python.removeprefix("cp"), "--abi", abi]
        command += [f"--platform={one}" for one in platforms.split(".")]
    _run(command, place)
    return next(place.glob("*.whl"))


def _run(command: list[str], place: Path) -> str:
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True)
    except FileNotFoundError:
        raise Missing(f"{command[0]} is missing; it brings parts from its registry") from None
    if done.returncode:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-1:]
        raise Missing(f"{' '.join(command[:3])}: {''.join(last)}")
    return done.stdout


def _member(whole: Path, name: str) -> bytes:
    if not name:
        return whole.read_bytes()
    if whole.suffix == ".tgz":
        with tarfile.open(whole) as archive:
            return archive.extractfile(name).read()
    with zipfile.ZipFile(whole) as archive:
        return archive.read(name)


def _keep(part: dict[str, str], content: bytes) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != part["sha256"]:
        raise Missing(
            f"{part['file']}: found sha256 {found}, expected {part['sha256']} "
            "(book/_browser/parts.csv); it is not used"
        )
    path = listed.path_of(part)
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(content)
    partial.replace(path)


if __name__ == "__main__":
    try:
        fetched = fetch()
    except Missing as error:
        sys.exit(f"make live: {error}")
    print(f"{fetched} parts fetched; all {len(listed.parts())} are in {listed.cache_folder()}")
