"""The image installs what is locked for it: what runs, in the versions that were tested."""

from __future__ import annotations

import re
import tomllib
from itertools import chain

from supply.parts import ROOT, Use, parts, parts_of_registry, python_parts
from tests.unit.supply.places import a_registry_of


def bare(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements)
    return {re.sub(r"[-_.]+", "-", name.group()).lower() for name in names if name}


def test_the_image_s_lock_has_what_runs_and_none_of_what_only_develops() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    image = {part.name for part in python_parts(ROOT / "infra/image.lock", Use.RUN_TIME)}
    every = {part.name for part in python_parts(ROOT / "requirements.lock", Use.DEVELOPMENT)}
    run_time = bare([*project["dependencies"], *extras["build"], *extras["candidates"]])
    assert run_time <= image
    assert image & (bare(extras["dev"]) - run_time) == set()
    assert bare([*project["dependencies"], *chain(*extras.values())]) <= every


def test_the_image_s_lock_is_a_part_of_the_whole_one() -> None:
    image = {one.purl: one.hashes for one in python_parts(ROOT / "infra/image.lock", Use.RUN_TIME)}
    whole = {
        one.purl: one.hashes for one in python_parts(ROOT / "requirements.lock", Use.DEVELOPMENT)
    }
    assert {purl: whole.get(purl) for purl in image} == image
    assert "-r image.lock" in (ROOT / "infra/docker/Dockerfile").read_text()


def test_every_part_but_an_image_is_held_to_a_checksum() -> None:
    found = parts()
    assert {part.use for part in found} >= set(Use) - {Use.REGISTRY}
    bare = {one.purl.type for one in found if not one.hashes}
    assert bare == {"docker", "npm"}, "the npm package is that of the jar, which has one"


def test_what_the_registry_s_archive_holds_is_read_from_its_list(tmp_path) -> None:
    folder = a_registry_of(tmp_path, "a.b:c::jar:1.2", "a.b:n:linux:jar:3", "a.b:p::pom:4")
    assert [str(part.purl) for part in parts_of_registry(folder)] == [
        "pkg:maven/a.b/c@1.2",
        "pkg:maven/a.b/n@3?classifier=linux",
        "pkg:maven/a.b/p@4?type=pom",
    ]
