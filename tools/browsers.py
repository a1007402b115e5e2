"""Install what the browser tests need, or say in one line what to install."""

import os
import shutil
import subprocess
import sys

# Debian's packages; node drives Firefox, which Playwright can do with its own build only.
WANTED = {"chromium": "chromium", "firefox-esr": "firefox-esr", "node": "nodejs", "npm": "npm"}
# The sample of a server is tried with the server.
WANTED |= {"nginx": "nginx"}
# The checkers of HTML and of EPUB are programs of Java.
WANTED |= {"java": "default-jre-headless", "epubcheck": "epubcheck"}


def main() -> int:
    path = os.environ["PATH"] + ":/usr/sbin"
    missing = [name for command, name in WANTED.items() if not shutil.which(command, path=path)]
    if not missing:
        return 0
    if shutil.which("apt-get") and os.geteuid() == 0:
        print(f"Installing {' '.join(missing)} with apt-get", flush=True)
        quiet = ["apt-get", "-qq", "-o=Dpkg::Use-Pty=0"]
        subprocess.run([*quiet, "update"], check=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            [*quiet, "install", "-y", "--no-install-recommends", *missing],
            check=True,
            env=env,
            stdout=subprocess.DEVNULL,
        )
        return 0
    if "chromium" in missing:
        print("Installing Playwright's Chromium", flush=True)
        if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
            print(
                f"The browser tests need: sudo apt-get install {' '.join(missing)}", file=sys.stderr
            )
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
