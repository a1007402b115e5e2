"""What changed from one edition to another, for readers, programs and the pages of old editions.

`make edition` calls it at its end. It reads editions as they were published, and writes beside
them, never into them:

_editions/changes/2026.1-2026.2.html  every pair of editions, old and new with the reason
_editions/changes/2026.1-2026.2.json  the same for programs; changes.schema.json has its form
_editions/changes/since-2026.1.js     what pages of that edition say of newer values
_editions/changes.json                all pairs, and what each edition changed
_editions/changes.atom                a feed with an entry for each edition

A reason is data, method, both, or a correction (data/corrections.csv), see causes.py.
"""

import csv
import io
import json
import math
import uuid
from functools import cached_property
from html import escape
from itertools import pairwise, zip_longest
from pathlib import Path

from causes import Published, cause

FORM = 1
TITLE = "The Computing Power Dilemma, Examined"
# Differences of this size are of the last digits of a machine.
SAME = 1e-9
KINDS = {
    "facts": "Numbers",
    "verdicts": "Verdicts",
    "findings": "Findings",
    "figures": "Figures",
}
WHY = {
    "data": "newer data",
    "method": "another method",
    "data and method": "newer data and another method",
    "correction": "a correction",
    "software": "newer software",
    "judgement": "another judgement of the evidence",
    "wording": "other words",
    "added": "new in this edition",
    "removed": "no longer stated",
    "not known": "the reason is not known",
}


class Edition(Published):
    """An edition in its folder, and what it says."""

    def __init__(self, folder: Path):
        super().__init__(folder)
        said = json.loads((folder / "edition.json").read_text(encoding="utf-8"))
        self.version, self.date = said["version"], said["date"]

    def _said(self, name: str) -> dict:
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {name: []}

    @cached_property
    def address(self) -> str:
        """The public address of the folder of all editions; "" where there is none."""
        whole = self._said("facts").get("schema", "")
        return whole.split(f"{self.version}/facts.schema.json")[0] if "://" in whole else ""

    def _by_id(self, name: str) -> dict[str, dict]:
        found = {one["id"]: one for one in self._said(name)[name]}
        for one in found.values():
            # From beside the editions, so that it resolves in a folder too.
            inner = one["address"].split(f"/{self.version}/")[-1]
            one["place"] = f"{self.version}/{inner}"
        return found

    @cached_property
    def facts(self) -> dict[str, dict]:
        return self._by_id("facts")

    @cached_property
    def claims(self) -> dict[str, dict]:
        return self._by_id("claims")

    @cached_property
    def findings(self) -> dict[str, dict]:
        return self._by_id("findings")

    @cached_property
    def figures(self) -> dict[str, dict]:
        """Each figure with its title, rows and place, by its label."""
        found = {}
        for path in sorted((self.folder / "_figures").glob("*.json")):
            about = json.loads(path.read_text(encoding="utf-8"))
            inner = about["address"].split(f"/{self.version}/")[-1]
            found[path.stem] = {
                "title": about["title"],
                "place": f"{self.version}/{inner}",
                "rows": _rows(path.with_suffix(".csv")),
            }
        return found

    def table(self, name: str) -> list[dict[str, str]]:
        path = self.folder / "data" / f"{name}.csv"
        if not path.exists():
            return []
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))

    def of_claim(self, claim_id: str) -> dict[str, list]:
        """The rows of the tables that bear on a claim."""
        evidence = [row for row in self.table("evidence") if row.get("claim_id") == claim_id]
        sources = {row.get("source_id") for row in evidence}
        return {
            "claims": [row for row in self.table("claims") if row["claim_id"] == claim_id],
            "evidence": evidence,
            "sources": [row for row in self.table("sources") if row["source_id"] in sources],
        }


def _rows(path: Path) -> list[list[str]]:
    if not path.exists():
        return []
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))


# One pair of editions


