"""How commands come by their settings: options given on the command line win over the environment."""

import os
from pathlib import Path
from typing import Any

from linkbridge.kernel.logging import configure_logging
from linkbridge.settings import Settings


def load_settings(**options: Any) -> Settings:
    """Return the settings with the given options, and set up logging.

    Options go through the environment, because the processes that a server starts read their settings anew.
    """
    for name, value in options.items():
        if value is not None:
            os.environ[f"LINKBRIDGE_{name.upper()}"] = _as_text(value)
    settings = Settings()
    configure_logging(settings.log_level, settings.log_format)
    return settings


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Path):
        return str(value.expanduser().absolute())
    return str(value)
