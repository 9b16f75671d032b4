"""One module for each group of commands; each registers itself on the Typer app."""
