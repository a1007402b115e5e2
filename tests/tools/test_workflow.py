"""What a public home of the project runs and asks: workflow, forms, hooks."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from _ext.run.inputs import locked
from conftest import ROOT

WORKFLOW = ROOT / ".github" / "workflows" / "book.yml"
RENEW = WORKFLOW.with_name("renew.yml")
SCHEMAS = {
    ".github/workflows/book.yml": "github-workflows",
    ".github/workflows/renew.yml": "github-workflows",
    ".github/ISSUE_TEMPLATE/number.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/build.yml": "github-issue-forms",
    ".github/ISSUE_TEMPLATE/config.yml": "github-issue-config",
}


def lint(path: Path) -> str:
    command = ["node", "tests/workflows.mjs", str(path)]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_workflow_is_one_that_github_runs(node_packages, tmp_path):
    assert lint(WORKFLOW) == "" and lint(RENEW) == ""
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOW.read_text(encoding="utf-8").replace("runs-on", "runs-in", 1))
    assert "runs-in" in lint(wrong)


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_workflow_and_the_forms_fit_their_schemas(name):
    check = [Path(sys.executable).with_name("check-jsonschema")]
    check += ["--builtin-schema", f"vendor.{SCHEMAS[name]}", ROOT / name]
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_each_job_has_a_limit_and_only_publishing_may_write():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    assert workflow["permissions"] == {"contents": "read"}
    jobs = workflow["jobs"]
    assert [name for name, job in jobs.items() if "timeout-minutes" not in job] == []
    assert [name for name, job in jobs.items() if "permissions" in job] == ["publish"]
    assert set(jobs["publish"]["needs"]) == set(jobs) - {"publish"}


def test_renewing_runs_by_the_calendar_and_may_write_in_its_one_job_alone():
    workflow = yaml.safe_load(RENEW.read_text(encoding="utf-8"))
    # YAML takes the word "on" for a truth value.
    assert "cron" in workflow[True]["schedule"][0]
    assert workflow["permissions"] == {"contents": "read"}
    (job,) = workflow["jobs"].values()
    assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
    assert "timeout-minutes" in job


def test_the_workflow_builds_with_each_python_that_the_lock_is_for():
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    first, last = re.search(r"Python 3\.(\d+) to 3\.(\d+)", _read("CONTRIBUTING.md")).groups()
    wanted = [f"3.{minor}" for minor in range(int(first), int(last) + 1)]
    assert workflow["jobs"]["build"]["strategy"]["matrix"]["python"] == wanted


def test_commands_of_the_workflow_and_the_hooks_exist():
    targets = set(re.findall(r"^([a-z-]+):", _read("Makefile"), re.MULTILINE))
    steps = [
        step["run"]
        for workflow in (WORKFLOW, RENEW)
        for job in yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    assert {step.removeprefix("make ") for step in steps} - {".ci/run", ".ci/renew"} <= targets
    hooks = yaml.safe_load(_read(".pre-commit-config.yaml"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    tools = {hook["entry"].split()[0].removeprefix(".venv/bin/") for hook in hooks[0]["hooks"]}
    assert tools <= {"python"} | locked("requirements.txt") | locked("requirements-dev.txt")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")
