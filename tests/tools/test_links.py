"""Sources are asked whether they are still there, here by a server of this machine."""

import csv
import http.server
import subprocess
import sys
import threading

import links
import pytest
from conftest import ROOT


class Host(http.server.BaseHTTPRequestHandler):
    """A page that is there, one that moved, one that is gone, one that refuses programs."""

    def answer(self):
        if self.path == "/moved":
            self.send_response(301)
            self.send_header("Location", "/there")
        else:
            codes = {"/there": 200, "/shy": 403, "/broken": 500, "/get-only": 200}
            is_head = self.command == "HEAD" and self.path == "/get-only"
            self.send_response(405 if is_head else codes.get(self.path, 404))
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = answer

    def log_message(self, *args):
        pass


@pytest.fixture
def host():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize(
    ("path", "state"),
    [
        ("/there", "there"),
        ("/there#part", "there"),
        ("/get-only", "there"),
        ("/moved", "moved"),
        ("/shy", "refuses"),
        ("/nowhere", "gone"),
        ("/broken", "gone"),
    ],
)
def test_an_address_is_told_by_its_answer(host, path, state):
    assert links.asked(host + path)[0] == state


def test_a_host_that_does_not_answer_is_gone(host):
    port = int(host.rsplit(":", 1)[1])
    assert links.asked(f"http://127.0.0.1:{port}/there")[0] == "there"
    assert links.asked("http://127.0.0.1:9/there")[0] == "gone"


def test_the_command_names_what_is_gone_with_its_stored_copy(host, tmp_path):
    rows = [
        {"source_id": "good", "url": f"{host}/there", "archive_url": ""},
        {"source_id": "bad", "url": f"{host}/nowhere", "archive_url": "https://copy.test/bad"},
        {"source_id": "other", "url": f"{host}/moved", "archive_url": ""},
    ]
    with open(tmp_path / "sources.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    command = [sys.executable, ROOT / "tools" / "links.py", tmp_path / "sources.csv"]
    done = subprocess.run(command, text=True, capture_output=True)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:2]] == [["gone", "bad"], ["moved", "other"]]
    assert "404" in lines[0] and "[https://copy.test/bad]" in lines[0]
    assert f"{host}/there" in lines[1] and "no stored copy is known" in lines[1]
    assert lines[2] == "1 there, 1 gone, 1 moved"
