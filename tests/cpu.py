"""What tests and fixtures cost in CPU seconds, with the builds and browsers that they start.

Wall time says little on a machine that others use too. Each report of a test carries what its
set-up, call and end have cost; the end of a run prints the sum, the dearest, and with --cpu all
files and all fixtures. The budget that it is held against stands in CONTRIBUTING.md.
"""

import datetime as dt
import os
import platform
from collections import Counter
from pathlib import Path

import psutil
import pytest

COST, FIXTURES = pytest.StashKey[float](), pytest.StashKey[list]()
SEEN = Counter()


def pytest_addoption(parser):
    parser.addoption("--cpu", action="store_true", help="print the CPU time of files and fixtures")
    parser.addoption("--record", type=Path, help="write outcome and CPU time of each test here")


def spent() -> float:
    """CPU seconds of this process and of all that it has started, as far as they are known.

    Those that run are asked themselves; of those that have ended whoever waited for them knows.
    """
    me = psutil.Process()
    known = sum(map(_spent, [me, *me.children(recursive=True)]))
    # Less than before is known when nobody waited: a browser ends its processes so.
    SEEN["all"] += max(0, known - SEEN["known"])
    SEEN["known"] = known
    return SEEN["all"]


def _spent(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0
    return times.user + times.system + times.children_user + times.children_system


def pytest_configure(config):
    config.pluginmanager.register(Meter(), "cpu-meter")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Summary(config), "cpu-summary")


class Meter:
    """In the process that runs tests: put what each cost into its reports."""

    def __init__(self):
        # What fixtures that another one asked for have cost, to be taken from its own cost.
        self.inner = [0.0]

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef, request):
        before = spent()
        self.inner.append(0.0)
        try:
            return (yield)
        finally:
            whole = spent() - before
            own = whole - self.inner.pop()
            self.inner[-1] += whole
            request.node.session.stash.setdefault(FIXTURES, []).append((fixturedef.argname, own))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        item.stash[COST] = spent()
        return (yield)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_makereport(self, item):
        report = yield
        now = spent()
        report.cpu = now - item.stash[COST]
        item.stash[COST] = now
        fixtures = item.session.stash.setdefault(FIXTURES, [])
        report.fixtures, fixtures[:] = list(fixtures), []
        return report


def machine() -> str:
    """When and where, as the timings of builds say it."""
    memory = psutil.virtual_memory().total / 1e9
    return (
        f"Recorded on {dt.date.today()}: {os.cpu_count()} cores, {memory:.1f} GB, "
        f"{platform.system()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f} at the start.\n`make audit-all` repeats it."
    )


class Summary:
    """In the process that reports: add up and print."""

    def __init__(self, config):
        self.is_long, self.record = config.getoption("cpu"), config.getoption("record")
        self.machine = machine() if self.record else ""
        self.outcomes = {}
        self.tests, self.files, self.fixtures = Counter(), Counter(), Counter()

    def pytest_runtest_logreport(self, report):
        # What a fixture has cost is not the cost of the test that happened to ask for it first.
        own = report.cpu - sum(cost for _, cost in report.fixtures)
        name = report.nodeid.removeprefix("tests/")
        self.tests[name] += own
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[name] = report.outcome
        self.files[report.nodeid.split("::")[0]] += report.cpu
        for name, cost in report.fixtures:
            self.fixtures[name] += cost

    def pytest_sessionfinish(self):
        if not self.record or not self.outcomes:
            return
        rows = [
            f"| `{name}` | {outcome} | {self.tests[name]:.0f} |"
            for name, outcome in sorted(self.outcomes.items())
        ]
        head = ["| test | outcome | CPU seconds |", "|:---|:---|---:|"]
        lines = ["# Audits that take very long", "", self.machine, "", *head, *rows]
        self.record.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def pytest_terminal_summary(self, terminalreporter):
        whole = sum(self.files.values())
        terminalreporter.section(f"{whole / 60:.1f} CPU minutes")
        dearest = self.tests + Counter({f"fixture {k}": v for k, v in self.fixtures.items()})
        groups = [dearest.most_common(5)]
        if self.is_long:
            groups = [self.files.most_common(), self.fixtures.most_common()]
            groups.append(dearest.most_common(80))
        for group in groups:
            lines = [f"{cost:7.1f} s  {name}" for name, cost in group if cost >= 0.5]
            for line in [*lines, ""] if lines else []:
                terminalreporter.write_line(line)
