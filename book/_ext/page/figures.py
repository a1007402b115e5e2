"""What a page adds to the outputs of cells: numbered, described, downloadable figures and tables.

A cell header names a figure (`fig-…`) or a table (`tab-…`); its caption's second paragraph is the
source line. The renderer in computegap.show.charts has drawn the chart; this module describes it,
and refuses a chart or table that lacks a label, caption, source line or description. A figure on
the web is a headline, the drawing, its source, and one menu with data, pictures, citation and link.
What makes a chart live lies beside the pages, in a file for each figure that is loaded on demand.
"""

import csv
import hashlib
import io
import json
import os
import re
from html import escape
from pathlib import Path

import vl_convert
from computegap import markup
from computegap.typography import in_words
from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from _ext.cite import citations
from _ext.page import pictures
from _ext.page.frame import WEB, element, sentences
from _ext.publish import proofs

logger = logging.getLogger(__name__)

FOLDER = "_figures"
MINUS = "\N{MINUS SIGN}"
# More rows than these are in the CSV file only.
ROWS_SHOWN = 100

_DATE = re.compile(r"\d{4}(-\d\d){1,2}")
_SVG = re.compile(r'<svg xmlns="[^"]*" xmlns:xlink="[^"]*" version="1.1" class="marks"')
_LINES = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
_PARTS = re.compile(r'<script [^>]*class="chart-parts">(.*?)</script>', re.DOTALL)
# Hides the drawing for phones where there is no style sheet; a page has one, and wants no styles.
_HIDDEN = ' style="display:none"'


# The doctree


class figure_tools(nodes.General, nodes.Element):
    """The menu of a figure: its data, downloads, citation, link, and the switch to live."""


class FinishCells(SphinxTransform):
    """Check and finish every figure and table of a page."""

    # Before Sphinx takes labels from the page (850), so that tables are numbered as tables.
    default_priority = 300

    def apply(self, **kwargs) -> None:
        for cell in list(self.document.findall(_is_cell)):
            header = (cell["cell_metadata"] or {}).get("mystnb", {})
            options = header.get("figure", {})
            label = options.get("name", "")
            charts = [node for node in cell.findall(nodes.raw) if 'class="chart"' in node.astext()]
            description = " ".join(header.get("image", {}).get("alt", "").split())
            for problem in _problems(charts, label, options, header):
                logger.warning("cell %s: %s", cell["cell_index"] + 1, problem, location=cell)
            for chart in charts:
                _add_tools(chart, description)
                _describe(chart, description)
            if label.startswith("tab-"):
                _make_table(self.document, cell)


def _is_cell(node) -> bool:
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def _problems(charts, label: str, options: dict, header: dict) -> list[str]:
    """What a figure's or table's header lacks, in words that say how to mend it."""
    if not charts and not label:
        return []
    wanted = "fig-" if charts else "tab-"
    caption = options.get("caption", "").strip()
    found = []
    if not label.startswith(wanted):
        found.append(f"its output needs a label: mystnb.figure.name must begin with {wanted!r}")
    if not caption:
        found.append(f"{label or 'its output'} needs a caption: mystnb.figure.caption")
    elif not re.search(r"\n\s*\nSources?:", caption):
        found.append(f"{label} needs a source line: a second caption paragraph, 'Source: …'")
    if charts and not header.get("image", {}).get("alt", "").strip():
        found.append(f"{label or 'its chart'} needs a description: mystnb.image.alt")
    return found


def _describe(chart: nodes.raw, description: str) -> None:
    """Give both drawings of a chart their role and description for screen readers."""
    spoken = escape(description, quote=True)
    html = _SVG.sub(lambda svg: f'{svg[0]} role="img" aria-label="{spoken}"', chart.astext())
    # The live chart is no image, since its marks can be reached; it takes the description over.
    given = f'data-description="{spoken}"'
    # Such a chart takes the wheel, so it does not come alive by a pointer that crosses it.
    given += ' data-zooms="yes"' if '"bind":"scales"' in html else ""
    html = html.replace('<div class="chart"', f'<div class="chart" {given}', 1)
    html = _PARTS.sub('<span class="chart-drawing"></span>', html.replace(_HIDDEN, ""))
    chart.replace_self(nodes.raw("", html, format="html"))


def _add_tools(chart: nodes.raw, description: str) -> None:
    """Put the tools of a chart after its figure."""
    figure = next((p for p in _ancestors(chart) if isinstance(p, nodes.figure)), None)
    if figure is None or not figure["ids"]:
        return
    tools = figure_tools(label=figure["ids"][0], description=description)
    tools["parts"] = json.loads(_PARTS.search(chart.astext())[1])
    tools["pictures"] = {
        Path(image["uri"]).suffix: image["uri"] for image in figure.findall(nodes.image)
    }
    figure.parent.insert(figure.parent.index(figure) + 1, tools)


