"""A TOML file that somebody wrote for a command: what it states, or what is wrong in a sentence."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any


class NotToml(ValueError):
    """The file cannot be read or is not TOML; the text says what to do."""


def read_toml(file: Path) -> tuple[dict[str, Any], bytes]:
    """Return what a file states, and its bytes; raises NotToml."""
    try:
        content = file.read_bytes()
        return tomllib.loads(content.decode("utf-8")), content
    except (OSError, UnicodeDecodeError) as fault:
        raise NotToml(f"{file} cannot be read: see its name and rights.") from fault
    except tomllib.TOMLDecodeError as fault:
        raise NotToml(f"{file} is not TOML: {fault}.") from fault
    except (ValueError, RecursionError) as fault:
        # Python reads neither a number of thousands of digits nor a list in a thousand others.
        raise NotToml(
            f"{file} has a number too long or a list nested too deep to be read: correct it."
        ) from fault
