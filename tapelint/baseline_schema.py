"""What a baseline may say. It is loaded only where there is one."""

from __future__ import annotations

import msgspec


class Told(msgspec.Struct, frozen=True, rename={"within": "in", "through": "from"}, forbid_unknown_fields=True):
    """An entry, as it is written."""

    code: str
    name: str
    within: str
    text: str
    count: int = 1
    through: str = ""


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The file: the entries by the paths of their files."""

    version: int
    findings: dict[str, list[Told]]


def read(data: bytes, version: int) -> dict[str, list[Told]]:
    """The entries of a file, which must be of this version. ValueError, with a message of one line."""
    content = msgspec.json.decode(data)
    found = content.get("version") if isinstance(content, dict) else None
    if isinstance(found, int) and found != version:
        raise ValueError(f"its version is {found}, this tapelint knows {version}")
    return msgspec.convert(content, File).findings
