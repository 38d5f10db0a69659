"""``linkbridge doctor``: says what works on this machine, and what to do about what does not."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from linkbridge.cli.checks import examine
from linkbridge.cli.environment import load_settings
from linkbridge.cli.findings import Finding, Level

app = typer.Typer()

SIGNS = {Level.OK: "✓", Level.OFF: "○", Level.FAIL: "✗"}


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    host: Annotated[str | None, typer.Option(help="Address that the server is to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port that the server is to listen on.")] = None,
    tls_cert: Annotated[Path | None, typer.Option(help="PEM certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option(help="PEM private key of the certificate.")] = None,
) -> None:
    """Look at everything that LinkBridge needs here. Exits 1 if something must be mended before real use."""
    settings = load_settings(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
    findings = examine(settings)
    failed = any(finding.level is Level.FAIL for finding in findings)
    typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2) if as_json else report(findings))
    raise typer.Exit(1 if failed else 0)


def report(findings: tuple[Finding, ...]) -> str:
    """Return the findings as lines, those of one area together, each followed by what to do."""
    width = max(len(finding.area) for finding in findings)
    lines = []
    for finding in findings:
        lines.append(f"{SIGNS[finding.level]} {finding.area:<{width}}  {finding.found}")
        if finding.todo:
            lines.append(f"  {'':<{width}}  → {finding.todo}")
    failed = sum(finding.level is Level.FAIL for finding in findings)
    off = sum(finding.level is Level.OFF for finding in findings)
    lines.append("")
    lines.append(f"{failed} to mend, {off} switched off, {len(findings) - failed - off} working")
    return "\n".join(lines)
