"""``linkbridge fonts``: makes the web fonts now, and shows what came of it."""

import typer

from linkbridge.bootstrap import make_data_folder, make_fonts
from linkbridge.cli.environment import load_settings
from linkbridge.kernel.font_subsets import RECIPES, FontReport

app = typer.Typer()


@app.command()
def fonts() -> None:
    """Make web fonts for the phrasebooks' scripts from the fonts of this machine."""
    settings = load_settings()
    make_data_folder(settings)
    show(make_fonts(settings), everything=True)


def show(report: FontReport, *, everything: bool) -> None:
    """Print what was made, or everything there is, with sizes, and what is missing."""
    for font in report.fonts:
        if everything or font.key in report.made_now:
            typer.echo(f"  {font.key:<12} {font.size / 1024:7.1f} KB  {font.characters:5d} characters")
    for package in sorted({RECIPES[key.removeprefix("names-")].package for key in report.missing}):
        scripts = sorted({key.removeprefix("names-") for key in report.missing})
        typer.echo(
            f"  no source font for {', '.join(scripts)}: apt-get install {package}; until then, tablets' own fonts"
        )
