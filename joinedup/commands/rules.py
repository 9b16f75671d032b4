"""``joinedup rules``: the versions of an authority's rules, and publishing another."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from joinedup.commands import rules_view
from joinedup.commands.deciding import PublisherEnvFile
from joinedup.commands.publish_options import Organisation, System
from joinedup.commands.read import AsJson, AsRole, Authority, EnvFile
from joinedup.commands.reader import ReaderSettings, Role, reader, stop
from joinedup.commands.rules_given import RulesFile, checked
from joinedup.commands.rules_try import try_rules
from joinedup.commands.speaking import (
    REFUSED,
    fail,
    faults_as_sentences,
    own_settings,
    send,
    source_of,
)
from journey.duties import all_duties
from journey.moments import LONDON, day_of
from journey.rulebook import Published, eras_of
from journey.rules import RULE_SET, RuleSet, payload_of
from journey.rules_compared import differences
from producers.event import Event, Source, new_event
from producers.publisher import Publisher
from producers.settings import PublisherSettings, read_settings

RELEASE = "release"


def register(app: typer.Typer) -> None:
    """Mount ``joinedup rules``."""
    rules = typer.Typer(help="A local authority's own rules, by version.", no_args_is_help=True)
    rules.command("list")(list_rules)
    rules.command("show")(show_rules)
    rules.command("diff")(diff_rules)
    rules.command("try")(try_rules)
    rules.command("publish")(publish_rules)
    rules.command("withdraw")(withdraw_rules)
    app.add_typer(rules, name="rules")


def list_rules(
    la: Authority, as_json: AsJson = False, role: AsRole = Role.LEAD, env_file: EnvFile = None
) -> None:
    """List the versions of the authority's rules: since when they judge, who approved them."""
    known = _known(env_file, la, role)
    rules_view.show_list(known.published, known.today, as_json=as_json)


