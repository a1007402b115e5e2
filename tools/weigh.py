"""What the pages of a built book weigh: python tools/weigh.py [_build/html] [page …]

Opens each page in Chromium over HTTP, as a first visit at 1280 px, and prints kilobytes (text
gzipped, fonts and pictures as they are), requests, elements, layout shift, and what would make a
page fail: another host, a policy that is violated, an error of the console.
"""

import functools
import gzip
import http.server
import shutil
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

PACKED = (".woff2", ".png", ".zip")
SHIFT = """
window.moved = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.moved += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder: Path) -> http.server.ThreadingHTTPServer:
    """A server of a folder on a free port of this machine; its caller ends it."""
    handler = functools.partial(Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def size(path: str, body: bytes) -> int:
    return len(body) if path.endswith(PACKED) else len(gzip.compress(body, 6))


def weigh(browser, site: Path, address: str, page: str, width: int = 1280) -> dict:
    """Bytes, requests, elements, shift and faults of the first view of a page."""
    context = browser.new_context(viewport={"width": width, "height": 900})
    tab = context.new_page()
    asked, faults = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("console", lambda said: said.type == "error" and faults.append(said.text))
    tab.on("pageerror", lambda error: faults.append(str(error)))
    tab.add_init_script(SHIFT)
    tab.goto(f"{address}/{page}", wait_until="networkidle")
    tab.wait_for_timeout(200)
    faults += [f"asked {url}" for url in asked if not url.startswith((address, "data:", "blob:"))]
    paths = [urlsplit(url).path for url in asked if url.startswith(address)]
    sizes = {}
    for path in paths:
        file = site / path.lstrip("/")
        if file.is_file():
            sizes[path] = size(path, file.read_bytes())
        else:
            faults.append(f"{path} is missing")
    own = sizes.get(f"/{page}", 0)
    found = {
        "kB": sum(sizes.values()) / 1000,
        "rest": (sum(sizes.values()) - own) / 1000,
        "requests": len(asked),
        "elements": tab.evaluate("document.querySelectorAll('*').length"),
        "shift": tab.evaluate("window.moved"),
        "faults": faults,
    }
    context.close()
    return found


def pages_of(site: Path) -> list[str]:
    found = [path.relative_to(site).as_posix() for path in sorted((site / "book").glob("*.html"))]
    return [*found, *(name for name in ("search.html", "404.html") if (site / name).exists())]


def main(site: Path, pages: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    server = serve(site)
    address = f"http://127.0.0.1:{server.server_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        print("| page | kB | of it not the page | requests | elements | shift | faults |")
        print("|:---|---:|---:|---:|---:|---:|:---|")
        for page in pages or pages_of(site):
            found = weigh(browser, site, address, page)
            print(
                f"| {Path(page).stem} | {found['kB']:.0f} | {found['rest']:.0f} |"
                f" {found['requests']} | {found['elements']:,} | {found['shift']:.3f} |"
                f" {'; '.join(found['faults'])[:90]} |",
                flush=True,
            )
        browser.close()
    server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "_build/html"), sys.argv[2:])
