"""What the installed package says of itself: its version, and an address at which it is described."""

from __future__ import annotations

import json
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from urllib.request import url2pathname


def version() -> str:
    """The version of the installed package; "0" where it is run without being installed."""
    try:
        return str(metadata.version("tapelint"))
    except metadata.PackageNotFoundError:
        return "0"


def page() -> str:
    """The first address that the package's metadata names; otherwise where it was installed from; "" for neither.

    What is installed from a repository, an archive or a folder has its address written down by the installer (PEP 610).
    """
    packages = list(metadata.distributions(name="tapelint"))
    named: list[str] = [entry for package in packages for entry in package.metadata.get_all("Project-URL") or ()]
    if named:
        return named[0].partition(",")[2].strip()
    origins = (_origin(package.read_text("direct_url.json") or "{}") for package in packages)
    return next(filter(None, origins), "")


def _origin(written: str) -> str:
    url = urlsplit(str(json.loads(written).get("url", "")))
    if url.scheme in ("http", "https"):
        # Who installs from a private repository may have left a token in front of the host.
        return urlunsplit((url.scheme, url.netloc.rpartition("@")[2], url.path, "", ""))
    readme = Path(url2pathname(url.path)) / "README.md"
    return readme.as_uri() if url.scheme == "file" and readme.is_file() else ""
