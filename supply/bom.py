"""The bill of materials (CycloneDX 1.6, JSON): ``python -m supply.bom`` writes it into dist.

It is built for a release and not kept in the repository: all that it says follows from the lock
files, and a copy beside them could only be older. The same locks give the same bytes: it has no
moment, and its serial number is made of what it says.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model import Property as Said
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from rich.console import Console

from stack.artefacts import Cache
from stack.errors import StackError
from supply.licences import Licensed, licences
from supply.parts import ROOT, Part, Use, parts, parts_of_registry

_SPDX = LicenseFactory()


def bill(judged: Iterable[Licensed], inside: Iterable[Part], version: str) -> str:
    """Return the document; judged: the parts that are locked; inside: what the registry holds."""
    components = [_component(one.part, one.licence) for one in judged]
    components += [_component(part, "") for part in inside]
    bom = Bom(components=components)
    bom.metadata.component = _ourselves(version)
    bom.metadata.timestamp = None  # type: ignore[assignment]  # the standard lets it be absent
    bom.register_dependency(bom.metadata.component, components)
    said = "\n".join(sorted(f"{one.purl} {one.version}" for one in components))
    bom.serial_number = uuid5(NAMESPACE_URL, said)
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def _component(part: Part, licence: str) -> Component:
    kind = ComponentType.CONTAINER if part.use is Use.CONTAINER else ComponentType.LIBRARY
    hashes = [HashType(alg=HashAlgorithm.SHA_256, content=one) for one in part.hashes]
    several = len(hashes) > 1
    return Component(
        type=kind,
        bom_ref=f"{part.use.name.lower()} {part.purl}",
        group=part.purl.namespace,
        name=part.purl.name,
        version=part.version,
        purl=part.purl,
        licenses=[_SPDX.make_from_string(licence)] if licence else (),
        hashes=() if several else hashes,
        external_references=[_files(part.purl, hashes)] if several else (),
        properties=[Said(name="joinedup:use", value=part.use)],
    )


def _files(purl: PackageURL, hashes: list[HashType]) -> ExternalReference:
    """Return the files that the lock allows: one for each platform, each with its hash."""
    return ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION, url=XsUri(purl.to_string()), hashes=hashes
    )


def _ourselves(version: str) -> Component:
    return Component(
        type=ComponentType.APPLICATION,
        bom_ref="joinedup",
        name="joinedup",
        version=version,
        licenses=[_SPDX.make_from_string("MIT")],
    )


def inside_registry(root: Path) -> tuple[Part, ...]:
    """Return what the registry's archive holds, which is fetched first where it is not there.

    Raises StackError where it can not be fetched.
    """
    cache = Cache(folder=root / ".local" / "cache", lock=root / "infra" / "jars.lock")
    cache.fetch(Console(stderr=True))
    return tuple(parts_of_registry(cache.registry_folder()))


def main() -> None:
    """Write the document, or say what is wrong and write nothing."""
    judged = licences().judge(parts())
    wrong = [one.wrong for one in judged if one.wrong]
    if wrong:
        sys.exit("\n".join(wrong))
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    try:
        inside = inside_registry(ROOT)
    except StackError as error:
        sys.exit(str(error))
    file = ROOT / "dist" / f"joinedup-{version}.cdx.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(bill(judged, inside, version), "utf-8")
    print(f"{file.relative_to(ROOT)} names {len(judged) + len(inside)} parts.")


if __name__ == "__main__":
    main()
