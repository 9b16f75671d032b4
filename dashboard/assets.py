"""Style and script of the pages: GOV.UK Frontend from its published archive, and our little own."""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path, PurePosixPath

import msgspec
from starlette.responses import Response

_CSS, _JS = "govuk-frontend.min.css", "govuk-frontend.min.js"
_OURS = ("dashboard.css", "dashboard.js", "icon.svg")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
_KEPT = "public, max-age=31536000, immutable"

# The typeface is licensed for the domain gov.uk alone, so its files are not offered and its name is
# taken out; the crest and the crown are not offered either, and no page of ours asks for them.
_FONT_FACE = re.compile(r"/\*![^*]*\*/\s*(?=@font-face)|@font-face\{[^}]*\}")
_FONT = re.compile(r"\"?GDS Transport\"?,\s*")
_MAP = re.compile(r"\s*(/\*|//)# sourceMappingURL=\S+(\s*\*/)?")


class NotFrontend(Exception):
    """The archive is not the one of GOV.UK Frontend that the pages are written for."""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """A file that the pages ask for, and where, which changes whenever it does."""

    content: bytes
    media_type: str
    version: str


class Assets:
    """The files that the pages ask for, held in memory."""

    def __init__(self, archive: Path) -> None:
        """Read them from the archive of GOV.UK Frontend; raises NotFrontend."""
        frontend = _frontend(archive)
        ours = {name: (files("dashboard") / "static" / name).read_text("utf-8") for name in _OURS}
        texts = {_CSS: without_typeface(frontend[_CSS]), _JS: frontend[_JS], **ours}
        self._assets = {name: _asset(name, _MAP.sub("", text)) for name, text in texts.items()}

    def url(self, name: str) -> str:
        """Return the path at which a page asks for a file."""
        return f"/static/{self._assets[name].version}/{name}"

    def answer(self, version: str, name: str) -> Response:
        """Return the file, to be kept by the browser; 404 where there is none of this version."""
        asset = self._assets.get(name)
        if asset is None or asset.version != version:
            return Response("There is no such file.", 404, media_type="text/plain")
        headers = {"Cache-Control": _KEPT}
        return Response(asset.content, headers=headers, media_type=asset.media_type)


def without_typeface(css: str) -> str:
    """Return the style sheet with the typeface of gov.uk left out; the next in its list serves."""
    plain = _FONT.sub("", _FONT_FACE.sub("", css))
    if "Transport" in plain:
        raise NotFrontend(
            "The style sheet names the typeface of gov.uk in a way that is not known: see that"
            " infra/pages.lock names the version that dashboard/assets.py was written for."
        )
    return plain


def _frontend(archive: Path) -> Mapping[str, str]:
    try:
        with zipfile.ZipFile(archive) as opened:
            wanted = {PurePosixPath(name).name: name for name in opened.namelist() if _is(name)}
            return {name: opened.read(wanted[name]).decode() for name in (_CSS, _JS)}
    except (OSError, zipfile.BadZipFile, KeyError):
        raise NotFrontend(
            f"{archive} is not the archive of GOV.UK Frontend: remove it, and it is fetched again."
        ) from None


def _is(name: str) -> bool:
    return name.endswith(("/dist/govuk/" + _CSS, "/dist/govuk/" + _JS))


def _asset(name: str, text: str) -> Asset:
    content = text.encode()
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(content=content, media_type=_TYPES[PurePosixPath(name).suffix], version=version)
