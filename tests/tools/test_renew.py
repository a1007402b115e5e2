"""Renewing: newer files of publishers come in by one command, and nothing wrong comes in."""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import fetch
import manifest
import moved
import pandas as pd
import pytest
from conftest import ROOT

SCORES = "epoch/eci_scores.csv"


def scores_file(path: Path, extra: str = "", cut: int = 0) -> Path:
    """The publisher's file of the newest scores, as the table has them, and rows after them."""
    expected = manifest.columns(next(row for row in manifest.rows() if row["file"] == SCORES))
    rows = pd.read_csv(ROOT / "data" / "capability_scores.csv", dtype=str, keep_default_na=False)
    rows = rows[rows["vintage_date"] == rows["vintage_date"].max()]
    printed = pd.DataFrame("", index=rows.index, columns=expected)
    named = {"Model": "model_name", "eci": "eci", "date": "release_date"}
    named |= {"eci_ci_low": "eci_p5", "eci_ci_high": "eci_p95"}
    for theirs, ours in named.items():
        printed[theirs] = rows[ours]
    countries = {"United States": "United States of America"}
    printed["Country (of organization)"] = rows["country"].replace(countries)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = printed.iloc[cut:].to_csv(index=False, lineterminator="\n") + extra
    path.write_text(text, encoding="utf-8")
    return path


# The manifest


def test_the_manifest_names_what_each_derivation_reads():
    sys.path.insert(0, str(ROOT / "tools" / "derive"))
    import capex
    import evidence

    entries = manifest.rows()
    assert len({row["file"] for row in entries}) == len(entries)
    of = {row["file"]: manifest.tables(row) for row in entries}
    assert of["market/capex_quarterly.csv"] == ["capex_quarterly"]
    derived = {table for tables in of.values() for table in tables}
    assert set(capex.TABLES) | set(evidence.TABLES) <= derived
    packaged = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert derived <= {entry["name"] for entry in packaged["resources"]}


def test_each_file_says_whose_it_is_and_what_may_be_done_with_it():
    for row in manifest.rows():
        assert row["title"] and row["publisher"] and row["licence"], row["file"]
        assert row["may_be_redistributed"] in ("yes", "no", "not known"), row["file"]
        assert row["how"] in ("live", "copy", "hand"), row["file"]
        assert bool(row["address"]) == (row["how"] != "hand"), row["file"]
        assert len(row["sha256"]) == 64 and int(row["rows"]) > 0, row["file"]


# What a file must be


@pytest.fixture
def row() -> dict:
    return next(row for row in manifest.rows() if row["file"] == SCORES)


def test_a_newer_file_is_taken(row, tmp_path):
    path = scores_file(tmp_path / "f.csv", "New,New,150,148,152,2027-01-09,,China,,,\n")
    assert manifest.problems(row, path, "2027-01-15") == []


def test_a_shorter_file_is_refused(row, tmp_path):
    path = scores_file(tmp_path / "f.csv", cut=100)
    (line,) = manifest.problems(row, path, "2027-01-15")
    assert line == f"{SCORES}: found 168 rows, expected 222 or more"


def test_a_file_that_ends_earlier_is_refused(row, tmp_path):
    path = scores_file(tmp_path / "f.csv")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.assign(date="2026-01-01").to_csv(path, index=False)
    (line,) = manifest.problems(row, path, "2027-01-15")
    assert line.endswith("found '2026-01-01' as the last date, expected 2026-07-31 or later")


def test_a_file_of_an_earlier_day_is_refused(row, tmp_path):
    (line,) = manifest.problems(row, scores_file(tmp_path / "f.csv"), "2026-01-01")
    assert line == f"{SCORES}: found the day 2026-01-01, expected 2026-08-11 or later"


