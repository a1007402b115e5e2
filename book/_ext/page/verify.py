"""The place on a page where everything can be run again; book/_static/js/verify.js fills it.

A book that was built without the parts for it (publish/live.py) says so there, and so does a page
without scripts.
"""

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from _ext.page.frame import WEB
from _ext.publish import live

_WITHOUT = (
    "This copy of the report was built without the parts that run it in a browser. "
    "<code>make live</code> fetches them; notebooks compute the numbers again, too."
)
_NO_SCRIPT = "Running the chapters takes JavaScript, which is switched off here."


_CHANGE = (
    "Loads the same parts as the run above. "
    "The changes stay in this page and are gone when you leave it."
)


def _said(amount: dict[str, int]) -> str:
    """What a run takes, before anything is loaded."""
    whole, packed = (f"{amount[name] / 1e6:.0f} MB" for name in ("bytes", "packed"))
    return (
        f"Runs the {amount['cells']} cells of code of {amount['chapters']} pages, in this browser. "
        f"It loads {whole} from this site ({packed} where the site packs what it sends), keeps "
        "them for the next time, and sends nothing. It takes about a minute on a computer and "
        "some minutes on a phone, and up to a gigabyte of memory."
    )


class verify_place(nodes.General, nodes.Element):
    """The place; what stands in it depends on what the build has."""


class VerifyDirective(SphinxDirective):
    def run(self):
        return [verify_place(what=self.name)]


def visit_place(self, node) -> None:
    if self.builder.name not in WEB:
        raise nodes.SkipNode
    up = "../" * self.builder.current_docname.count("/")
    if self.builder.config.book_live_parts:
        is_change = node["what"] != "verify"
        words = _CHANGE if is_change else _said(live.amount(self.builder.app))
        name = "change" if is_change else "verify"
        none = "" if is_change else f'<noscript><p class="live-none">{_NO_SCRIPT}</p></noscript>\n'
        # As high as what the script puts there, so that nothing below it moves.
        self.body.append(
            f'{none}<div class="verify js-only" id="{name}" data-book="{up or "./"}">'
            f'<p class="live-about">{words}</p><p class="live-buttons"></p>'
            '<p class="live-now"></p></div>\n'
        )
    elif node["what"] == "verify":
        self.body.append(f'<p class="live-none">{_WITHOUT}</p>\n')
    raise nodes.SkipNode


def offer(app, pagename, templatename, context, doctree) -> None:
    """Name to the template the scripts that run code, where the page has a use for them."""
    has_place = doctree is not None and any(True for _ in doctree.findall(verify_place))
    context["has_verify"] = has_place and bool(app.config.book_live_parts)
    has_code = pagename in getattr(app.env, "book_forms", {})
    context["can_run"] = has_code and bool(app.config.book_live_parts)


def register(app) -> None:
    for name in ("verify", "change-data"):
        app.add_directive(name, VerifyDirective)
    skip = (_skip, None)
    app.add_node(
        verify_place,
        html=(visit_place, None),
        **dict.fromkeys(("latex", "text", "man", "texinfo"), skip),
    )


def _skip(self, node) -> None:
    raise nodes.SkipNode