def show_rules(
    la: Authority,
    version: Annotated[
        str | None, typer.Argument(help=f"The version, or {RELEASE}; else what is in force.")
    ] = None,
    changed: Annotated[bool, typer.Option("--changed", help="Only what the set changes.")] = False,
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show what each duty comes to under a version, and what of it is law, ours or the authority's.

    A number in law is shown with what the law allows; what the authority changed, with what the
    release has.
    """
    known = _known(env_file, la, role)
    rules = known.named(version) if version else known.in_force(known.today)
    rules_view.show_set(rules, only_changed=changed, as_json=as_json)


def diff_rules(
    la: Authority,
    before: Annotated[str, typer.Argument(metavar="A", help=f"A version, or {RELEASE}.")],
    after: Annotated[str, typer.Argument(metavar="B", help=f"A version, or {RELEASE}.")],
    as_json: AsJson = False,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
) -> None:
    """Show what is otherwise under version B than under version A."""
    known = _known(env_file, la, role)
    a, b = known.named(before), known.named(after)
    rules_view.show_differences(differences(a, b, all_duties()), a, b, as_json=as_json)


def publish_rules(
    file: RulesFile,
    la: Authority,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check it and show what it changes; send nothing.")
    ] = False,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Publish a version of the authority's rules, which judges what begins on its day or later.

    It prints what changes against the rules that are in force on its first day without it. One
    that loosens the law, or names what there is not, is refused.
    """
    rules = checked(file)
    known = _known(env_file, la, role)
    if any(
        one.rules and one.rules.version == rules.version and not one.refused
        for one in known.published
    ):
        fail(f"Version {rules.version} is published already: give this one another name.", REFUSED)
    with faults_as_sentences():
        settings = read_settings(publisher_env_file) if not dry_run else None
    since = _since(rules, known.today if settings is None or settings.simulated else _now())
    before = known.in_force(since)
    rules_view.show_differences(differences(before, rules, all_duties()), before, rules)
    late = since != rules.takes_effect_on
    typer.echo(
        f"{rules.version} judges what begins on {since} or later"
        + (", since it is not known before its day." if late else ".")
    )
    if rules.applies_to_open_cases:
        typer.echo("What is owed already and not yet due on that day is due as soon as it says.")
    if settings is None:
        typer.echo("Nothing was published: leave out --dry-run.")
        return
    source = _speaker(settings, organisation, system, la)
    revision = 1 + max((one.rank[0] for one in known.published if _is(one, rules)), default=0)
    _send(la, settings, source, rules, revision, publisher_env_file)
    typer.echo(f"Published. Once intake and join have come to it: joinedup rules list --la {la}")


def withdraw_rules(
    version: Annotated[str, typer.Argument(help="The version, whose day must not have come.")],
    la: Authority,
    organisation: Organisation = None,
    system: System = None,
    role: AsRole = Role.LEAD,
    env_file: EnvFile = None,
    publisher_env_file: PublisherEnvFile = None,
) -> None:
    """Take back a version whose day has not come; the system that published it must do so."""
    known = _known(env_file, la, role)
    found = [one for one in known.published if one.stands and _is(one, known.named(version))]
    if not found or found[0].rules is None:
        stop("No set of this version stands: see `joinedup rules list`.")
    one, rules = found[0], found[0].rules
    if one.since <= known.today:
        fail(f"{version} judges since {one.since}: publish another set instead.", REFUSED)
    with faults_as_sentences():
        settings = read_settings(publisher_env_file)
        source = _speaker(settings, organisation, system, la)
    token = known.settings.tokens().record(
        la, source.organisation, source.system, _record_id(version)
    )
    if token != one.record:
        fail("Another system published it: name that with --organisation and --system.", REFUSED)
    _send(la, settings, source, rules, one.rank[0] + 1, publisher_env_file, retracted=True)
    typer.echo(f"Taken back. Once intake and join have come to it: joinedup rules list --la {la}")


class _Known:
    """What is known of the authority's rules. today: the day that known time has come to."""

    def __init__(self, settings: ReaderSettings, published: list[Published], today: date) -> None:
        self.settings = settings
        self.published = published
        self.today = today

    def named(self, version: str) -> RuleSet | None:
        """Return the set of a version, None for the release; stop where there is none."""
        if version == RELEASE:
            return None
        for one in self.published:
            if one.rules and one.rules.version == version and not one.refused:
                return one.rules
        stop(f"There is no version {version}: see `joinedup rules list`.")

    def in_force(self, day: date) -> RuleSet | None:
        """Return the set that judges what begins on a day; None for the release."""
        eras = [one for one in eras_of(self.published) if one.since <= day]
        return eras[-1].rules if eras else None


def _known(env_file: Path | None, la: str, role: Role) -> _Known:
    with reader(env_file, la, role) as (settings, store):
        known = store.known()
    return _Known(settings, known.authority.rule_sets, day_of(known.kappa))


def _is(one: Published, rules: RuleSet | None) -> bool:
    return one.rules is not None and rules is not None and one.rules.version == rules.version


def _since(rules: RuleSet, today: date) -> date:
    return max(rules.takes_effect_on, today + timedelta(days=1))


def _now() -> date:
    return datetime.now(LONDON).date()


def _speaker(
    settings: PublisherSettings, organisation: str | None, system: str | None, la: str
) -> Source:
    with faults_as_sentences():
        return source_of(settings, organisation, system, "governance", la)


def _record_id(version: str) -> str:
    return f"rules/{version}"


def _send(
    la: str,
    settings: PublisherSettings,
    source: Source,
    rules: RuleSet,
    revision: int,
    env_file: Path | None,
    *,
    retracted: bool = False,
) -> None:
    moment = datetime.now(UTC)
    event = event_of(la, source, rules, revision, moment, retracted=retracted)
    with faults_as_sentences(), Publisher(own_settings(settings, source, env_file)) as publisher:
        said = "It was not accepted"
        send(publisher, event, moment if settings.simulated else None, otherwise=said)


def event_of(
    la: str, source: Source, rules: RuleSet, revision: int, moment: datetime, *, retracted: bool
) -> Event:
    """Return the event that publishes a rule set, or takes it back."""
    return new_event(
        RULE_SET,
        local_authority=la,
        source=source,
        source_record_id=_record_id(rules.version),
        revision=revision,
        recorded_at=moment,
        occurred_at=moment,
        retracted=retracted,
        **payload_of(rules),
    )
