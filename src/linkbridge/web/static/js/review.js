// Keys of the review: a approves, e goes to the text, j and k lead on and back. Not while somebody is typing.

const text = document.querySelector("[data-text]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, textarea, select");
  if (typing) {
    if (event.key === "Escape") typing.blur();
    return;
  }
  if (event.key === "e") {
    event.preventDefault();
    text.focus();
    return;
  }
  document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not([disabled])`)?.click();
});

// A wording that was changed cannot be approved unseen: it must be saved first.
const approve = document.querySelector('[data-key="a"]');
const couldApprove = approve && !approve.disabled;
text.addEventListener("input", () => { approve.disabled = !couldApprove || text.value !== text.dataset.original; });

window.addEventListener("beforeunload", (event) => {
  if (text.value !== text.dataset.original && !document.querySelector("form[data-sending]")) event.preventDefault();
});
for (const form of document.querySelectorAll("form")) form.addEventListener("submit", () => { form.dataset.sending = "yes"; });
