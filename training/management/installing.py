"""Makes .venv and installs the locked packages; `make` runs this with the machine's own Python.

It needs nothing but Python 3.11 with pip: Debian's Python cannot make an environment with pip in
it unless one more package is installed, and its pip installs into an environment without one.
"""

import fcntl
import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENT = ROOT / ".venv"
PYTHON = ENVIRONMENT / "bin" / "python"
REQUIREMENTS = {"demo": "requirements.txt", "all": "requirements-dev.txt"}
OLDEST_PYTHON = (3, 11)
WITHOUT_PIP = (
    "This Python has no pip, and there is no uv either; install one of them"
    " (on Debian: apt-get install python3-pip) and try again."
)


def main(kind: str) -> None:
    if sys.version_info < OLDEST_PYTHON:
        sys.exit(f"Cohort needs Python 3.11 or newer, and this is {platform.python_version()}; name one: PYTHON=…")
    if is_installed(kind):
        return
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands at once: the second finds it done
        if not is_installed(kind):
            install(kind)


def is_installed(kind: str) -> bool:
    """Whether exactly these packages were installed; all of them include the demo's."""
    kinds = {"demo": ["demo", "all"], "all": ["all"]}[kind]
    return any(_stamp(each).exists() and _stamp(each).read_text() == _fingerprint(each) for each in kinds)


def install(kind: str) -> None:
    if not _runs():
        say("Making .venv …")
        run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(ENVIRONMENT)])
    say(f"Installing the packages of {REQUIREMENTS[kind]}, each checked by its hash …")
    for stamp in map(_stamp, REQUIREMENTS):
        stamp.unlink(missing_ok=True)
    run([*installer(), "--require-hashes", "--only-binary", ":all:", "-r", str(ROOT / REQUIREMENTS[kind])])
    run([str(PYTHON), "-m", "training.management.messages", "compile"])
    _stamp(kind).write_text(_fingerprint(kind))


def installer() -> list[str]:
    """The command that installs into the environment: pip from outside it, else uv."""
    if _has_pip():
        options = ["--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
        return [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", *options]
    if uv := shutil.which("uv"):
        return [uv, "pip", "install", "--python", str(PYTHON)]
    if subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        return [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off"]
    sys.exit(WITHOUT_PIP)


def say(sentence: str) -> None:
    sys.stdout.write(sentence + "\n")
    sys.stdout.flush()


def run(command: list[str]) -> None:
    if code := subprocess.run(command, cwd=ROOT, check=False).returncode:
        sys.exit(f"This did not work (code {code}): {' '.join(command)}")


def _has_pip() -> bool:
    return subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def _runs() -> bool:
    """Whether there is an environment whose Python still exists and is new enough."""
    code = f"import sys; sys.exit(sys.version_info < {OLDEST_PYTHON})"
    try:
        return subprocess.run([str(PYTHON), "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _stamp(kind: str) -> Path:
    return ENVIRONMENT / f"installed-{kind}"


def _fingerprint(kind: str) -> str:
    return hashlib.sha256((ROOT / REQUIREMENTS[kind]).read_bytes()).hexdigest()


if __name__ == "__main__":
    main(sys.argv[1])
