"""The front door: what `_config.yml` says of the public address, the repository and the contact.

Each is one setting, and everything that needs it follows: canonical links and citations from the
address (citations.settle_address), Binder and source from the repository, and the way to report an
error from the repository's forms, or else from the contact. A build says which are not set.
"""

import re
from urllib.parse import quote

from sphinx.errors import ExtensionError
from sphinx.util import logging

from _ext.cite.citations import permalink

logger = logging.getLogger(__name__)

_WEB = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?")
_MAIL = re.compile(r"[^\s@:/?]+@[^\s@:/?]+\.[^\s@:/?]+")
_EXPECTED = {
    "html: baseurl": (("https://",), "an address that begins with https://"),
    "repository_url": (("https://",), "an address that begins with https://"),
    "contact": (("https://", "@"), "an e-mail address, or one that begins with https://"),
}


def settle(app, config) -> None:
    """Say what is not set, and refuse what is no address."""
    context = config.html_context
    given = {
        # With the edition's folder by now, or empty.
        "html: baseurl": config.html_baseurl or "",
        "repository_url": context.get("repository_url", ""),
        "contact": context.get("contact", ""),
    }
    for name, value in given.items():
        kinds, expected = _EXPECTED[name]
        fits = _WEB.fullmatch(value) or ("@" in kinds and _MAIL.fullmatch(value))
        if value and not fits:
            raise ExtensionError(f"_config.yml, {name}: found {value!r}, expected {expected}")
    if not given["repository_url"]:
        logger.info("no repository is set (repository_url); pages link to no source and no Binder")
        if not given["contact"]:
            logger.info("no contact is set (contact); no page says where to report a fault")


def offer(app, pagename, templatename, context, doctree) -> None:
    """Give each page the address at which an error in it is reported, where there is one."""
    context["report_error"] = report_address(app, pagename)


def report_address(app, pagename: str) -> str:
    """The form of the repository with the page filled in, the contact, or nothing."""
    context = app.config.html_context
    repository, contact = context.get("repository_url", ""), context.get("contact", "")
    page = permalink(app, pagename) if pagename in app.env.found_docs else ""
    if "github.com/" in repository:
        filled = f"&address={quote(page, safe='')}" if page else ""
        return f"{repository.rstrip('/')}/issues/new?template=number.yml{filled}"
    if repository:
        return f"{repository.rstrip('/')}/issues"
    if "@" in contact and not contact.startswith("https://"):
        return f"mailto:{contact}?subject={quote(f'{app.config.project}: {page}')}"
    return contact