def compare(old: Edition, new: Edition) -> dict:
    """Everything that differs, each once, with the reason."""
    corrected = {
        thing: row["what_is_right"]
        for row in new.table("corrections")
        if _between(row["edition"], old.version, new.version)
        for thing in row["things"].split()
    }
    facts = _facts(old, new, corrected)
    return {
        "from": old.version,
        "to": new.version,
        "dates": [old.date, new.date],
        "facts": facts,
        "verdicts": _verdicts(old, new, corrected),
        "findings": _findings(old, new, corrected, {one["id"]: one["reason"] for one in facts}),
        "figures": _figures(old, new, corrected),
    }


def order(version: str) -> list[int]:
    """2026.10 comes after 2026.9."""
    return [int(part) for part in version.split(".")]


def _between(version: str, old: str, new: str) -> bool:
    return order(old) < order(version) <= order(new)


def _pairs(old: dict, new: dict, differ, kind: str, corrected: dict):
    """What went, came or differs: an entry without its reason, with the old and the new thing."""
    for key in sorted({*old, *new}):
        a, b = old.get(key), new.get(key)
        if a and b and not differ(a, b):
            continue
        note = corrected.get(f"{kind}-{key.lower()}" if kind != "fig" else key, "")
        entry = {"id": key, "before": "", "after": "", "reason": "correction" if note else ""}
        entry |= {"from": a["place"] if a else "", "at": b["place"] if b else "", "note": note}
        if not (a and b):
            entry["reason"] = "added" if b else "removed"
        yield entry, a, b


def _facts(old: Edition, new: Edition, corrected: dict) -> list[dict]:
    def differ(a, b):
        return not same(a["value"], b["value"]) or a["unit"] != b["unit"]

    found = []
    for entry, a, b in _pairs(old.facts, new.facts, differ, "fact", corrected):
        entry["before"], entry["after"] = _values(a, b)
        if not entry["reason"]:
            what = tuple({"page": _page(one["place"]), "key": entry["id"]} for one in (a, b))
            # What a cell states without a table names its sources.
            entry["reason"] = cause(old, new, what, {*a["tables"], *b["tables"]})
        found.append(entry)
    return found


def _page(place: str) -> str:
    return place.split("/", 1)[1].split("#")[0].removesuffix(".html").removesuffix("/")


def same(a, b) -> bool:
    """Whether two values are one, but for the last digits of a machine."""
    if isinstance(a, str) or isinstance(b, str):
        return a == b
    return math.isclose(a, b, rel_tol=SAME, abs_tol=1e-15)


def _values(a: dict | None, b: dict | None) -> tuple[str, str]:
    """Both values in words: to six digits, or to as many as tell them apart."""
    for digits in (6, 10, 17):
        words = tuple(_in_words(one, digits) for one in (a, b))
        if words[0] != words[1]:
            return words
    return words


def _in_words(fact: dict | None, digits: int) -> str:
    if fact is None:
        return ""
    value = fact["value"]
    text = value if isinstance(value, str) else f"{value:,.{digits}g}"
    return f"{text} {fact['unit']}".strip()


def _verdicts(old: Edition, new: Edition, corrected: dict) -> list[dict]:
    def differ(a, b):
        return (a["verdict"], a["confidence"]) != (b["verdict"], b["confidence"])

    found = []
    for entry, a, b in _pairs(old.claims, new.claims, differ, "claim", corrected):
        for side, one in (("before", a), ("after", b)):
            # Some words of confidence say of what they are.
            entry[side] = f"{one['verdict']} (confidence: {one['confidence']})" if one else ""
        if not entry["reason"]:
            rows = [edition.of_claim(entry["id"]) for edition in (old, new)]
            named = [_named(one) for one in rows]
            what = tuple({"names": ("verdict", *names)} for names in named)
            tables = set()
            for edition, names in zip((old, new), named, strict=True):
                tables |= edition.method(names=names)[1] if names else set()
            # The tables of all claims change with any of them; of this one its rows count.
            tables -= set(rows[0])
            entry["reason"] = cause(old, new, what, tables or {"-"}, moved=rows[0] != rows[1])
        entry["note"] = entry["note"] or (b["reason"] if b else "")
        found.append(entry)
    return found


