// The tablet's settings: training, display, language of the official.

import { clear } from "./encounter.js";

/** Wires the settings page. */
export function startSettings(actions) {
  const root = document.documentElement;
  const training = document.querySelector('[data-action="training"]');
  const show = () => training.setAttribute("aria-pressed", String(root.dataset.training === "yes"));
  actions.training = () => {
    const on = root.dataset.training !== "yes";
    localStorage.setItem("linkbridge.training", on ? "yes" : "no");
    if (on) root.dataset.training = "yes"; else delete root.dataset.training;
    clear(); // practice and reality are never the same encounter
    show();
  };
  show();
  const chosen = () => localStorage.getItem("linkbridge.scheme") ?? "";
  const buttons = [...document.querySelectorAll("[data-scheme-choice]")];
  const mark = () => buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.schemeChoice === chosen())));
  for (const button of buttons) {
    button.addEventListener("click", () => {
      const scheme = button.dataset.schemeChoice;
      localStorage.setItem("linkbridge.scheme", scheme);
      if (scheme) root.dataset.scheme = scheme; else delete root.dataset.scheme;
      mark();
    });
  }
  mark();
}
