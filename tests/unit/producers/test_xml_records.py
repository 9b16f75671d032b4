"""XML returns are read a record at a time, in memory that does not grow with the file."""

from __future__ import annotations

import gc

import pytest

from producers.files import Unreadable
from producers.files.nodes import Node
from producers.files.xml_records import head, records, require_well_formed

RECORD = b"<Child><Id>%d</Id><Inner><Id>7</Id></Inner></Child>"


@pytest.fixture
def document(tmp_path):
    def writing(content: bytes):
        path = tmp_path / "return.xml"
        path.write_bytes(content)
        return path

    return writing


def many(count: int) -> bytes:
    return b"<Message>" + b"".join(RECORD % n for n in range(count)) + b"</Message>"


def test_a_record_is_had_before_the_rest_of_the_file_is_read(document):
    path = document(many(10_000) + b"<<<")
    name, first = next(records(path, "Child"))
    assert (name, first.text("Id")) == ("Child", "0")


def test_no_more_records_are_held_than_one_piece_of_the_file_has(document):
    path = document(many(20_000))
    most = 0
    for position, _ in enumerate(records(path, "Child")):
        if position % 5_000 == 4_999:
            most = max(most, sum(isinstance(one, Node) for one in gc.get_objects()))
    assert position == 19_999
    assert most < 8_000


def test_elements_are_found_by_their_local_name_and_at_any_depth(document):
    path = document(b"<m:M xmlns:m='urn:m'><m:Child>stray<m:Id> 5 </m:Id></m:Child></m:M>")
    ((_, node),) = records(path, "Child")
    assert node.text("Id") == "5"
    ((_, node),) = records(document(many(1)), "Child")
    assert [one.value for one in node.everywhere("Id")] == ["0", "7"]


def test_windows_encoding_is_read_where_the_document_names_it(document):
    path = document("<?xml version='1.0' encoding='windows-1252'?><M><C>é</C></M>".encode("cp1252"))
    assert [node.value for _, node in records(path, "C")] == ["é"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"<Message><Child>", "not well-formed"),
        (b"<Other/>", "is no return"),
        (b"", "not well-formed"),
        (b"<Message>" + b"<a>" * 70 + b"</a>" * 70 + b"</Message>", "nested deeper"),
        (b"<!DOCTYPE Message SYSTEM 'a.dtd'><Message/>", "DOCTYPE"),
        (b"<?xml version='1.0' encoding='klingon'?><Message/>", "encoding|well-formed"),
    ],
)
def test_what_is_not_one_whole_return_is_refused_in_a_sentence(document, content, sentence):
    with pytest.raises(Unreadable, match=sentence):
        require_well_formed(document(content), "Message", "return")


def test_the_head_of_anything_else_is_empty(document):
    assert head(document(b"CHILD,DOB\n")).root == ""
    assert head(document(b"<?xml version='1.0' encoding='utf-888'?><Message/>")).root == ""
