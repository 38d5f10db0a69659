// One short line for the person, out of the way of every button.

const SHOWN_FOR = 6_000;
let timer = null;

/** Shows one of the prepared lines (`data-…` of the toast), joined with further ones. */
export function toast(name, { problem = false, also = [] } = {}) {
  const element = document.querySelector("[data-toast]");
  element.textContent = [name, ...also].map((key) => element.dataset[key]).join(" ");
  element.classList.toggle("problem", problem);
  element.classList.add("on");
  clearTimeout(timer);
  timer = setTimeout(() => element.classList.remove("on"), SHOWN_FOR);
}

/** Takes the line away: something else says it now. */
export function hideToast() {
  clearTimeout(timer);
  document.querySelector("[data-toast]").classList.remove("on");
}
