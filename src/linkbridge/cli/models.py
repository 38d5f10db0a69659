"""``linkbridge models``: lists, installs, removes, verifies and bundles translation models.

What does the work is imported by the command that needs it, so that help stays quick.
"""

# ruff: noqa: PLC0415 - see above

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="List, install, remove, verify and bundle translation models.", no_args_is_help=True)

From = Annotated[
    str | None,
    typer.Option(
        "--from", help="An index or mirror: an address, a file or a folder. Default: the indexes of the settings."
    ),
]
EngineName = Annotated[str | None, typer.Option("--engine", help="Only this engine: firefox, argos or ctranslate2.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before fetching.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("list")
def list_models(
    languages: Annotated[
        list[str] | None, typer.Argument(metavar="[LANGUAGE]...", help="Only models of these languages. Default: all.")
    ] = None,
    available: Annotated[
        bool, typer.Option("--available", help="Also what the indexes offer. Needs a network, or --from.")
    ] = False,
    source: From = None,
    engine: EngineName = None,
    as_json: AsJson = False,
) -> None:
    """Show which models are installed, and which could be."""
    from linkbridge.cli.models_commands import show

    show(languages or [], engine, source, available=available or source is not None, as_json=as_json)


@app.command()
def install(
    what: Annotated[
        list[str],
        typer.Argument(metavar="WHAT...", help="Directions such as es-en; or files, folders or addresses of packages."),
    ],
    source: From = None,
    engine: EngineName = None,
    name: Annotated[str, typer.Option(help="What a model of many languages shall be called here.")] = "",
    yes: Yes = False,
    again: Annotated[bool, typer.Option("--again", help="Install anew what is there already.")] = False,
) -> None:
    """Install models from the indexes, a mirror, a file (USB stick), a folder or a bundle."""
    from linkbridge.cli.models_commands import install_all

    install_all(what, engine, source, name=name, yes=yes, again=again)


@app.command()
def remove(
    what: Annotated[
        list[str], typer.Argument(metavar="MODEL...", help="Ids as `list` shows them, or directions such as es-en.")
    ],
) -> None:
    """Remove installed models."""
    from linkbridge.cli.models_commands import remove_all

    remove_all(what)


@app.command()
def verify(
    what: Annotated[
        list[str] | None, typer.Argument(metavar="[MODEL]...", help="Ids or folders of packages. Default: all.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare the files of installed models with their checksums; exit with 1 if one is damaged or missing."""
    from linkbridge.cli.models_commands import verify_all

    verify_all(what or [], as_json=as_json)


@app.command()
def bundle(
    what: Annotated[
        list[str], typer.Argument(metavar="WHAT...", help="Directions such as es-en, or ids of installed models.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.")],
    source: From = None,
    engine: EngineName = None,
    yes: Yes = False,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Write one file of installed or freshly fetched models, for a site without a network."""
    from linkbridge.cli.models_commands import bundle_all

    bundle_all(what, output, engine, source, yes=yes, force=force)