def test_columns_of_another_layout_are_refused(row, tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("model,organization,country,date,eci\nA,B,China,2026-09-01,1\n")
    (line,) = manifest.problems(row, path, "2027-01-15")
    assert "found no column 'Model'" in line


def test_a_column_that_is_new_is_refused_until_the_manifest_names_it(row, tmp_path):
    path = scores_file(tmp_path / "f.csv")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.assign(Superseded="").to_csv(path, index=False)
    (line,) = manifest.problems(row, path, "2027-01-15")
    assert "found the new columns ['Superseded']" in line
    row["columns"] += " | Superseded"
    assert manifest.problems(row, path, "2027-01-15") == []


def test_a_file_that_ends_within_a_row_is_refused(row, tmp_path):
    path = scores_file(tmp_path / "f.csv", "New,New,150\n")
    (line,) = manifest.problems(row, path, "2027-01-15")
    assert line.endswith("row 270: found 3 cells, expected 11; is it cut?")


def test_a_newer_vintage_leaves_the_older_one_its_row(row, tmp_path):
    path = scores_file(tmp_path / "f.csv")
    older, newer = manifest.taken([row], {SCORES: path}, "2027-01-15")
    assert (older["file"], older["day"]) == ("epoch/eci_scores_2026-08-11.csv", "2026-08-11")
    assert (newer["file"], newer["day"], newer["rows"]) == (SCORES, "2027-01-15", "268")
    assert newer["sha256"] == manifest.sha256(path)


# Servers

BODY = b"date,value\n2026-01-01,1\n"


class Publisher(BaseHTTPRequestHandler):
    """Answers well, with 404, with half of a file, or not at all, by the address."""

    never = threading.Event()

    def do_GET(self):
        if self.path == "/none.csv":
            self.send_error(404)
            return
        if self.path == "/slow.csv":
            self.never.wait(60)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY[:9] if self.path == "/cut.csv" else BODY)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def server():
    with ThreadingHTTPServer(("127.0.0.1", 0), Publisher) as publisher:
        publisher.daemon_threads = True
        threading.Thread(target=publisher.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{publisher.server_port}"
        Publisher.never.set()
        publisher.shutdown()


FAULTS = {
    "none": "the server says 404 Not Found",
    "cut": "the connection ended before the file did",
    "slow": "the server is too slow: no answer in 2 s, or no end in 60 s",
    "other": "the file is another one than that on record (its checksum differs)",
}


def entry(server: str, name: str, **more: str) -> dict:
    blank = dict.fromkeys(manifest.rows()[0], "")
    address = f"{server}/{name}.csv"
    plain = {"file": f"x/{name}.csv", "title": name, "address": address, "how": "live"}
    return {**blank, **plain, "columns": "date | value", "tables": "private_investment", **more}


def entries(server: str) -> list[dict]:
    recorded = {"how": "copy", "sha256": hashlib.sha256(b"before").hexdigest()}
    return [entry(server, name, **(recorded if name == "other" else {})) for name in FAULTS]


def test_a_good_answer_is_fetched(server, tmp_path):
    good = entry(server, "good", how="copy", sha256=hashlib.sha256(BODY).hexdigest())
    assert fetch.fetch([good], tmp_path) == []
    assert (tmp_path / "x/good.csv").read_bytes() == BODY


def test_each_bad_answer_is_one_line_and_leaves_no_file(server, tmp_path):
    found = fetch.fetch(entries(server), tmp_path, silent=2, whole=60)
    assert found == [f"x/{name}.csv: {said} ({server}/{name}.csv)" for name, said in FAULTS.items()]
    assert list(tmp_path.rglob("*.csv")) == []


@pytest.fixture
def project(book) -> Path:
    """A small book with the tools, and one page on the newest scores."""
    shutil.copytree(ROOT / "tools", book.root / "tools")
    book.page(PAGE)
    return book.root


PAGE = """(ch-index)=
# A page

There are {fact}`models` models. The best Chinese model is behind.

```{code-cell} ipython3
---
mystnb:
  figure:
    name: fig-scores
    caption: |
      Scores.

      Source: this test.
  image:
    alt: Points.
---
import altair as alt
from computegap.quantities import frontier
from computegap.show import charts
from computegap.show.conditions import holds
from computegap.show.facts import fact

scores = frontier.eci_scores()
best = scores.groupby("country")["eci"].max()
fact("models", len(scores), "models")
holds("The best Chinese model is behind", best["China"] < best["United States"])
charts.use()
points = scores[["release_date", "eci"]].tail(5)
alt.Chart(points).mark_point().encode(alt.X("release_date:T"), alt.Y("eci:Q"))
```
"""


def renew(project: Path, *options) -> subprocess.CompletedProcess:
    command = [sys.executable, "tools/renew.py", *map(str, options)]
    return subprocess.run(command, cwd=project, text=True, capture_output=True)


def git(project: Path, *command: str) -> None:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org"]
    subprocess.run(["git", *identity, *command], cwd=project, check=True)


def ask(project: Path, *options) -> str:
    """What the scheduled workflow runs, up to the text of its request; its last line."""
    if not (project / ".git").exists():
        shutil.copytree(ROOT / ".ci", project / ".ci")
        shutil.copy(ROOT / ".gitignore", project)
        git(project, "init", "--quiet")
    git(project, "add", "--all")
    git(project, "commit", "--quiet", "--allow-empty", "--message", "as it is")
    done = subprocess.run(
        [project / ".ci" / "renew", *map(str, options)],
        cwd=project,
        env={**os.environ, "PYTHON": sys.executable},
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


def kept(project: Path) -> dict[str, bytes]:
    files = [*(project / "data").iterdir(), project / "tools/derive/files.csv"]
    return {path.name: path.read_bytes() for path in files}


def test_faults_are_listed_together_and_nothing_is_replaced(project, server):
    listed = [*manifest.rows(), *entries(server)]
    manifest.write(listed, project / "tools/derive/files.csv")
    before = kept(project)
    only = [f"x/{name}.csv" for name in FAULTS]
    done = renew(project, "--only", *only, "--limits", 2, 60)
    assert done.returncode == 1
    said = done.stderr.splitlines()
    assert [line for line in said if line.startswith("x/")] == [
        f"x/{name}.csv: {what} ({server}/{name}.csv)" for name, what in FAULTS.items()
    ]
    assert said[-1] == "nothing was replaced"
    assert kept(project) == before


def test_a_file_that_is_not_in_the_folder_is_named(project, tmp_path_factory):
    before = kept(project)
    done = renew(project, "--from", tmp_path_factory.mktemp("downloads"))
    assert done.returncode == 1
    assert f"{SCORES}: not in " in done.stderr
    assert kept(project) == before


@pytest.mark.audit
def test_a_newer_vintage_is_shown_refused_while_a_sentence_fails_and_taken_when_mended(
    project, tmp_path_factory
):
    downloads = tmp_path_factory.mktemp("downloads")
    ahead = "Ahead,Ahead,199,198,200,2027-01-09,,China,,,\n"
    scores_file(downloads / SCORES, ahead)
    before = kept(project)
    asked = ["--from", downloads, "--only", SCORES, "--day", "2027-01-15"]
    done = renew(project, *asked)
    assert done.returncode == 1, done.stdout
    assert "capability_scores | 0 rows changed, 269 added, 0 removed" in done.stdout
    assert "a sentence no longer holds: 'The best Chinese model is behind'" in done.stdout
    assert "| models | " in done.stdout and "| fig-scores |" in done.stdout
    assert kept(project) == before
    pictures = project / "_build" / "renew" / "pictures"
    old, new = (pictures / age / "fig-scores.svg" for age in ("old", "new"))
    assert old.read_bytes() != new.read_bytes()

    assert ask(project, *asked) == "the text of the request to merge is in _build/renew/request.md"
    request = (project / "_build/renew/request.md").read_text(encoding="utf-8")
    assert "| epoch/eci_scores.csv | Epoch AI | 2026-08-11 | 2027-01-15 | 222 | 269 |" in request
    assert "a sentence no longer holds" in request and "mended in this branch" in request
    assert ask(project, *asked) == "no table changed; nothing to ask for"
    # The second asking committed what the first had taken.
    git(project, "checkout", "--quiet", "HEAD~1", ".")
    assert kept(project) == before

    page = project / "book" / "index.md"
    text = page.read_text(encoding="utf-8").replace("is behind", "is ahead")
    page.write_text(text.replace('["China"] <', '["China"] >'), encoding="utf-8")
    # As it is, the book cannot be said to hold: its chapter is ahead of its table.
    done = renew(project, *asked)
    assert done.returncode == 0, done.stdout + done.stderr
    with open(project / "data/capability_scores.csv", encoding="utf-8") as table:
        days = {one["vintage_date"] for one in csv.DictReader(table)}
    assert max(days) == "2027-01-15" and "2026-08-11" in days
    assert renew(project, *asked).stdout == "1 files looked at, 0 are new\n"


def test_lines_that_name_an_old_day_are_found(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/a.md").write_text("Fine.\nScores of 25 September 2026.\n")
    assert moved.typed(tmp_path, ["25 September 2026"]) == [
        ["book/a.md:2", "Scores of 25 September 2026."]
    ]
