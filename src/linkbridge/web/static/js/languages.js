// Finding one's language: by typing, by country, by what was used here before.

import { current, clear } from "./encounter.js";

const RECENT = 6;

/** Wires search, country and choice on the page of languages. */
export function startLanguages() {
  const tiles = [...document.querySelectorAll("[data-tiles] .tile")];
  const list = document.querySelector("[data-tiles]");
  const none = document.querySelector("[data-none]");
  document.querySelector("[data-search]").addEventListener("input", (event) => {
    const wanted = event.target.value.trim().toLocaleLowerCase();
    let shown = 0;
    for (const tile of tiles) {
      const matches = tile.dataset.names.includes(wanted);
      tile.classList.toggle("filtered", !matches);
      shown += matches ? 1 : 0;
    }
    none.hidden = shown > 0;
  });
  const suggest = (tags) => {
    const ranked = [...tiles].sort((a, b) => rank(a, tags) - rank(b, tags));
    for (const tile of ranked) {
      tile.classList.toggle("suggested", tags.includes(tile.dataset.tag));
      if (tags.length > 0) tile.style.setProperty("order", rank(tile, tags) - 100);
      else tile.style.removeProperty("order");
    }
    // The order for the eye and for the keyboard is the same one.
    list.append(...ranked);
  };
  document.querySelector("[data-country]").addEventListener("change", (event) => suggest(event.target.value.split(" ").filter(Boolean)));
  const wanted = new URLSearchParams(location.search).get("suggest");
  if (wanted) suggest(wanted.split(" "));
  list.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-choose]");
    if (!chosen) return;
    const recent = JSON.parse(localStorage.getItem("linkbridge.recent") ?? "[]");
    const tag = chosen.dataset.choose;
    localStorage.setItem("linkbridge.recent", JSON.stringify([tag, ...recent.filter((other) => other !== tag)].slice(0, RECENT)));
  }, { capture: true });
  if (current() && Object.keys(current().answers).length === 0 && !current().language) clear();
}

function rank(tile, tags) {
  const place = tags.indexOf(tile.dataset.tag);
  return place < 0 ? tags.length : place;
}
