"""Measures a page as it stands: sizes, contrast, movement, and bytes on the wire."""

from typing import Any

from playwright.sync_api import BrowserContext, Page

WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    window.shifts.push({
      value: entry.value,
      afterInput: entry.hadRecentInput,
      nodes: entry.sources.map(({ node }) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 80)),
    });
  }
}).observe({ type: "layout-shift", buffered: true });
"""
"""A script for pages: notes every movement of what was painted, also one that follows a touch."""

_SMALL_TARGETS = """(least) => {
  const found = [];
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, audio, summary";
  for (const element of document.querySelectorAll(kinds)) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
    // A target is as large as the label that presses it.
    const own = (element.closest("label") ?? element).getBoundingClientRect();
    if (own.width === 0 || own.right <= 0 || own.bottom <= 0) continue;
    // A link inside a sentence is exempt (WCAG 2.2, 2.5.8, "inline").
    if (element.matches("a") && getComputedStyle(element).display === "inline") continue;
    if (Math.round(own.width) < least || Math.round(own.height) < least) {
      found.push(`${element.outerHTML.slice(0, 120)} is ${Math.round(own.width)} x ${Math.round(own.height)}`);
    }
  }
  return found;
}"""

_LOW_CONTRAST = """({ selector, least }) => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] === 255) return color;
      if (color[3] > 0) throw new Error("a half transparent ground");
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll(selector)) {
    if (!element.checkVisibility() || !element.textContent.trim()) continue;
    const both = [luminance(rgba(getComputedStyle(element).color)), luminance(ground(element))];
    const [light, dark] = both.sort((a, b) => b - a);
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < least) found.push(`${element.outerHTML.slice(0, 100)}: ${ratio.toFixed(2)}`);
  }
  return found;
}"""


def small_targets(page: Page, least: int = 48) -> list[str]:
    """Return what can be pressed and is smaller than ``least`` CSS pixels either way."""
    found: list[str] = page.evaluate(_SMALL_TARGETS, least)
    return found


def low_contrast(page: Page, selector: str, least: float = 7.0) -> list[str]:
    """Return the texts whose contrast with their ground (WCAG 2.2, relative luminance) is below ``least``."""
    found: list[str] = page.evaluate(_LOW_CONTRAST, {"selector": selector, "least": least})
    return found


def shifts(page: Page, *, after_input: bool = True) -> list[dict[str, Any]]:
    """Return the movements noted so far; the page needs ``WATCH_SHIFTS`` from its start.

    ``after_input=False`` leaves out what followed a touch within half a second, as Cumulative Layout Shift does.
    """
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )
    found: list[dict[str, Any]] = page.evaluate("() => window.shifts")
    # The toast lies over the page and moves nothing but its own words.
    moved = [shift for shift in found if not all('class="toast' in node for node in shift["nodes"])]
    return [shift for shift in moved if after_input or not shift["afterInput"]]


def overflow(page: Page) -> list[str]:
    """Return what makes the page, or the person's half of it, scroll sideways."""
    found: list[str] = page.evaluate(
        """() => [document.documentElement, document.body, ...document.querySelectorAll("main, aside, dialog[open]")]
          .filter((element) => element.scrollWidth > element.clientWidth + 1)
          .map((element) => `${element.tagName}.${element.className} is ${element.scrollWidth} wide`)"""
    )
    return found


class Transfer:
    """Counts the compressed bytes that a page's loading takes, by address."""

    def __init__(self, context: BrowserContext, page: Page) -> None:
        self._names: dict[str, str] = {}
        self.bytes: dict[str, int] = {}
        protocol = context.new_cdp_session(page)
        protocol.on("Network.requestWillBeSent", self._sent)
        protocol.on("Network.loadingFinished", self._finished)
        protocol.send("Network.enable")

    def _sent(self, event: dict[str, Any]) -> None:
        self._names[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        name = self._names.get(event["requestId"], "?")
        self.bytes[name] = self.bytes.get(name, 0) + int(event["encodedDataLength"])

    def total(self, *, without: tuple[str, ...] = ()) -> int:
        """Return the sum in bytes, headers included, of what does not contain one of these texts in its address."""
        return sum(size for name, size in self.bytes.items() if not any(part in name for part in without))
