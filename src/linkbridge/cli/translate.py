"""``linkbridge translate``: a text, lines or a document, with the label of each translation.

The translation goes to standard output; labels, warnings and how far it is go to standard error.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from linkbridge.cli.environment import load_settings
from linkbridge.kernel.errors import InvalidInput
from linkbridge.phrasebook.glossary import Domain

app = typer.Typer()


@app.command()
def translate(
    text: Annotated[list[str] | None, typer.Argument(help="The text. Default: standard input.")] = None,
    target: Annotated[str, typer.Option("--to", help="The language to translate into.")] = "",
    source: Annotated[str | None, typer.Option("--from", help="The language of the text. Default: find out.")] = None,
    file: Annotated[
        Path | None, typer.Option(help="A document instead of a text.", exists=True, dir_okay=False, readable=True)
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Where the translation goes. With --file: needed.")] = None,
    html: Annotated[bool, typer.Option("--html", help="The text is HTML; keep its markup.")] = False,
    domain: Annotated[Domain | None, typer.Option(help="The field, for the glossary.")] = None,
    check: Annotated[bool, typer.Option("--check", help="Show the translation of the translation too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print everything that is known of it as JSON.")] = False,
) -> None:
    """Translate a text or a document with what is installed here, and with servers that the settings name, if any do.

    Exit code 0: translated, perhaps with warnings. 1: it could not be. 3: refused, because it would have been wrong.
    """
    if not target:
        raise typer.BadParameter("name the language to translate into, such as --to pt", param_hint="--to")
    if file is not None and (text or output is None):
        raise typer.BadParameter("--file takes no text, and needs --output", param_hint="--file")
    from linkbridge.cli import translating  # noqa: PLC0415 - keeps --help quick

    settings = load_settings()
    if file is not None and output is not None:
        raise typer.Exit(translating.document(settings, file, output, source=source, target=target))
    words = " ".join(text) if text else _standard_input()
    wish = translating.Wanted(words, source, target, html=html, domain=domain, check=check)
    result = translating.text(settings, wish)
    words = _as_json(result) if as_json else result.text
    if output is None:
        typer.echo(words)
    else:
        translating.save(output, f"{words}\n".encode())
    raise typer.Exit(result.exit_code)


def _standard_input() -> str:
    if sys.stdin.isatty():
        typer.echo("Type the text, then Ctrl-D.", err=True)
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("the text is not in UTF-8", field="text") from None


def _as_json(result: Any) -> str:
    return json.dumps(result.described, ensure_ascii=False, indent=2)
