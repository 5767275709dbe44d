"""What the tests need from the machine: found, installed where that is allowed, or named plainly."""

import os
import shutil
import subprocess

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = {
    "chromium": "chromium",
    "gettext": "gettext",
    "fonts": "fonts-noto-cjk",
    "libreoffice": "libreoffice-calc",
    "pdftotext": "poppler-utils",
}


def browser() -> str | None:
    """The path of Chromium: the one in CHROMIUM, or one on the PATH."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def has_chinese_font() -> bool:
    """Whether a page in Chinese shows characters and not boxes."""
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True).stdout.strip())


def missing() -> list[str]:
    """What is not there, by the names in PACKAGES."""
    found = {"gettext": shutil.which("xgettext"), "libreoffice": shutil.which("soffice")}
    found["pdftotext"] = shutil.which("pdftotext")
    state = {"chromium": browser(), "fonts": has_chinese_font(), **found}
    return [name for name, there in state.items() if not there]


def provide() -> list[str]:
    """Install what is missing where that may be done (Debian, as root); what is missing still."""
    wanted = missing()
    if not wanted or os.geteuid() != 0 or not shutil.which("apt-get"):
        return wanted
    packages = [PACKAGES[name] for name in wanted]
    print(f"Installing {' '.join(packages)} …", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", *command], env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return missing()
