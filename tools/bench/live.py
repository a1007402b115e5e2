"""What a run of all chapters in a browser costs: python tools/bench/live.py [desktop|phone]

Seconds, CPU seconds and memory of Chromium's processes, over the built book. The phone has the
screen of one, and its page a quarter of the time: it is stopped for 75 ms of each 100.
tools/bench/live.md has the last run.
"""

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

import psutil
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import weigh  # noqa: E402


def slow_down(pages: list[psutil.Process], ended: threading.Event) -> None:
    """Let these processes run a quarter of the time."""
    while not ended.is_set():
        for process in pages:
            os.kill(process.pid, signal.SIGSTOP)
        time.sleep(0.075)
        for process in pages:
            os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.025)


def measure(is_phone: bool) -> str:
    server = weigh.serve(ROOT / "_build" / "html")
    with sync_playwright() as playwright:
        found = shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        screen = {"viewport": {"width": 1280, "height": 900}}
        if is_phone:
            screen = dict(playwright.devices["Pixel 5"])
            screen.pop("default_browser_type")
        page = browser.new_context(**screen).new_page()
        page.goto(f"http://127.0.0.1:{server.server_port}/book/verify.html")
        processes = [p for p in psutil.Process().children(True) if "chrom" in p.name()]
        pages = [p for p in processes if "--type=renderer" in p.cmdline()]
        before, begun, ended = _cpu(processes), time.time(), threading.Event()
        if is_phone:
            threading.Thread(target=slow_down, args=(pages, ended), daemon=True).start()
        page.click("#verify .live-start")
        peak, now = 0, ""
        while not now.startswith(("Done", "It could not")):
            time.sleep(1)
            peak = max(peak, sum(process.memory_info().rss for process in pages))
            now = page.locator("#verify .live-now").text_content(timeout=600_000)
        ended.set()
        time.sleep(0.2)
        said = page.locator("#verify .live-verdict").text_content()
        cost = _cpu(processes) - before
        browser.close()
    server.shutdown()
    seconds = time.time() - begun
    return f"{said}: {seconds:.0f} s, {cost:.0f} CPU s, {peak / 1e6:.0f} MB of the page; {now}"


def _cpu(processes: list[psutil.Process]) -> float:
    return sum(sum(process.cpu_times()[:2]) for process in processes)


if __name__ == "__main__":
    print(measure(sys.argv[1:] == ["phone"]))