def _named(rows: dict[str, list]) -> tuple[str, ...]:
    """The quantities that give the figures of a claim's evidence."""
    return tuple(sorted({row.get("measure") or "" for row in rows["evidence"]} - {""}))


def _findings(old: Edition, new: Edition, corrected: dict, reasons: dict) -> list[dict]:
    def differ(a, b):
        return any(a[part] != b[part] for part in ("sentence", "confidence", "certainty"))

    found = []
    for entry, a, b in _pairs(old.findings, new.findings, differ, "finding", corrected):
        for side, one in (("before", a), ("after", b)):
            entry[side] = f"{one['sentence']} ({one['certainty']})" if one else ""
        if not entry["reason"]:
            quoted = {*a.get("facts", ()), *b.get("facts", ())}
            moved = [reasons[key] for key in sorted(quoted) if key in reasons]
            words = sorted({word for one in moved for word in one.split(" and ")})
            words = [one for one in words if one not in ("added", "removed")]
            judged = a["confidence"] != b["confidence"]
            entry["reason"] = _joined(words) or ("judgement" if judged else "wording")
        found.append(entry)
    return found


def _joined(words: list[str]) -> str:
    if "correction" in words:
        return "correction"
    known = " and ".join(one for one in words if one in ("data", "method"))
    return known or (words[0] if words else "")


def _figures(old: Edition, new: Edition, corrected: dict) -> list[dict]:
    def differ(a, b):
        return a["title"] != b["title"] or bool(_moved(a["rows"], b["rows"]))

    found = []
    for entry, a, b in _pairs(old.figures, new.figures, differ, "fig", corrected):
        for side, one in (("before", a), ("after", b)):
            entry[side] = one["title"] if one else ""
        if a and b and not entry["reason"]:
            moved = _moved(a["rows"], b["rows"])
            what = tuple({"page": _page(one["place"]), "label": entry["id"]} for one in (a, b))
            entry["reason"] = cause(old, new, what, set()) if moved else "wording"
            entry["note"] = moved
        found.append(entry)
    return found


def _moved(old: list[list[str]], new: list[list[str]]) -> str:
    """How the rows that a figure draws differ, in words; nothing where they do not."""
    if (old[:1], len(old)) != (new[:1], len(new)):
        return f"{max(0, len(old) - 1)} rows before, {max(0, len(new) - 1)} after"
    differing = sum(
        a != b and any(not same(_number(x), _number(y)) for x, y in zip_longest(a, b, fillvalue=""))
        for a, b in zip(old, new, strict=True)
    )
    return f"{differing} of {len(new) - 1} rows differ" if differing else ""


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


# Files beside the editions


def publish(editions: Path) -> None:
    """Write all that is said of changes, for the editions in a folder."""
    known = sorted(
        (Edition(path.parent) for path in editions.glob("2*/edition.json")),
        key=lambda one: order(one.version),
    )
    folder = editions / "changes"
    folder.mkdir(exist_ok=True)
    steps, pairs = [], []
    for at, new in enumerate(known):
        for old in known[:at]:
            said = compare(old, new)
            name = f"{old.version}-{new.version}"
            _write(folder / f"{name}.json", _head(known, "") | said)
            (folder / f"{name}.html").write_text(page(said, known), encoding="utf-8")
            pairs.append({"from": old.version, "to": new.version, "file": f"changes/{name}.json"})
            if old is known[at - 1]:
                steps.append(said)
            if new is known[-1]:
                script = f"window.bookNewer = {_json(newer(said))};\n"
                (folder / f"since-{old.version}.js").write_text(script, encoding="utf-8")
    _write(folder / "changes.schema.json", schema())
    _write(editions / "changes.json", _head(known, "changes/") | {"steps": steps, "pairs": pairs})
    (editions / "changes.atom").write_text(feed(known, steps), encoding="utf-8")


