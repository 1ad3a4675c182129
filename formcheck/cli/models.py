"""formcheck models."""

from __future__ import annotations

import typer

from formcheck.errors import ModelError
from formcheck.pose.models import list_models, verify_models

models_app = typer.Typer(help="The pose models that come with formcheck.", no_args_is_help=True)


@models_app.command("list")
def models_list() -> None:
    """List the models that come with formcheck."""
    for card in list_models():
        typer.echo(f"{card.name:<10} {card.version:<24} {card.sha256[:12]}  {card.weights}")


@models_app.command("verify")
def models_verify() -> None:
    """Check the hash of every model's weights."""
    states = verify_models()
    for state in states:
        typer.echo(f"{state.card.version:<24} {'ok' if state.good else state.reason}")
    if not all(state.good for state in states):
        raise typer.Exit(ModelError.exit_code)
