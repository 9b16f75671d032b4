"""``joinedup sign-out``: end every session of one person at the dashboard, wherever it began."""

from __future__ import annotations

from typing import Annotated

import psycopg
import typer

from consumers.store.sessions import end_all
from consumers.store.sign_ins import let_go
from joinedup.commands.read import Authority, EnvFile
from joinedup.commands.reader import reader_settings, stop


def register(app: typer.Typer) -> None:
    """Mount ``joinedup sign-out``."""
    app.command("sign-out")(sign_out)


def sign_out(
    name: Annotated[str, typer.Argument(help="As whom they are recorded, as in `Who looked`.")],
    la: Authority,
    another_account: Annotated[
        bool,
        typer.Option(
            "--another-account",
            help="Let the name go to another account of the provider: the next that signs in.",
        ),
    ] = False,
    env_file: EnvFile = None,
) -> None:
    """End every session that somebody has at the dashboard now, in every process and browser.

    It keeps nobody from signing in again: take the account away at the provider first. Exit code 0
    once it is kept, 1 where it could not be.
    """
    address = reader_settings(env_file).database_url.get_secret_value()
    try:
        with psycopg.connect(address, connect_timeout=5, application_name="sign-out") as connection:
            end_all(connection, la, name)
            if another_account:
                let_go(connection, la, name)
    except psycopg.Error as fault:
        stop(
            f"No session was ended ({type(fault).__name__}): see that PostgreSQL runs and is"
            " migrated, then run the command again."
        )
    typer.echo(f"Every session of this name that had begun in local authority {la} is ended.")
    if another_account:
        typer.echo("The next account that signs in by this name has it.")