def links(known: list[dict]) -> str:
    """For the list of editions: what each changed, newest first, and the feed."""
    known = sorted(known, key=lambda one: order(one["version"]), reverse=True)
    if not known[1:]:
        return ""
    steps = "".join(
        f'<li><a href="changes/{old["version"]}-{new["version"]}.html">'
        f"From {old['version']} to {new['version']}</a></li>\n"
        for new, old in pairwise(known)
    )
    return (
        f"<h2>What changed</h2>\n<ul>\n{steps}"
        '<li><a href="changes.atom">Feed</a></li>\n<li><a href="changes.json">As JSON</a></li>\n'
        "</ul>\n"
    )


def _head(known: list[Edition], up: str) -> dict:
    return {
        "book": TITLE,
        "licence": "CC-BY-4.0",
        "form": FORM,
        "schema": f"{up}changes.schema.json",
        "editions": [{"version": one.version, "date": one.date} for one in known],
    }


def _json(said: dict) -> str:
    return json.dumps(said, ensure_ascii=False, indent=1)


def _write(path: Path, said: dict) -> None:
    path.write_text(_json(said) + "\n", encoding="utf-8")


def schema() -> dict:
    """The JSON Schema of changes.json and of the file of a pair."""
    text, words = {"type": "string"}, {"type": "string", "minLength": 1}
    entry = dict.fromkeys(("before", "after", "from", "at", "note"), text)
    entry |= {"id": words, "reason": {"enum": list(WHY)}}
    row = {"type": "object", "properties": entry, "required": list(entry)}
    row["additionalProperties"] = False
    pair = {"from": words, "to": words, "dates": {"type": "array", "items": words}}
    pair |= {kind: {"type": "array", "items": row} for kind in KINDS}
    edition = {"version": words, "date": words}
    head = {
        "book": words,
        "licence": words,
        "form": {"const": FORM},
        "schema": words,
        "editions": {"type": "array", "items": _closed(edition)},
    }
    whole = {
        "steps": {"type": "array", "items": _closed(pair)},
        "pairs": {"type": "array", "items": _closed({"from": words, "to": words, "file": words})},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What changed between editions: all steps, or one pair",
        "oneOf": [_closed(head | whole), _closed(head | pair)],
    }


def _closed(properties: dict) -> dict:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def newer(said: dict) -> dict:
    """What the pages of an old edition show: the newest value of all that changed, in short."""
    found = {"edition": said["to"], "page": f"changes/{said['from']}-{said['to']}.html"}
    for kind in KINDS:
        found[kind] = {
            one["id"]: [one["after"], WHY[one["reason"]], one["at"]]
            for one in said[kind]
            if one["reason"] not in ("added", "wording")
        }
    return found


def summary(said: dict) -> str:
    """How much changed, in a sentence."""
    counts = [(len(said[kind]), KINDS[kind].lower()) for kind in KINDS if said[kind]]
    if not counts:
        return "No number, verdict, finding or figure differs."
    words = [f"{count} {kind if count > 1 else kind[:-1]}" for count, kind in counts]
    listed = ", ".join(words[:-1]) + (" and " if words[1:] else "") + words[-1]
    return f"{listed} differ{'' if sum(count for count, _ in counts) > 1 else 's'}."


def page(said: dict, known: list[Edition]) -> str:
    """A page for a pair of editions, in the newest edition's style."""
    title = f"What changed from edition {said['from']} to {said['to']}"
    parts = [
        f'<header class="page-head"><h1>{title}</h1>',
        f'<p class="deck">{summary(said)} Edition {said["from"]} is of {said["dates"][0]}, '
        f"edition {said['to']} of {said['dates'][1]}.</p></header>",
        "<p>Reasons: the tables behind a number differ (newer data), the code that computes it "
        "differs (another method), or it was wrong (a correction). "
        f'For programs: <a href="{said["from"]}-{said["to"]}.json">this page as JSON</a>, '
        '<a href="../changes.atom">a feed of all editions</a>. '
        '<a href="../index.html">All editions</a>.</p>',
    ]
    wrong = [(kind, one) for kind in KINDS for one in said[kind] if one["reason"] == "correction"]
    if wrong:
        items = "".join(
            f"<li>{_thing(one, kind)}: {escape(one['note'])}</li>" for kind, one in wrong
        )
        parts.append(f'<section id="corrections"><h2>Corrections</h2><ul>{items}</ul></section>')
    for kind in ("verdicts", "findings", "figures", "facts"):
        if said[kind]:
            parts.append(_section(kind, said[kind]))
    sheet = next((known[-1].folder / "_static").glob("book.*.css"), None)
    style = f'<link rel="stylesheet" href="../{known[-1].version}/_static/{sheet.name}">'
    return (
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'; '
        "base-uri 'self'; form-action 'self'; object-src 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)} · {escape(TITLE)}</title>\n"
        '<link rel="alternate" type="application/atom+xml" href="../changes.atom">\n'
        f"{style if sheet else ''}</head>\n"
        '<body><div class="page is-wide"><main id="main"><article>\n'
        + "\n".join(parts)
        + "\n</article></main></div></body>\n</html>\n"
    )


