"""The canonical form, against Apache's own cases."""

from __future__ import annotations

import json
import re

from fastavro.schema import to_parsing_canonical_form

from tests.unit.schemas.shared_data import shared_file

CASE = re.compile(r"<<INPUT (?P<input>.*)\n<<canonical (?P<canonical>.*)")


def test_the_canonical_form_is_that_of_apaches_test_suite() -> None:
    path = shared_file("avro_interop", "apache_avro", "share", "test", "data", "schema-tests.txt")
    cases = [case for case in CASE.finditer(path.read_text("utf-8"))]
    assert len(cases) > 20
    for case in cases:
        assert to_parsing_canonical_form(json.loads(case["input"])) == case["canonical"]
