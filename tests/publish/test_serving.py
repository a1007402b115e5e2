"""The sample configuration of nginx, as nginx runs it: packed files, caching, headers, 404."""

import gzip
import os
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from compress import compress
from conftest import PATIENCE, ROOT

SAMPLE = ROOT / "tools" / "nginx.conf"
# A worker that says whether it may compile the smallest module of WebAssembly.
COMPILES = """
try {
  new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
  postMessage("compiled");
} catch (error) {
  postMessage("refused");
}
"""


@pytest.fixture(scope="module")
def served(example, tmp_path_factory):
    """The address of a small book in a folder `book` of a server with the sample's settings."""
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not nginx:
        pytest.skip("nginx is missing: python tools/browsers.py")
    root = tmp_path_factory.mktemp("served")
    shutil.copytree(example.root / "_build" / "html", root / "site")
    (root / "site" / "_live").mkdir()
    for name in ("worker.js", "another.js"):
        (root / "site" / "_live" / name).write_text(COMPILES, encoding="utf-8")
    compress(root / "site")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    text = SAMPLE.read_text(encoding="utf-8")
    settings = text.replace("listen 80;", f"listen 127.0.0.1:{port};")
    settings = settings.replace("root /srv/book;", f"root {root / 'site'};")
    assert settings.count(str(root)) == 1
    paths = "".join(
        f"{name}_temp_path {root}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # Else the server of an administrator would read as nobody, who may not see this folder.
    user = "user root;" if os.geteuid() == 0 else ""
    (root / "nginx.conf").write_text(
        f"{user} daemon off; pid {root}/pid; error_log {root}/errors; events {{}}\n"
        f"http {{ access_log off; {paths}\n{settings} }}\n",
        encoding="utf-8",
    )
    server = subprocess.Popen(
        [nginx, "-p", str(root), "-c", str(root / "nginx.conf"), "-e", str(root / "errors")]
    )
    address = f"http://127.0.0.1:{port}"
    for _ in range(10 * PATIENCE):
        try:
            urllib.request.urlopen(address)
            break
        except OSError:
            assert server.poll() is None, (root / "errors").read_text()
            time.sleep(0.1)
    yield address, root / "site"
    server.terminate()
    server.wait()


def ask(url: str, **headers):
    """Status, headers and body of an answer, whatever its status."""
    try:
        answer = urllib.request.urlopen(urllib.request.Request(url, headers=headers))
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read()


def test_text_comes_packed_and_is_the_same(served):
    address, site = served
    for name in ("book/index.html", "search-records.js"):
        status, headers, body = ask(f"{address}/{name}", **{"Accept-Encoding": "gzip"})
        assert (status, headers["Content-Encoding"]) == (200, "gzip")
        assert gzip.decompress(body) == (site / name).read_bytes()
        plain = ask(f"{address}/{name}")
        assert plain[1]["Content-Encoding"] is None and plain[2] == (site / name).read_bytes()


def test_what_is_named_by_its_contents_is_kept_and_the_rest_is_asked_for_again(served):
    address, site = served
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    for name in re.findall(r'(?:href|src)="\.\./(_static/[^"]+)"', page):
        status, headers, _ = ask(f"{address}/{name}")
        assert status == 200 and "immutable" in headers["Cache-Control"], name
    _, headers, _ = ask(f"{address}/book/index.html")
    assert headers["Cache-Control"] == "no-cache"
    again = ask(f"{address}/book/index.html", **{"If-None-Match": headers["ETag"]})
    assert again[0] == 304


def test_every_answer_has_the_policy_of_the_pages_and_names_its_kind(served):
    address, site = served
    page = (site / "book" / "index.html").read_text(encoding="utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1]
    for name in ("book/index.html", "search-records.js", "nowhere.html", "sitemap.xml"):
        _, headers, _ = ask(f"{address}/{name}")
        assert headers["Content-Security-Policy"].startswith(policy)
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "octet-stream" not in headers["Content-Type"], name


def test_the_worker_alone_may_compile_webassembly(served, chromium):
    address, _ = served
    context = chromium.browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/book/index.html")
    ask = """(name) => new Promise((resolve) => {
        new Worker(`../_live/${name}`).onmessage = ({ data }) => resolve(data);
    })"""
    assert page.evaluate(ask, "worker.js?0123456789abcdef") == "compiled"
    assert page.evaluate(ask, "another.js") == "refused"
    context.close()


def test_an_address_that_is_none_gets_the_page_that_says_so(served):
    address, _ = served
    status, _, body = ask(f"{address}/book/deep/er/nothing.html")
    assert status == 404
    assert b"There is no such page" in body


@pytest.mark.parametrize("folder", ["", "some/where"])
def test_the_page_for_no_page_finds_its_files_and_links_in_a_folder(tried, chromium, folder):
    """Under whatever address it is shown, also where the book lies in a folder of a site."""
    import weigh

    def prepare(book) -> None:
        book.set('baseurl: ""', f"baseurl: https://compute.test/{folder}")

    book = tried(f"lost-{folder.replace('/', '-')}", prepare)
    assert book.code == 0, book.log[-3000:]
    site = book.root / "_build" / "html"
    around = book.root / "around"
    if not around.exists():
        shutil.copytree(site, around / folder)
    server = weigh.serve(around)
    page = chromium.new_page()
    asked = []
    page.on("response", lambda answer: asked.append((answer.url, answer.status)))
    html = (site / "404.html").read_text(encoding="utf-8")
    lost = f"http://127.0.0.1:{server.server_port}/{folder}/book/no/such/page.html"
    page.route(lost, lambda route: route.fulfill(body=html, content_type="text/html", status=404))
    page.goto(lost)
    page.get_by_role("link", name="The overview").click()
    page.wait_for_url("**/book/index.html")
    assert [one for one in asked if one[1] != 200 and one[0] != lost] == []
    page.close()
    server.shutdown()


def test_packing_again_packs_only_what_changed(tmp_path: Path):
    (tmp_path / "a.html").write_text("a")
    (tmp_path / "b.png").write_bytes(b"b")
    assert [compress(tmp_path), compress(tmp_path)] == [1, 0]
    assert gzip.decompress((tmp_path / "a.html.gz").read_bytes()) == b"a"


def test_whatever_readers_are_given_of_others_comes_with_its_licence(site):
    static = {path.name for path in (site / "_static").iterdir()}
    fonts = [name for name in static if name.endswith(".woff2")]
    assert fonts and all(name.startswith("report-") for name in fonts)
    assert "SIL OPEN FONT LICENSE" in (site / "_static/fonts-OFL.txt").read_text("utf-8").upper()
    (bundle,) = [name for name in static if name.startswith("vega-") and name.endswith(".js")]
    with open(site / "_static" / bundle, encoding="utf-8") as file:
        assert "vega-LICENSES.txt" in file.readline()
    licences = (site / "_static/vega-LICENSES.txt").read_text("utf-8")
    for name in ("vega", "vega-lite", "vega-embed", "vega-tooltip", "vega-interpreter", "d3-array"):
        assert re.search(rf"^(.*, )?{name} \d+\.\d+\.\d+", licences, re.MULTILINE), name
    given = set(re.findall(r"^License: (.+)$", licences, re.MULTILINE))
    assert given == {"BSD-3-Clause", "ISC", "MIT", "0BSD", "Unlicense"}
