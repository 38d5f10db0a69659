"""A soak: ten thousand mixed requests to one server, with the memory of all its processes after each thousand.

Usage: ``python -m benchmarks.translation.soak``. It exits with 1 if memory went on growing after the first third.
"""

import http.client
import itertools
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.translation.memory import tree_megabytes
from benchmarks.translation.systems import OURS, running

REQUESTS = 10_000
CLIENTS = 8
STEP = REQUESTS // 10
MOST_GROWTH = 1.10
"""How much more memory the last third may take than the second, measured at each step."""
_PEOPLE = ("my son", "the doctor", "my mother", "the lawyer", "an interpreter", "the officer", "my brother")
_SENTENCES = (
    "I need to speak with {who}.",
    "Where is {who}? I have waited for {n} hours.",
    "Do not call {who} before {n} o'clock, please.",
    "Write to ana{n}@example.org or call +507 555 0{n}00, {who} will answer.",
)


def requests() -> Iterator[dict[str, object]]:
    """Yield requests of every kind, the same at each run: short, long, HTML, a list, of no named language, wrong."""
    chance = random.Random(7)
    for number in itertools.count():
        sentence = chance.choice(_SENTENCES).format(who=chance.choice(_PEOPLE), n=100 + number % 900)
        kind = number % 20
        asked: dict[str, object] = {"q": sentence, "source": "en", "target": "pt", "format": "text"}
        if kind in {3, 9}:
            asked |= {"q": f"Preciso de {number} minutos com meu advogado, por favor.", "source": "pt", "target": "en"}
        elif kind == 5:
            asked |= {"q": " ".join([sentence] * 20)}
        elif kind == 7:
            asked |= {"q": f"<p>{sentence} <b>Thank you.</b></p>", "format": "html"}
        elif kind == 11:
            asked |= {"q": [sentence, "Good morning."]}
        elif kind == 13:
            asked |= {"source": "auto"}
        elif kind == 17:
            asked |= {"target": "xx"}
        elif kind == 19:
            asked |= {"q": "x" * 3000}
        yield asked


def main() -> int:
    """Send the requests, print the memory at each step, and say whether it stayed flat."""
    with tempfile.TemporaryDirectory() as place:
        empty = Path(place) / "none"
        empty.mkdir()
        folder = Path(place) / "server"
        folder.mkdir()
        with running(OURS, folder, empty) as server:
            return _soak(server.port, server.path, server.process.pid)


def _soak(port: int, path: str, root: int) -> int:
    answers: Counter[int] = Counter()
    local = threading.local()
    started = time.monotonic()
    steps: list[float] = []

    def send(asked: dict[str, object]) -> int:
        if not hasattr(local, "connection"):
            local.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        local.connection.request("POST", path, json.dumps(asked), {"Content-Type": "application/json"})
        answer = local.connection.getresponse()
        answer.read()
        return int(answer.status)

    with ThreadPoolExecutor(CLIENTS) as pool:
        coming = requests()
        for step in range(REQUESTS // STEP):
            answers.update(pool.map(send, itertools.islice(coming, STEP)))
            steps.append(tree_megabytes(root))
            seconds = time.monotonic() - started
            print(f"{(step + 1) * STEP:6} requests  {seconds:6.0f} s  {steps[-1]:6.0f} MiB", flush=True)
    third = len(steps) // 3
    growth = statistics.mean(steps[-third:]) / statistics.mean(steps[third : 2 * third])
    print(f"answers by status: {dict(sorted(answers.items()))}; last third / second third: {growth:.3f}")
    return 0 if growth <= MOST_GROWTH and set(answers) <= {200, 400} else 1


if __name__ == "__main__":
    sys.exit(main())
