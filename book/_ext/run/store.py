"""Executed notebooks: where they are kept, and how long they hold."""

import json
import os
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

from _ext.run import inputs
from _ext.run.inputs import ROOT

# Older forms of a notebook are kept too, so that undoing a change executes nothing.
_FORMS_KEPT = 4


@dataclass(frozen=True)
class Used:
    """What of the project a notebook used, as recorder.py logs it.

    `parts`: files, entries and folders that it used itself. `calls`: those of its calls that can
    be made again, each with the program that does so (`by`), the call, a digest of what it gave,
    and the parts behind it.
    """

    parts: set[str] = field(default_factory=set)
    calls: list[dict] = field(default_factory=list)


class Store:
    """The executed forms of notebooks, in a folder for each page.

    A form is two files: `<form>.ipynb`, and `<form>.json` with its identity, the notebook's hash,
    and what it used. It holds as long as all of these are what they were; a call whose parts have
    changed holds if it still gives the same.
    """

    def __init__(self, folder: Path):
        self.folder = folder
        # What the parts were when this build first asked: outputs are stored for these.
        self.hashes: dict[str, str] = {}
        # What calls give now, by the program and the call.
        self.given: dict[str, str] = {}

    def hash(self, name: str) -> str:
        if name not in self.hashes:
            self.hashes[name] = inputs.part_hash(name)
        return self.hashes[name]

    def hash_all(self) -> None:
        """Note what notebooks may open before the first of them runs."""
        for name in inputs.for_notebooks():
            self.hash(name)
            if name.endswith("datapackage.json"):
                for entry in json.loads((ROOT / name).read_text(encoding="utf-8"))["resources"]:
                    self.hash(f"{name}#{entry['name']}")

    # Finding

    def find_all(self, identities: dict[str, str]) -> dict[str, Path]:
        """The forms that hold of the notebooks of some pages, by page; `identities` likewise."""
        near = {
            page: [form for form in self._forms(page) if self._is_near(*form, identity)]
            for page, identity in identities.items()
        }
        self._make_again(
            [call for forms in near.values() for _, form in forms for call in form["calls"]]
        )
        found = {}
        for page, forms in near.items():
            for path, form in forms:
                if all(map(self._call_holds, form["calls"])):
                    self._renew(path, form)
                    found[page] = path.with_suffix(".ipynb")
                    break
        return found

    def _forms(self, page: str) -> list[tuple[Path, dict]]:
        found = []
        for path in (self.folder / page).glob("*.json"):
            try:
                form = json.loads(path.read_text(encoding="utf-8"))
                for call in form["calls"]:
                    call["parts"].items(), call["digest"], call["by"], call["call"]
                found.append((path, form))
            except (ValueError, KeyError, TypeError, AttributeError):
                # Damaged, as a power cut may leave it: it is as if it were not there.
                continue
        return found

    def _is_near(self, path: Path, form: dict, identity: str) -> bool:
        """Whether all but the calls is what it was."""
        try:
            return (
                form["identity"] == identity
                and all(value == self.hash(name) for name, value in form["parts"].items())
                and form["notebook"] == inputs.file_hash(path.with_suffix(".ipynb"))
            )
        except (KeyError, AttributeError):
            return False

    def _same_parts(self, call: dict) -> bool:
        return all(value == self.hash(name) for name, value in call["parts"].items())

    def _call_holds(self, call: dict) -> bool:
        return self._same_parts(call) or self.given.get(_key(call)) == call["digest"]

    def _make_again(self, calls: list[dict]) -> None:
        """Make calls whose parts have changed once more, all in one process of each program."""
        asked: dict[str, dict[str, list]] = {}
        for call in calls:
            if not self._same_parts(call) and _key(call) not in self.given:
                asked.setdefault(call["by"], {})[_key(call)] = call["call"]
        for program, by_key in asked.items():
            done = subprocess.run(
                [sys.executable, "-m", program],
                input=json.dumps(list(by_key.values())),
                cwd=ROOT / "book",
                text=True,
                capture_output=True,
            )
            # A program that fails gives nothing, so that the notebooks run and say why.
            digests = json.loads(done.stdout) if done.returncode == 0 else []
            self.given.update(zip(by_key, digests, strict=False))

    def _renew(self, path: Path, form: dict) -> None:
        """Note the parts behind calls as they are now, so that no build asks again."""
        if all(map(self._same_parts, form["calls"])):
            return
        for call in form["calls"]:
            call["parts"] = {name: self.hash(name) for name in call["parts"]}
        _write(path, json.dumps(form, indent=1))

    # Keeping

    def add(self, page: str, identity: str, notebook, used: Used) -> Path:
        """Keep an executed notebook. A part that changed while it ran is a `RuntimeError`."""
        parts = self._unchanged(used.parts)
        calls = [{**call, "parts": self._unchanged(call["parts"])} for call in used.calls]
        folder = self.folder / page
        folder.mkdir(parents=True, exist_ok=True)
        form = folder / inputs.digest(identity, json.dumps([parts, calls]))[:24]
        # The description last: a form without it does not exist.
        executed = form.with_suffix(".ipynb")
        _write(executed, nbformat.writes(notebook))
        known = {"identity": identity, "notebook": inputs.file_hash(executed)}
        known |= {"parts": parts, "calls": calls}
        _write(form.with_suffix(".json"), json.dumps(known, indent=1))
        for old in sorted(folder.glob("*.json"), key=os.path.getmtime)[:-_FORMS_KEPT]:
            old.unlink()
            old.with_suffix(".ipynb").unlink(missing_ok=True)
        return executed

    def _unchanged(self, names) -> dict[str, str]:
        found = {name: self.hash(name) for name in sorted(names)}
        for name, value in found.items():
            if inputs.part_hash(name) != value:
                raise RuntimeError(f"{name} was changed while notebooks ran; build again")
        return found


def _key(call: dict) -> str:
    return json.dumps([call["by"], call["call"]])


def _write(path: Path, text: str) -> None:
    """Write a file in one step, so that a killed build leaves no half of it."""
    partial = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
