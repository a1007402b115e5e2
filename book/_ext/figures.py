"""What a page adds to the outputs of cells: numbered, described, downloadable figures and tables.

A cell header names a figure (`fig-…`) or a table (`tab-…`); its caption's second paragraph is the
source line. The renderer in computegap.figures has drawn the chart; this extension describes it,
and refuses a chart or table that lacks a label, caption, source line or description.
"""

import re
from html import escape

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

logger = logging.getLogger(__name__)

_SVG = re.compile(r'<svg xmlns="[^"]*" xmlns:xlink="[^"]*" version="1.1" class="marks"')


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
            for problem in _problems(charts, label, options, header):
                logger.warning("cell %s: %s", cell["cell_index"] + 1, problem, location=cell)
            for chart in charts:
                _describe(chart, header.get("image", {}).get("alt", ""))
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
    spoken = escape(" ".join(description.split()), quote=True)
    html = _SVG.sub(rf'\g<0> role="img" aria-label="{spoken}"', chart.astext())
    # Inside an image, marks are not announced one by one.
    html = re.sub(r' role="graphics-[a-z]+"| aria-roledescription="[^"]*"', "", html)
    html = re.sub(r'(<g [^>]*?) aria-label="[^"]*"', r"\1", html)
    chart.replace_self(nodes.raw("", html, format="html"))


def _make_table(document, cell) -> None:
    """Turn a figure around a computed table into a table of its own, so that it counts as one."""
    for figure in list(cell.findall(nodes.figure)):
        for table in list(figure.findall(nodes.table)):
            caption = next(iter(figure.findall(nodes.caption)), None)
            if caption is None:
                continue
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


def setup(app):
    app.add_transform(FinishCells)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
