import pytest

from producers.settings import PublisherSettings
from producers.sources_file import add_source
from producers.speakers import NoSpeaker, speakers_of
from schemas.signature import own_key
from schemas.sources import SourceRegistry, SourcesInvalid

SCHOOL = {"organisation": "trust1", "system": "mis", "agency": "education"}


def test_a_new_source_has_a_key_of_its_own_and_only_its_owner_reads_the_file(tmp_path):
    file = tmp_path / "secrets" / "sources.json"
    assert add_source(file, **SCHOOL, local_authorities=["330"])
    assert add_source(file, **{**SCHOOL, "system": "ap"}, local_authorities=["330"])
    mis, ap = SourceRegistry.load(file)
    assert mis.key != ap.key
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_known_source_keeps_its_key_and_speaks_for_more(tmp_path):
    file = tmp_path / "sources.json"
    add_source(file, **SCHOOL, local_authorities=["330"])
    (before,) = SourceRegistry.load(file)
    assert not add_source(file, **SCHOOL, local_authorities=["331"])
    (after,) = SourceRegistry.load(file)
    assert after.key == before.key
    assert after.local_authorities == {"330", "331"}


def test_of_a_key_that_a_source_keeps_to_itself_the_file_has_the_public_half_alone(tmp_path):
    file = tmp_path / "sources.json"
    private, public = own_key()
    with pytest.raises(SourcesInvalid, match="public half"):
        add_source(file, **SCHOOL, local_authorities=["330"], public_key=private.hex())
    add_source(file, **SCHOOL, local_authorities=["330"], public_key=public.hex())
    (source,) = SourceRegistry.load(file)
    assert source.key == public
    speakers = speakers_of(settings(sources_file=file))
    assert speakers.speaker("trust1", "mis") is None, "the operator cannot speak for it"


def test_an_own_key_that_is_cut_short_is_named():
    private, _public = own_key()
    with pytest.raises(NoSpeaker, match="own-key"):
        speakers_of(settings(source_key=private.hex()[:-2], agency="health"))


def test_what_is_not_in_order_is_not_written(tmp_path):
    file = tmp_path / "sources.json"
    add_source(file, **SCHOOL, local_authorities=["330"])
    with pytest.raises(SourcesInvalid, match="agency"):
        add_source(file, **{**SCHOOL, "system": "b", "agency": "police"}, local_authorities=["330"])
    assert len(SourceRegistry.load(file)) == 1


def settings(**values):
    return PublisherSettings(**values)


def test_a_process_with_its_own_key_signs_as_itself_and_shows_no_secret():
    own = settings(source_key="ab" * 32, agency="health", kafka_password="pass-word-1")
    speaker = speakers_of(own).speaker("trust1", "epr")
    assert (speaker.agency, speaker.key) == ("health", b"\xab" * 32)
    shown = repr(own) + repr(speaker)
    assert "ab" * 32 not in shown
    assert "pass-word-1" not in shown
    assert "xab" not in shown


def test_without_a_key_or_with_a_broken_one_the_setting_is_named():
    with pytest.raises(NoSpeaker, match="JOINEDUP_SOURCES_FILE"):
        speakers_of(settings())
    with pytest.raises(NoSpeaker, match="hexadecimal"):
        speakers_of(settings(source_key="no hex", agency="health"))