def _section(kind: str, entries: list[dict]) -> str:
    rows = "".join(
        f'<tr id="{kind}-{escape(one["id"], quote=True)}"><td>{_thing(one, kind)}</td>'
        f"<td>{escape(one['before'])}</td><td>{escape(one['after'])}</td>"
        f"<td>{escape(_why(one))}</td></tr>\n"
        for one in entries
    )
    head = "".join(f'<th scope="col">{word}</th>' for word in ("What", "Was", "Is", "Why"))
    return (
        f'<section id="{kind}"><h2>{KINDS[kind]}</h2>\n<div class="table-box"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{rows}</tbody></table></div></section>"
    )


def _thing(one: dict, kind: str) -> str:
    place = one["at"] or one["from"]
    return f'<a href="../{escape(place, quote=True)}">{escape(one["id"])}</a>'


def _why(one: dict) -> str:
    words = WHY[one["reason"]]
    return f"{words[0].upper()}{words[1:]}" + (f". {one['note']}" if one["note"] else "")


# The feed


def feed(known: list[Edition], steps: list[dict]) -> str:
    """An Atom feed, an entry for each edition, newest first; ids hold wherever it is published."""
    base = known[-1].address
    by_new = {said["to"]: said for said in steps}
    entries = "".join(_entry(one, by_new.get(one.version), base) for one in reversed(known))
    own = f'<link rel="self" href="{escape(base)}changes.atom"/>\n' if base else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">\n'
        f"<title>{escape(TITLE)}: what changed</title>\n<id>{_urn('feed')}</id>\n"
        f"<updated>{max(one.date for one in known)}T00:00:00Z</updated>\n"
        f"<author><name>Computegap</name></author>\n{own}"
        f'<link rel="alternate" type="text/html" href="{escape(base)}index.html"/>\n'
        f"<rights>CC BY 4.0</rights>\n{entries}</feed>\n"
    )


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{TITLE}: {name}").urn


def _entry(edition: Edition, said: dict | None, base: str) -> str:
    words, place = "The first edition.", f"{edition.version}/index.html"
    body = f"<p>{words}</p>"
    if said:
        words = summary(said)
        place = f"changes/{said['from']}-{said['to']}.html"
        items = [
            f"<li>{escape(one['id'])}: {escape(one['before'] or 'nothing')} → "
            f"{escape(one['after'] or 'nothing')}. {escape(_why(one))}</li>"
            for kind in KINDS
            for one in said[kind]
        ]
        body = f"<p>{escape(words)}</p>" + (f"<ul>{''.join(items)}</ul>" if items else "")
    return (
        f"<entry>\n<title>Edition {edition.version}</title>\n<id>{_urn(edition.version)}</id>\n"
        f"<updated>{edition.date}T00:00:00Z</updated>\n"
        f'<link rel="alternate" type="text/html" href="{escape(base)}{place}"/>\n'
        f'<summary>{escape(words)}</summary>\n<content type="xhtml">'
        f'<div xmlns="http://www.w3.org/1999/xhtml">{body}</div></content>\n</entry>\n'
    )
