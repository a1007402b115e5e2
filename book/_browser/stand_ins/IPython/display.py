"""What a cell displays goes to the shell of the chapter that runs."""

from IPython import get_ipython


def display(*objects, raw: bool = False, metadata: dict | None = None, **_) -> None:
    """Hand each object, or bundle by MIME type, to the shell."""
    shell = get_ipython()
    for one in objects if shell else ():
        shell.shown(one if raw else {"text/plain": repr(one)}, metadata or {})


class _Held:
    def __init__(self, data=None, **_):
        self.data = data


HTML = Markdown = Image = JSON = SVG = _Held