def _ancestors(node):
    while node := node.parent:
        yield node


def _make_table(document, cell) -> None:
    """Turn a figure around a computed table into a table of its own, so that it counts as one."""
    for figure in list(cell.findall(nodes.figure)):
        for table in list(figure.findall(nodes.table)):
            caption = next(iter(figure.findall(nodes.caption)), None)
            if caption is None:
                continue
            for entry in table.findall(nodes.entry):
                if _DATE.fullmatch(entry.astext()):
                    entry["classes"].append("date")
            table["ids"], table["names"] = figure["ids"], figure["names"]
            document.ids.update(dict.fromkeys(table["ids"], table))
            table.insert(0, nodes.title("", "", *caption.children))
            legends = list(figure.findall(nodes.legend))
            notes = [
                nodes.container("", *legend.children, classes=["table-source"])
                for legend in legends
            ]
            figure.replace_self([table, *notes])
            break


# The data that a chart draws


def drawn_rows(parts: dict) -> list[dict]:
    """The rows that a chart draws, all its data sets in one list.

    A data set whose rows are all in another one adds nothing. Where several remain, the column
    `drawn_as` names the marks that draw a row.
    """
    marks = _marks_by_dataset(parts["wide"])
    kept: dict[str, list] = {}
    largest_first = sorted(parts["datasets"].items(), key=lambda item: -len(item[1]))
    for name, rows in largest_first:
        rows = [{column: _plain(value) for column, value in row.items()} for row in rows]
        seen = {str(row) for row in rows}
        if not any(seen <= {str(row) for row in other} for other in kept.values()):
            kept[name] = rows
    if len(kept) == 1:
        return next(iter(kept.values()))
    return [
        {**row, "drawn_as": ", ".join(marks.get(name, []))}
        for name, rows in kept.items()
        for row in rows
    ]


def _marks_by_dataset(spec: dict, name: str = "", found: dict | None = None) -> dict[str, list]:
    """Which marks draw which data set; a layer or panel without data takes its parent's."""
    found = {} if found is None else found
    name = spec.get("data", {}).get("name", name)
    if "mark" in spec:
        mark = spec["mark"]["type"] if isinstance(spec["mark"], dict) else spec["mark"]
        marks = found.setdefault(name, [])
        if mark not in marks:
            marks.append(mark)
    inner = [spec["spec"]] if isinstance(spec.get("spec"), dict) else []
    for key in ("layer", "concat", "hconcat", "vconcat"):
        inner += spec.get(key, [])
    for part in inner:
        _marks_by_dataset(part, name, found)
    return found


