"""LinkBridge: a person's rights, in the person's language, with a human one tap away."""

from importlib.metadata import version

__version__ = version("linkbridge")
