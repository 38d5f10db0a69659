"""Runs models: in processes and threads of their own, for all callers together, fairly and within limits.

The modules ``waiting``, ``placement`` and ``measures`` decide and are pure; ``host`` is the child process; ``workers``
speak with it; ``pool`` and ``runner`` put them together.
"""
