"""Measures LinkBridge on this machine. Figures are ratios within one run, so that a slow machine misleads nobody."""
