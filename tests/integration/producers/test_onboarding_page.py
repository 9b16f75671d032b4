"""The page that leads an agency to its first events, followed word for word, on real services."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest
from click.testing import Result
from typer.testing import CliRunner

from joinedup.commands.sources import OPERATOR_ENV_FILE
from joinedup.main import app
from producers.simulate.extracts.histories import FILES, child
from schemas.topics import TopicSet
from stack import LocalStack
from stack.environment import read_environment, write_environment

PAGE = (Path(__file__).parents[3] / "docs" / "onboarding.md").read_text("utf-8")
CHILDREN = [child(number) for number in range(1, 11)]
Follow = Callable[[str, str], Result]


def commands(heading: str) -> list[str]:
    """Return what the console blocks of a section have one type, in their order."""
    section = re.split(rf"^## {re.escape(heading)}.*$", PAGE, flags=re.MULTILINE)[1]
    section = section.partition("\n## ")[0]
    blocks = re.findall(r"^```console\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in re.findall(r"^\$ (.*)$", block, re.MULTILINE)]


@pytest.fixture
def follow(
    stack: LocalStack,
    registered: str,
    live_topic_set: TopicSet,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Follow:
    """Types the command of a section that begins with these words, in the agency's folder."""
    monkeypatch.chdir(tmp_path)
    environment = stack.environment(
        "admin", live_topic_set.prefix, partitions=live_topic_set.partitions, simulated=False
    )
    operator = tmp_path / OPERATOR_ENV_FILE
    operator.parent.mkdir(parents=True)
    own = {"JOINEDUP_SOURCES_FILE": str(tmp_path / "secrets" / "sources.json")}
    write_environment(operator, environment | own)
    copyfile(environment["JOINEDUP_KAFKA_CA_FILE"], "ca.pem")

    def following(heading: str, beginning: str) -> Result:
        line = next(one for one in commands(heading) if one.startswith(beginning))
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            for name, _, value in (word.partition("=") for word in words[1:]):
                monkeypatch.setenv(name, value)
            words = ["joinedup", "--help"]
        return CliRunner().invoke(app, words[1:])

    return following


def given(files: dict[str, str], folder: str) -> None:
    Path(folder).mkdir()
    for name, text in files.items():
        (Path(folder) / name).write_text(text)


def handed_over(said: Result, name: str) -> None:
    """Keep the file that the operator's command names under this name, as the page says."""
    assert said.exit_code == 0, said.output
    (file,) = re.findall(r"Its settings are in (\S+)\.\s", said.output)
    values = read_environment(Path(file))
    # The operator's own path means nothing on the agency's machine.
    write_environment(Path(name), {**values, "JOINEDUP_KAFKA_CA_FILE": "/nowhere/ca.pem"})


@pytest.mark.parametrize(
    ("let_in_by", "heading", "settings", "folder", "files", "events"),
    [
        ("2.", "3.", "mis.env", "census", FILES["school-census"](CHILDREN), 42),
        ("5.", "5.", "casework.env", "ssda903", FILES["ssda903"](CHILDREN), 70),
    ],
)
def test_a_page_leads_from_nothing_to_events_on_the_broker(
    follow: Follow,
    let_in_by: str,
    heading: str,
    settings: str,
    folder: str,
    files: dict[str, str],
    events: int,
) -> None:
    handed_over(follow(let_in_by, "joinedup source add"), settings)
    given(files, folder)
    looked = follow(heading, "joinedup validate")
    assert looked.exit_code == 0, looked.output
    assert f"Valid, none sent: {events}." in looked.output
    follow(heading, "export JOINEDUP_KAFKA_CA_FILE")
    for state in ("new", "unchanged"):
        sent = follow(heading, "joinedup publish")
        assert sent.exit_code == 0, sent.output
        assert f"Accepted by the broker: {events}. Refused: 0." in sent.output
        assert re.search(rf"^{events}\s+{state}", sent.output, re.MULTILINE)
