"""Ids that follow from what they name."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from journey.naming import Namespace


@given(st.uuids(), st.text())
def test_a_name_has_the_id_that_the_standard_gives_it(namespace: uuid.UUID, name: str) -> None:
    assert Namespace(namespace).id_of(name) == str(uuid.uuid5(namespace, name))


def test_the_example_of_the_standard() -> None:
    # RFC 9562, appendix A.4
    assert Namespace(uuid.NAMESPACE_DNS).id_of("www.example.com") == (
        "2ed6657d-e927-568b-95e1-2665a8aea6a2"
    )
