"""The ``linkbridge`` command. Each subcommand's module is imported only when that command runs."""

from linkbridge.cli.lazy import LazyCommand, lazy_app

COMMANDS = (
    LazyCommand("serve", "linkbridge.cli.serve:app", "Serve the pages, the tablet and the API."),
    LazyCommand("demo", "linkbridge.cli.demo:app", "Serve a demonstration, marked as one, with people to sign in as."),
    LazyCommand("worker", "linkbridge.cli.worker:app", "Run background jobs beside the server (PostgreSQL)."),
    LazyCommand("health", "linkbridge.cli.health:app", "Ask the server of this machine whether it answers."),
    LazyCommand("doctor", "linkbridge.cli.doctor:app", "Say what works on this machine and what to do about the rest."),
    LazyCommand("fonts", "linkbridge.cli.fonts:app", "Make web fonts from the fonts of this machine."),
    LazyCommand("translate", "linkbridge.cli.translate:app", "Translate a text or a document, offline."),
    LazyCommand("phrasebook", "linkbridge.cli.phrasebook:app", "Check, count and show phrasebooks."),
    LazyCommand("models", "linkbridge.cli.models:app", "List, install, remove and bundle translation models."),
    LazyCommand("interpreters", "linkbridge.cli.interpreters:app", "Import and export interpreters as a table (CSV)."),
    LazyCommand("admin", "linkbridge.cli.accounts:admin_app", "Make the first administrator's one-time link."),
    LazyCommand("token", "linkbridge.cli.accounts:token_app", "Create, list and revoke API tokens."),
    LazyCommand("keys", "linkbridge.cli.accounts:keys_app", "List and rotate the keys of encrypted fields."),
    LazyCommand("audit", "linkbridge.cli.accounts:audit_app", "Verify the audit log."),
    LazyCommand("backup", "linkbridge.cli.backup:backup_app", "Write one encrypted file with everything."),
    LazyCommand("restore", "linkbridge.cli.backup:restore_app", "Bring a backup back and replay erasures."),
    LazyCommand("purge", "linkbridge.cli.backup:purge_app", "Delete what is past its retention."),
)

app = lazy_app("linkbridge", COMMANDS, help_text="Tells people on the move their rights in their own language.")
