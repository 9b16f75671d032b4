"""What tests of parts begin from."""

from __future__ import annotations

from pathlib import Path

from packageurl import PackageURL

from supply.parts import Part, Use


def a_registry_of(folder: Path, *lines: str) -> Path:
    (folder / "quarkus-app-dependencies.txt").write_text("".join(f"{line}\n" for line in lines))
    return folder


def a_part(purl: str, use: Use = Use.RUN_TIME) -> Part:
    return Part(purl=PackageURL.from_string(purl), use=use)