def _plain(value):
    """A value as a reader would write it: days without midnight, floats without binary noise."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value.removesuffix("T00:00:00")
    if isinstance(value, float):
        short = float(f"{value:.12g}")
        return int(short) if short.is_integer() and abs(short) < 1e12 else short
    return "" if value is None else value


def _columns(rows: list[dict]) -> list[str]:
    """All columns of the rows, in the order in which they first appear."""
    return list(dict.fromkeys(column for row in rows for column in row))


def _csv(rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    columns = _columns(rows)
    writer.writerow(map(_in_csv, columns))
    writer.writerows([_in_csv(row.get(column, "")) for column in columns] for row in rows)
    return text.getvalue()


def _in_csv(value):
    """A value of a file that readers open with a spreadsheet: text is in one line and never run."""
    if not isinstance(value, str):
        return value
    return markup.in_spreadsheet(" ".join(line.strip(" ") for line in _LINES.split(value)).strip())


def _table(rows: list[dict]) -> str:
    columns = _columns(rows)
    head = "".join(f'<th scope="col">{escape(in_words(column))}</th>' for column in columns)
    body = "".join(
        "<tr>" + "".join(_cell(row.get(column, "")) for column in columns) + "</tr>"
        for row in rows[:ROWS_SHOWN]
    )
    left = len(rows) - ROWS_SHOWN
    note = f"<p>{left:,} more rows are in the CSV file.</p>" if left > 0 else ""
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{note}"


def _cell(value) -> str:
    if isinstance(value, int | float):
        return f'<td class="number">{_rounded(value).replace("-", MINUS)}</td>'
    return f"<td>{escape(value)}</td>"


def _rounded(value: float) -> str:
    """A number as a reader takes it in: four digits of a fraction; the CSV has all."""
    if isinstance(value, int):
        return str(value)
    return f"{value:.0f}" if 1_000 <= abs(value) < 1_000_000 else f"{value:.4g}"


# The page


def frame(app, doctree, docname: str) -> None:
    """Make of a figure, its menu and citation one element: headline, drawing, source, menu."""
    if app.builder.name not in WEB:
        return
    for tools in list(doctree.findall(figure_tools)):
        around, at = tools.parent, tools.parent.index(tools)
        figure = around[at - 1]
        cite = around[at + 1 : at + 2]
        caption = next(iter(figure.findall(nodes.caption)), nodes.caption())
        tools["words"] = [
            _words(caption),
            *(
                _words(nodes.inline("", "", *(one.deepcopy() for one in part)))
                for part in sentences(caption.children)
            ),
            " ".join(map(_words, figure.findall(nodes.legend))),
        ]
        tools["name"] = _figure_name(app, docname, tools["label"])
        if cite and cite[0].tagname == "cite_control":
            around.remove(cite[0])
            tools += cite[0]
        around.remove(tools)
        around.replace(figure, _framed(figure, tools))


def _words(node) -> str:
    return " ".join(node.astext().split())


def _framed(figure: nodes.figure, tools: figure_tools) -> nodes.Element:
    caption = next(iter(figure.findall(nodes.caption)), nodes.caption())
    legends = list(figure.findall(nodes.legend))
    headline, rest = sentences(caption.children)
    head = [element("span", *headline, classes=["fig-title"])]
    if rest:
        head += [nodes.Text(" "), element("span", *rest, classes=["fig-sub"])]
    drawing = [one for one in figure if not isinstance(one, nodes.caption | nodes.legend)]
    name = element("b", nodes.Text(f"{tools['name']}."))
    source = [paragraph for legend in legends for paragraph in legend]
    for number, paragraph in enumerate(source):
        source[number] = element("span", *paragraph.children, classes=["fig-said"])
    return element(
        "figure",
        element("figcaption", *head),
        *drawing,
        element("div", element("p", name, nodes.Text(" "), *source), tools, classes=["fig-foot"]),
        classes=["fig"],
        ids=figure["ids"],
    )


def visit_tools(self, node) -> None:
    """Write the files of a figure, and the menu that links to them."""
    if self.builder.name not in WEB:
        raise nodes.SkipNode
    label, rows, name = node["label"], drawn_rows(node["parts"]), node["name"]
    up = "../" * self.builder.current_docname.count("/")
    items = [
        f'<li><a href="{up}{FOLDER}/{file}" download>{text}'
        f'<span class="vh"> of {name}</span> <small>{size}</small></a></li>'
        for file, text, size in _write_files(self.builder, node, rows)
    ]
    parts = up + FOLDER + "/" + _write_parts(self.builder, node, rows)
    table = '<li class="js-only"><button type="button" class="rows-button" aria-expanded="false">'
    table += f'Data as a table<span class="vh"> of {name}</span></button></li>' if rows else ""
    items[1:1] = [table] if rows else []
    if self.builder.config.book_live_parts:
        run = '<li class="js-only"><button type="button" class="run-button">Change and run its code'
        items.append(f'{run}<span class="vh">, {name}</span></button></li>')
    self.body.append(
        f'<details class="menu figure-tools" data-parts="{parts}">'
        f'<summary>Use this figure<span class="vh">: {name}</span></summary><ul class="pop">'
        + "".join(items)
        + f'<li><a href="#{label}">Link to this figure<span class="vh">, {name}</span></a></li>'
        '<li class="js-only"><button type="button" class="live-button" aria-pressed="false">'
        f'Interactive<span class="vh"> version of {name}</span> <small>300 kB, once</small>'
        "</button></li><li>"
    )


def depart_tools(self, node) -> None:
    self.body.append('</li></ul></details><span class="fig-status" role="status"></span>\n')


def _figure_name(app, docname: str, label: str) -> str:
    number = app.env.toc_fignumbers.get(docname, {}).get("figure", {}).get(label)
    return "Figure " + ".".join(map(str, number)) if number else label


def _write_files(builder, node, rows: list[dict]) -> list[tuple[str, str, str]]:
    """Write data, pictures and what one must know of them; returns file, link text, size."""
    folder, label = Path(builder.outdir) / FOLDER, node["label"]
    folder.mkdir(exist_ok=True)
    text = _csv(rows) if rows else ""
    about = _about(builder, node, rows)
    written = []
    if rows:
        # With a mark, by which spreadsheets know the encoding, where it makes a difference.
        encoding = "utf-8" if text.isascii() else "utf-8-sig"
        (folder / f"{label}.csv").write_text(text, encoding=encoding)
        written.append((f"{label}.csv", "CSV"))
    if ".svg" in node["pictures"]:
        drawing = Path(builder.srcdir) / node["pictures"][".svg"].lstrip("/")
        _, headline, rest, _ = node["words"]
        given = drawing.read_text(encoding="utf-8"), {**about, "csv": text}
        svg = pictures.composed(*given, headline, rest, node["name"])
        (folder / f"{label}.svg").write_text(svg, encoding="utf-8")
        kept = Path(builder.outdir).parent / "pictures"
        png = pictures.as_png(svg, given[1], kept)
        (folder / f"{label}.png").write_bytes(png)
        proofs.note(builder, label, svg, png, {**given[1], "title": headline})
        written += [(f"{label}.svg", "SVG picture"), (f"{label}.png", "PNG picture")]
    # A file of its own: a spreadsheet would take a comment in the CSV file for a row.
    said = json.dumps(about, indent=2, ensure_ascii=False) + "\n"
    (folder / f"{label}.json").write_text(said, encoding="utf-8")
    written.append((f"{label}.json", "About: source, licence"))
    return [(file, text, _size(folder / file)) for file, text in written]


def _size(path: Path) -> str:
    size = path.stat().st_size / 1000
    return f"{size:.0f} kB" if size >= 10 else f"{size:.1f} kB"


def _write_parts(builder, node, rows: list[dict]) -> str:
    """Write what makes the chart live and the table of its data as a script, which a page may load
    from a folder too; returns its name with the checksum of its contents."""
    said = {**node["parts"], "table": _table(rows)}
    text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
    script = f"bookFigure({json.dumps(node['label'])}, {text});\n"
    path = Path(builder.outdir) / FOLDER / f"{node['label']}.js"
    path.write_text(script, encoding="utf-8")
    return f"{path.name}?v={hashlib.sha256(script.encode()).hexdigest()[:10]}"


def _about(builder, node, rows: list[dict]) -> dict:
    """Source, licence and citation of a figure and its data."""
    caption, headline, _, source = node["words"]
    app, docname = builder.app, builder.current_docname
    thing = citations.figure(node["label"], node["name"], headline)
    link = citations.permalink(app, docname, node["label"])
    return {
        "title": caption,
        "description": node["description"],
        "source": source,
        "rows": len(rows),
        "columns": _columns(rows),
        # Without a public address the place in the book is printed, and no stand-in.
        "address": link if app.config.html_baseurl else link.removeprefix(app.config.book_address),
        "book": f"{citations.work()['title']}, edition {citations.edition_of(app.config)}",
        "licence": citations.work()["licence"],
        "licence_note": "Data keep the licences of their sources: see data/datapackage.json.",
        "citation": citations.plain(app, docname, thing),
    }


def skip_tools(self, node) -> None:
    raise nodes.SkipNode


def offer_bundle(app, pagename, templatename, context, doctree) -> None:
    """Pages with charts name the bundle that makes them live; their script loads it on demand."""
    tools = next(iter(doctree.findall(figure_tools)), None) if doctree is not None else None
    if tools is not None and app.builder.name in WEB:
        static = Path(app.outdir) / "_static"
        name = _bundle(static, tools["parts"]["wide"]["$schema"])
        context["bundle"] = context["pathto"](f"_static/{name}", 1)


def _bundle(static: Path, schema: str) -> str:
    """Put Vega, of the version that Altair wrote the charts for, into the book; its file's name."""
    version = re.search(r"/v(\d+\.\d+)", schema)[1]
    path = static / f"vega-{version}-{vl_convert.__version__}.js"
    if path.exists():
        return path.name
    # A function around it: the bundle is a module with many top-level names, and browsers load
    # modules neither from file:// nor beside a script that has declared the same names.
    bundle = vl_convert.javascript_bundle(vl_version=version)
    licence = (
        "/* Vega, Vega-Lite, vega-embed, vega-tooltip and what they use: vega-LICENSES.txt */\n"
    )
    # Pages are written by several processes.
    partial = path.with_suffix(f".{os.getpid()}")
    partial.write_text(f"{licence}(() => {{{bundle}\n}})();\n", encoding="utf-8")
    partial.replace(path)
    return path.name


VISITORS = {
    "html": (visit_tools, depart_tools),
    **dict.fromkeys(("latex", "text", "man", "texinfo"), (skip_tools, None)),
}
