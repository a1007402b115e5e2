"""Take out the scripts of Thebe, which Jupyter Book always adds and this book does not use.

They stand twice on each page, which is an error in the browser's console, and they name a host
that no page of this book may ask.
"""


def remove_thebe(app, config) -> None:
    for listeners in app.events.listeners.values():
        listeners[:] = [heard for heard in listeners if heard.handler.__module__ != "sphinx_thebe"]


def remove_style(app, pagename, templatename, context, doctree) -> None:
    context["css_files"] = [css for css in context["css_files"] if "thebe" not in str(css.filename)]


def setup(app):
    app.connect("config-inited", remove_thebe)
    app.connect("html-page-context", remove_style)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
