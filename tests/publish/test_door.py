"""The front door: address, repository and contact are one setting each, and all else follows."""

from types import SimpleNamespace

import pytest
from _ext.publish import door
from conftest import ROOT
from sphinx.errors import ExtensionError


def test_one_setting_each_gives_binder_and_the_way_to_report_an_error(example, addressed):
    """The book of `addressed` lies in the folder cpd of its host."""
    assert "no repository is set" in example.log and "no contact is set" in example.log
    assert "Report an error" not in example.html()
    assert "no repository is set" not in addressed.log
    report = (
        "https://github.com/someone/some-book/issues/new?template=number.yml"
        "&amp;address=https%3A%2F%2Fcompute.test%2Fcpd%2Fbook%2Findex.html"
    )
    assert f'<a href="{report}">Report an error</a>' in addressed.html()
    assert (ROOT / ".github/ISSUE_TEMPLATE/number.yml").is_file()
    lost = (addressed.root / "_build/html/404.html").read_text(encoding="utf-8")
    assert "issues/new?template=number.yml" in lost


class App:
    """As much of Sphinx as the front door asks."""

    def __init__(self, **settings: str):
        self.config = SimpleNamespace(
            html_context=settings,
            html_baseurl=settings.get("baseurl", ""),
            book_address="https://b.test/",
            project="Book",
        )
        self.env = SimpleNamespace(found_docs=set())


@pytest.mark.parametrize(
    ("settings", "address"),
    [
        ({}, ""),
        ({"contact": "some.one@example.org"}, "mailto:some.one@example.org?subject=Book%3A%20"),
        ({"contact": "https://example.org/write"}, "https://example.org/write"),
        ({"repository_url": "https://codeberg.org/a/b/"}, "https://codeberg.org/a/b/issues"),
    ],
)
def test_an_error_is_reported_where_the_settings_say(settings, address):
    assert door.report_address(App(**settings), "404") == address


@pytest.mark.parametrize(
    "settings", [{"contact": "some one"}, {"repository_url": "a/b"}, {"baseurl": "www.example.org"}]
)
def test_a_setting_that_is_no_address_is_refused_by_its_name(settings):
    app = App(**settings)
    (name,) = settings
    with pytest.raises(ExtensionError, match=rf"_config\.yml, .*{name}: found "):
        door.settle(app, app.config)
