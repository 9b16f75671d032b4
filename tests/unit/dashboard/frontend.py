"""A small stand-in for the archive of GOV.UK Frontend: what is asked of it is its form alone."""

from __future__ import annotations

import zipfile
from pathlib import Path

FOLDER = "META-INF/resources/webjars/govuk-frontend/5.14.0/dist/govuk"
CSS = (
    ".govuk-link{font-family:GDS Transport,arial,sans-serif}/*! (c) a foundry */"
    "@font-face{font-family:GDS Transport;src:url(/assets/fonts/light.woff2)}.b{color:red}"
    "/*# sourceMappingURL=govuk-frontend.min.css.map */"
)


def archive(folder: Path, css: str = CSS) -> Path:
    """Write the archive into the folder and return where it is."""
    file = folder / "govuk-frontend.jar"
    with zipfile.ZipFile(file, "w") as opened:
        opened.writestr(f"{FOLDER}/govuk-frontend.min.css", css)
        opened.writestr(f"{FOLDER}/govuk-frontend.min.js", "export function initAll(){}")
    return file
