"""The guard: finds what a translation lost, changed or made up, by comparing it with its source."""

from linkbridge.translation.guard.canaries import canaries, failures, judge_canaries
from linkbridge.translation.guard.judge import check, signals, verdict
from linkbridge.translation.guard.signals import REFUSED_AT, SUSPECT_AT, Signal

__all__ = [
    "REFUSED_AT",
    "SUSPECT_AT",
    "Signal",
    "canaries",
    "check",
    "failures",
    "judge_canaries",
    "signals",
    "verdict",
]
