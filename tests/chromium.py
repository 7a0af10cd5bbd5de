"""Which Chromium the journeys run in: one that is there, else one that is installed here.

`python -m tests.chromium` finds or installs it, and says where it is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# the shell comes first: the same engine without a window of its own, a quarter quicker
NAMES = [
    "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"
]  # fmt: skip
WHAT_TO_DO = (
    "The journeys need a Chromium: install one (on Debian `apt-get install chromium`, elsewhere"
    " `.venv/bin/playwright install --with-deps chromium`) or name it, CHROMIUM=/path/to/chromium."
)


class NoChromium(Exception):
    pass


def chromium() -> str:
    """The program's path."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not (program := shutil.which(named)):
            raise NoChromium(f"CHROMIUM is “{named}”, and there is no such program.")
        return program
    found = next(filter(None, map(shutil.which, NAMES)), None) or of_playwright()
    if not found:
        raise NoChromium(WHAT_TO_DO)
    return found


def of_playwright() -> str | None:
    """What `playwright install chromium` put into its own folder."""
    code = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    path = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stdout.strip()
    return path if path and Path(path).exists() else None


def install() -> None:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "-q", "update"], env=environment, check=False)
        for package in NAMES[:2]:  # older systems have no shell apart
            command = ["apt-get", "-q", "install", "--yes", "--no-install-recommends", package]
            if subprocess.run(command, env=environment, check=False).returncode == 0:
                return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> None:
    try:
        print(chromium())
    except NoChromium as sentence:
        if os.environ.get("CHROMIUM"):
            sys.exit(str(sentence))
        print("No Chromium is here; one is being installed.", flush=True)
        install()
        try:
            print(chromium())
        except NoChromium as still:
            sys.exit(str(still))


if __name__ == "__main__":
    main()
