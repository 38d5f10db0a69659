// Small helps on pages of staff. Everything works without them.

// A one-time code arrives in the address's fragment, which is never sent to a server; take it out of the address.
const code = document.querySelector("[data-code] input");
const fragment = decodeURIComponent(location.hash.slice(1));
if (code && /^[a-z]+(-[a-z]+)+$/.test(fragment)) {
  code.value = fragment;
  history.replaceState(null, "", location.pathname + location.search);
  code.closest("[data-code]").hidden = true;
  document.querySelector("[data-code-read]")?.removeAttribute("hidden");
}

document.querySelector("[data-focus]")?.focus();

for (const field of document.querySelectorAll("[data-select]")) {
  field.addEventListener("focus", () => field.select());
}

for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    button.textContent = button.dataset.copied;
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
