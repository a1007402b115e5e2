"""Kernels that start warm: forked from one process that has imported the libraries once.

Starting a kernel and importing pandas and Altair takes longer than most chapters compute. This
file is run by `Nursery` as a process of its own. It imports the libraries, then reads requests,
one JSON object a line, forks a kernel for each, and answers with its process id. It imports
nothing of the project, so that each kernel's log of files (recorder.py) stays complete.
"""

import contextlib
import json
import os
import random
import select
import signal
import subprocess
import sys
import threading

# What chapters import from elsewhere. A module that is missing here costs time, not correctness.
_LIBRARIES = ("ipykernel.kernelapp", "pandas", "altair", "vl_convert")
_LAUNCHER = "ipykernel_launcher"


# Elsewhere, system libraries do not survive a fork.
CAN_FORK = sys.platform == "linux"


def is_possible(argv: list[str]) -> bool:
    """Whether a kernel with this command can be forked: a Python kernel of this interpreter."""
    return _LAUNCHER in argv and argv[0] in ("python", sys.executable)


class Nursery:
    """The side of the build: starts the process that forks, and asks it for kernels."""

    def __init__(self):
        command = [sys.executable, "-Xfrozen_modules=off", __file__]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.asking = threading.Lock()

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> "Forked":
        """Start a kernel by the command that would start it cold."""
        arguments = argv[argv.index(_LAUNCHER) + 1 :]
        wish = json.dumps({"arguments": arguments, "cwd": str(cwd), "env": env})
        with self.asking:
            self.process.stdin.write(wish + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("the process that starts kernels has ended; build again")
        return Forked(int(answer))

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()


class Forked:
    """A forked kernel, with what Jupyter asks of a `subprocess.Popen`; it is no child of ours."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int):
        self.pid = pid
        try:
            self.watched = os.pidfd_open(pid)
        except ProcessLookupError:
            self.watched = None

    def poll(self) -> int | None:
        """0 if the process has ended; its exit code is not known here."""
        if self.watched is None:
            return 0
        if select.select([self.watched], [], [], 0)[0]:
            os.close(self.watched)
            self.watched = None
            return 0
        return None

    def wait(self) -> int:
        if self.watched is not None:
            select.select([self.watched], [], [])
        return self.poll() or 0

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


# The side of the process that forks


def _serve() -> None:
    # The folder of this file: its modules have names that notebooks use for others.
    del sys.path[0]
    # What libraries and kernels print goes where the build's errors go; only answers go back.
    answers = os.dup(1)
    os.dup2(2, 1)
    for name in _LIBRARIES:
        try:
            __import__(name)
        except ImportError:
            continue
    signal.signal(signal.SIGCHLD, _take_leave)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            os.close(answers)
            _become_kernel(**json.loads(line))
        os.write(answers, f"{pid}\n".encode())


def _take_leave(*_) -> None:
    """Wait for kernels that have ended; only so their CPU time counts as that of the build."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(arguments: list[str], cwd: str, env: dict[str, str]) -> None:
    """Run a kernel as `python -m ipykernel_launcher` would, and end."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(env)
    random.seed()
    # The kernel ends when this is no longer its parent, so when the build has ended. ipykernel
    # reads the variable that says so when it is imported, which was before the fork.
    sys.argv = [_LAUNCHER, f"--IPKernelApp.parent_handle={os.getppid()}", *arguments]
    code = 1
    try:
        from ipykernel import kernelapp

        kernelapp.launch_new_instance()
        code = 0
    finally:
        sys.stdout.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
