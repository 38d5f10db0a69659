// The board's keys: n makes a request, / searches, arrows move between cards, ? shows the keys.

const help = document.querySelector("[data-keys]");

function cards() {
  return [...document.querySelectorAll("[data-card]")];
}

// The nearest card in the direction of the arrow, by where cards lie on the screen.
function neighbour(from, key) {
  const here = from.getBoundingClientRect();
  const sideways = key === "ArrowLeft" || key === "ArrowRight";
  const sign = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
  const ahead = cards()
    .filter((card) => card !== from)
    .map((card) => {
      const there = card.getBoundingClientRect();
      const along = sideways ? there.left - here.left : there.top - here.top;
      const across = sideways ? there.top - here.top : there.left - here.left;
      return { card, along: along * sign, across: Math.abs(across) };
    })
    .filter((found) => found.along > 1 && (sideways || found.across < here.width / 2));
  ahead.sort((one, other) => one.along + one.across * 2 - (other.along + other.across * 2));
  return ahead[0]?.card;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, dialog")) return;
  if (event.key === "n") document.querySelector("[data-new]").click();
  else if (event.key === "/") document.querySelector("[data-search]").focus();
  else if (event.key === "?") help.showModal();
  else if (event.key.startsWith("Arrow")) {
    const from = document.activeElement.closest("[data-card]");
    const to = from ? neighbour(from, event.key) : cards()[0];
    if (!to) return;
    to.focus();
    to.scrollIntoView({ block: "nearest", inline: "nearest" });
  } else return;
  event.preventDefault();
});
