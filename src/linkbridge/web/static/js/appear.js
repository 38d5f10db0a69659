// Lets a page appear together with its web fonts, or soon without them, so that no word moves afterwards.
// It is a classic script because a module would run too late. Without scripts the page shows at once.
(() => {
  const LONGEST_WAIT = 1_500;
  const root = document.documentElement;
  const appear = () => root.classList.remove("unset");
  root.classList.add("unset");
  const styled = (link) => link.sheet || new Promise((resolve) => { link.onload = link.onerror = resolve; });
  document.addEventListener("DOMContentLoaded", async () => {
    setTimeout(appear, LONGEST_WAIT);
    await Promise.all(Array.from(document.querySelectorAll("link[rel=stylesheet]"), styled));
    document.body.getBoundingClientRect(); // only what is laid out asks for its font
    await document.fonts.ready;
    appear();
  });
})();
