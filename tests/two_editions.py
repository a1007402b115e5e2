"""Two editions of a small book, made of two states of its data and its code."""

import hashlib
import json
import re
import shutil

import changed
import edition
from conftest import ROOT, SmallBook

PAGE = """(ch-index)=
# A page with numbers

```{code-cell} ipython3
import altair as alt

from computegap.show import charts, claims
from computegap.show.facts import fact
from computegap.tables import load

charts.use()
FACTOR = 2
rows = load("capex").query("company == 'Alphabet'")
first = rows.query("year == 2020")["capex_usd_billion"].iloc[0]
```

```{code-cell} ipython3
fact("alphabet-2020", first, "USD billion", "capex")
fact("stays", len(rows), "years", "capex")
```

```{code-cell} ipython3
chips = load("chips")
fact("chips-twice", len(chips) * FACTOR, "chips", "chips")
```

```{code-cell} ipython3
fact("chips-told", len(chips), "chips", "chips")
```

```{code-cell} ipython3
fact("old-only", 1, "thing", "this-book")
```

Alphabet spent {fact}`alphabet-2020:.1f`; {fact}`stays` years, {fact}`chips-twice` chips twice.

```{finding} spent
:confidence: high
Alphabet spent {fact}`alphabet-2020:.1f` billion dollars in 2020.

Evidence
: Its report.

Uncertain
: Nothing.

Would change it
: A restatement.
```

```{code-cell} ipython3
claims.show("C081")
```

```{code-cell} ipython3
---
mystnb:
  image:
    alt: A line.
  figure:
    name: fig-index-capex
    caption: |
      What Alphabet spent.

      Source: its reports.
---
alt.Chart(rows).mark_line().encode(alt.X("year:Q"), alt.Y("capex_usd_billion:Q"))
```
"""


def make(folder) -> None:
    """Both editions in `_editions` of a folder; `before.json` has the sums of the first."""
    book = SmallBook(folder)
    book.page(PAGE)
    text = (ROOT / "book" / "check.md").read_text(encoding="utf-8")
    book.add_page("check", text.split("---\n", 2)[2])
    book.set('baseurl: ""', "baseurl: https://compute.test/cpd")
    publish(folder, "2026.1", "2026-11-26")
    before = sums(folder / "_editions" / "2026.1")
    (folder / "before.json").write_text(json.dumps(before), encoding="utf-8")

    # Another state of the data, another factor, a fault that was found, other evidence.
    book.change_cell("capex", 2, "22.3", "23.4")
    page = PAGE.replace("FACTOR = 2", "FACTOR = 3").replace("len(chips), ", "len(chips) - 1, ")
    book.page(page.replace('"old-only", 1', '"new-only", 1'))
    with open(folder / "data" / "corrections.csv", "a", encoding="utf-8") as table:
        words = "One chip was counted twice.,It counts once."
        table.write(f"twice,2026.2,2026-11-28,a reader,{words},fact-chips-told\n")
    package = folder / "data" / "datapackage.json"
    said = json.loads(package.read_text(encoding="utf-8"))
    for one in said["resources"]:
        if one["name"] == "corrections":
            one["rows"] += 1
    package.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    evidence = (folder / "data" / "evidence.csv").read_text(encoding="utf-8").splitlines()
    (line,) = (at for at, row in enumerate(evidence, 1) if ",C081," in row)
    book.change_cell("evidence", line, "supports", "contradicts")
    publish(folder, "2026.2", "2026-11-28")


def publish(root, version: str, date: str) -> None:
    """An edition as `make edition` writes it, without asking whether it is ready.

    What it refuses has tests of its own; here the pages of two editions are wanted.
    """
    path = root / "CITATION.cff"
    text = re.sub(r"^version: .*$", f'version: "{version}"', path.read_text("utf-8"), flags=re.M)
    text = re.sub(r"^date-released: .*$", f"date-released: {date}", text, flags=re.M)
    path.write_text(text, encoding="utf-8")
    pages, folder = edition._build(version, root), root / "_editions" / version
    shutil.copytree(pages, folder)
    said = {"version": version, "date": date, "pages": edition._names(pages)}
    (folder / "edition.json").write_text(json.dumps(said), encoding="utf-8")
    edition._list(folder.parent)
    changed.publish(folder.parent)


def sums(folder) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }
