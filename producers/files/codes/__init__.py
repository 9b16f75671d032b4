"""The code lists of the formats, as data: one TOML file for each format."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def code_lists(name: str) -> Mapping[str, Any]:
    """Return the lists of this format, such as ``nccis``, by name."""
    text = (files("producers.files.codes") / f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def codes(format_name: str, list_name: str) -> frozenset[str]:
    """Return the codes of a list."""
    return frozenset(code_lists(format_name)[list_name])


@cache
def meanings(format_name: str, list_name: str) -> Mapping[str, str]:
    """Return what each code of a list that translates into our own codes becomes."""
    found: Mapping[str, Mapping[str, list[str]]] = code_lists(format_name)
    return {code: ours for ours, given in found[list_name].items() for code in given}
