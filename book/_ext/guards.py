"""Where this book reaches into the private parts of other libraries, and with which it was tried.

Each such place asks here first. With a version that nobody has tried, the place is left out, once
with a line that says what the build does without it: slower, and the same pages.
"""

from functools import cache, wraps
from importlib.metadata import PackageNotFoundError, version

from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

# The versions that were tried, by their first two numbers. A new one is entered when `make test`
# and `make audit` have passed with it.
TRIED = {
    "sphinx": ("7.4",),
    "jinja2": ("3.1",),
    "myst-nb": ("1.4",),
    "sphinxcontrib-bibtex": ("2.7",),
    "sphinx-multitoc-numbering": ("0.1",),
    "sphinx-jupyterbook-latex": ("1.0",),
    "jupyter-book": ("1.0",),
    "jupyter-client": ("8.10",),
    "ipykernel": ("7.4",),
}


@cache
def is_tried(*packages: str) -> bool:
    """Whether each of these packages is installed in a version that was tried."""
    return all(_first_two(package) in TRIED[package] for package in packages)


def _first_two(package: str) -> str:
    try:
        return ".".join(version(package).split(".")[:2])
    except PackageNotFoundError:
        return "none"


@cache
def leave_out(place: str, without: str, *packages: str) -> None:
    """Say once that a place is left out, and what the build does without it."""
    found = ", ".join(f"{package} {_first_two(package)}" for package in packages)
    logger.info("left out, since untried with %s: %s; %s", found, place, without)


def patch(*packages: str, without: str, instead=None):
    """Mark a function as one that uses private parts of these packages.

    `without` says what the build does where they are untried; the function then gives `instead`.
    """

    def guard(function):
        @wraps(function)
        def guarded(*args, **kwargs):
            if is_tried(*packages):
                return function(*args, **kwargs)
            leave_out(function.__name__, without, *packages)
            return instead

        return guarded

    return guard


def warnings_of(app) -> int:
    """How many warnings a build has had so far; no public part of Sphinx says it in time.

    Nothing can stand in for it: a book must not be published that a strict build would refuse.
    """
    if not hasattr(app, "_warncount"):
        raise ExtensionError(f"Sphinx {_first_two('sphinx')} does not count warnings as 7.4 does")
    return app._warncount
