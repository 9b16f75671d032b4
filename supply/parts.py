"""All parts that others wrote, read from the lock files, the compose file and the Dockerfile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from maven_artifact.artifact import Artifact
from packageurl import PackageURL

from stack.artefacts import read_lock

ROOT = Path(__file__).parent.parent

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.M)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_IMAGE = re.compile(
    r"^\s*(?:image:|FROM) ([\w./-]+:[\w.-]+)\$\{(?:JOINEDUP_)?[A-Z]+_DIGEST\}", re.M
)
_RELEASES_OF_NPM = "org.webjars.npm"


class Use(StrEnum):
    """Where a part is at work, as the page of licences says it."""

    RUN_TIME = "run time"
    DEVELOPMENT = "development and tests"
    WHERE_MISSING = "local stack, where the machine has none"
    SERVICES = "local stack"
    REGISTRY = "inside the schema registry"
    PAGES = "pages of the dashboard"
    PROVIDER = "tests of signing in"
    CONTAINER = "container"
    COMPARED = "programs that the benchmark compares ours with"


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of one version; hashes are the SHA-256 of every file that the lock allows."""

    purl: PackageURL
    use: Use
    hashes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the name by which its registry knows it: a Maven one is group:artifact."""
        separator = ":" if self.purl.type == "maven" else "/"
        return separator.join(filter(None, (self.purl.namespace, self.purl.name)))

    @property
    def version(self) -> str:
        """Return the version that is locked."""
        return str(self.purl.version)


def parts(root: Path = ROOT) -> tuple[Part, ...]:
    """Return every part that a lock, the compose file or the image's recipe names."""
    infra, benchmarks = root / "infra", root / "benchmarks"
    run_time = {part.purl for part in python_parts(infra / "image.lock", Use.RUN_TIME)}
    locked = python_parts(root / "requirements.lock", Use.DEVELOPMENT)
    return (
        *(
            Part(
                purl=one.purl,
                use=Use.RUN_TIME if one.purl in run_time else one.use,
                hashes=one.hashes,
            )
            for one in locked
        ),
        *python_parts(infra / "fallback.lock", Use.WHERE_MISSING),
        *maven_parts(infra / "jars.lock", Use.SERVICES),
        *maven_parts(infra / "pages.lock", Use.PAGES),
        *maven_parts(infra / "keycloak.lock", Use.PROVIDER),
        *python_parts(benchmarks / "requirements.lock", Use.COMPARED),
        *maven_parts(benchmarks / "kafka_streams" / "jars.lock", Use.COMPARED),
        *image_parts(root / "docker-compose.yml", infra / "docker" / "Dockerfile"),
    )


def python_parts(lock: Path, use: Use) -> Iterator[Part]:
    """Yield the packages of a lock that pip reads, with the hashes of all their files."""
    text = lock.read_text()
    found = list(_PINNED.finditer(text))
    ends = [one.start() for one in found[1:]] + [len(text)]
    for one, end in zip(found, ends, strict=True):
        purl = PackageURL("pypi", name=one[1], version=one[2])
        yield Part(purl=purl, use=use, hashes=tuple(_HASH.findall(text[one.start() : end])))


def maven_parts(lock: Path, use: Use) -> Iterator[Part]:
    """Yield the artefacts of a lock of Maven coordinates; an npm package in a jar is both."""
    for locked in read_lock(lock):
        artifact = Artifact.parse(locked.coordinate)
        kind = {"type": artifact.extension, "classifier": artifact.classifier}
        said = {name: value for name, value in kind.items() if value and value != "jar"}
        purl = PackageURL(
            "maven", artifact.group_id, artifact.artifact_id, artifact.version, said or None
        )
        yield Part(purl=purl, use=use, hashes=(locked.sha256,))
        if artifact.group_id == _RELEASES_OF_NPM:
            npm = PackageURL("npm", name=artifact.artifact_id, version=artifact.version)
            yield Part(purl=npm, use=use)


def image_parts(*recipes: Path) -> Iterator[Part]:
    """Yield the images that containers begin from; which digest is the operator's variable."""
    named = {image for recipe in recipes for image in _IMAGE.findall(recipe.read_text())}
    for image in sorted(named):
        path, _, version = image.rpartition(":")
        namespace, _, name = path.rpartition("/")
        purl = PackageURL("docker", namespace or None, name, version)
        yield Part(purl=purl, use=Use.CONTAINER)


def parts_of_registry(folder: Path) -> Iterator[Part]:
    """Yield what the registry's archive holds, by the list in it; folder: where it is unpacked."""
    for line in (folder / "quarkus-app-dependencies.txt").read_text().splitlines():
        group, artifact, classifier, kind, version = line.split(":")
        said = {"classifier": classifier} if classifier else {}
        said |= {"type": kind} if kind != "jar" else {}
        purl = PackageURL("maven", group, artifact, version, said or None)
        yield Part(purl=purl, use=Use.REGISTRY)
