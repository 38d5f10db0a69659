// Runs before the first paint, so that nothing moves afterwards: the tablet's own preferences.
// It is a classic script because a module would run too late.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const read = (key) => {
    try { return localStorage.getItem(key); } catch { return null; }
  };
  const scheme = read("linkbridge.scheme");
  if (scheme) root.dataset.scheme = scheme;
  if (read("linkbridge.training") === "yes") root.dataset.training = "yes";
  const size = Number(read("linkbridge.text"));
  if (size >= 20 && size <= 64) root.style.setProperty("--person-text", `${size}px`);
  try {
    if (sessionStorage.getItem("linkbridge.turned") === "yes") root.dataset.turned = "yes";
    if (sessionStorage.getItem("linkbridge.mode") === "all") root.dataset.mode = "all";
  } catch { /* a browser without storage shows the page as it is */ }
  // Languages used here before come first: an order, set before the tiles are painted.
  let recent = [];
  try { recent = JSON.parse(read("linkbridge.recent") ?? "[]"); } catch { /* start afresh */ }
  const wanted = new URLSearchParams(location.search).get("suggest");
  const first = wanted ? wanted.split(" ") : recent;
  const rules = first
    .filter((tag) => /^[A-Za-z0-9-]{2,16}$/.test(tag))
    .map((tag, index, all) => `.languages .tile[data-tag="${tag}"] { order: ${index - all.length}; }`);
  if (rules.length > 0 && "adoptedStyleSheets" in document) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules.join("\n"));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
})();
