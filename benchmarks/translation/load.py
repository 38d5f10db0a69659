"""Sends texts to a server that speaks LibreTranslate's API, by several clients at once, within bounds."""

import http.client
import json
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from benchmarks.translation.environments import BenchmarkError
from benchmarks.translation.texts import Work

ANSWER_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Speed:
    """What one measurement gave: texts a second, and milliseconds at two percentiles, over ``texts`` answers."""

    texts: int
    per_second: float
    p50: float
    p95: float


class Client:
    """One program that asks one text after the other, over one connection."""

    def __init__(self, port: int, path: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self._path = path

    def translate(self, work: Work) -> str:
        """Return the translation.

        Raises:
            BenchmarkError: the server answered something else; its answer is in the message.
        """
        body = json.dumps({"q": work.text, "source": work.source, "target": work.target, "format": "text"})
        self._connection.request("POST", self._path, body, {"Content-Type": "application/json"})
        answer = self._connection.getresponse()
        read = answer.read()
        if answer.status != 200:
            raise BenchmarkError(f"{self._path} answered {answer.status}: {read[:300]!r}")
        text: str = json.loads(read)["translatedText"]
        return text

    def close(self) -> None:
        """End the connection."""
        self._connection.close()


def measure(port: int, path: str, works: Iterator[Work], *, clients: int, seconds: float, most: int) -> Speed:
    """Let ``clients`` ask without pause for ``seconds``, or until ``most`` texts were asked; wait for all answers.

    Raises:
        BenchmarkError: an answer was no translation, or none came.
    """
    lock = threading.Lock()
    taken = 0
    milliseconds: list[float] = []
    failures: list[Exception] = []
    started = time.perf_counter()

    def take() -> Work | None:
        nonlocal taken
        with lock:
            if taken >= most or failures or time.perf_counter() - started >= seconds:
                return None
            taken += 1
            return next(works)

    def ask() -> None:
        client = Client(port, path)
        try:
            while (work := take()) is not None:
                before = time.perf_counter()
                client.translate(work)
                spent = (time.perf_counter() - before) * 1000
                with lock:
                    milliseconds.append(spent)
        except (OSError, http.client.HTTPException, BenchmarkError) as error:
            failures.append(error)
        finally:
            client.close()

    threads = [threading.Thread(target=ask) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    elapsed = time.perf_counter() - started
    if failures:
        raise BenchmarkError(f"{path} failed under load: {failures[0]}")
    return Speed(
        texts=len(milliseconds),
        per_second=len(milliseconds) / elapsed,
        p50=statistics.median(milliseconds),
        p95=percentile(milliseconds, 0.95),
    )


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that is not exceeded by this share of them."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def translations(port: int, path: str, works: Sequence[Work]) -> list[str]:
    """Return the translations of these texts, asked one after the other."""
    client = Client(port, path)
    try:
        return [client.translate(work) for work in works]
    finally:
        client.close()
