// The web chat with a script: messages without loading the page again, kept and sent again over a poor line.
// What the person writes stays in this page's memory alone.
const root = document.querySelector("[data-chat]");
const log = root.querySelector("[data-log]");
const write = root.querySelector("[data-write]");
const unsent = root.querySelector("[data-unsent]");
const LOOK_EVERY = 5_000; // an interpreter may have come, or a human have answered
const TRY_AGAIN = 3_000;
const queue = [];
let upTo = Number(root.dataset.upTo);
let busy = false;
let lastOwn = "";

function scrollToEnd() {
  root.ownerDocument.getElementById("end").scrollIntoView({ block: "end" });
}

function addOwn(text) {
  const item = document.createElement("li");
  item.className = "bubble own waiting";
  item.dir = "auto";
  const said = document.createElement("p");
  said.className = "said";
  said.textContent = text;
  item.append(said);
  log.append(item);
  scrollToEnd();
  return item;
}

function retireChoices() {
  for (const choices of log.querySelectorAll(".choices")) choices.classList.add("past");
}

function add(answer) {
  if (answer.html.trim()) {
    retireChoices();
    const first = log.children.length;
    log.insertAdjacentHTML("beforeend", answer.html);
    (log.children[first] ?? log.lastElementChild)?.scrollIntoView({ block: "start" });
  }
  upTo = answer.upTo;
  root.dataset.handed = answer.handed ? "yes" : "no";
  if (answer.reload) location.reload();
}

async function ask(method, body) {
  const address = method === "GET" ? `/chat/messages?after=${upTo}` : "/chat/messages";
  const response = await fetch(address, {
    method, body, credentials: "same-origin", headers: { "X-Chat-Language": root.dataset.language },
  });
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

async function drain() {
  if (busy) return;
  busy = true;
  while (queue.length) {
    const message = queue[0];
    const body = new URLSearchParams({ ...message.fields, id: message.id, up_to: String(upTo) });
    try {
      const answer = await ask("POST", body);
      queue.shift();
      message.bubble?.classList.remove("waiting");
      unsent.hidden = true;
      add(answer);
    } catch {
      unsent.hidden = false;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN));
    }
  }
  busy = false;
}

function send(fields, bubble) {
  queue.push({ fields, bubble, id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
  drain();
}

log.addEventListener("submit", (event) => {
  event.preventDefault();
  const button = event.submitter;
  for (const other of event.target.querySelectorAll("button")) other.disabled = true;
  const bubble = addOwn(button.textContent.trim());
  send({ choice: button.value, turn: event.target.elements.turn.value, quoted: lastOwn }, bubble);
});
write.addEventListener("submit", (event) => {
  event.preventDefault();
  const box = write.elements.text;
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  lastOwn = text;
  send({ text }, addOwn(text));
});
write.elements.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    write.requestSubmit();
  }
});
// Leaving replaces this page, so that going back does not show it.
root.querySelector("[data-leave]").addEventListener("click", (event) => {
  event.preventDefault();
  log.replaceChildren();
  fetch("/chat/leave", { method: "POST", redirect: "manual", keepalive: true });
  location.replace("https://www.wikipedia.org/");
});
addEventListener("online", drain);
setInterval(async () => {
  if (busy || document.hidden || !log.querySelector(".bubble.own")) return;
  try {
    add(await ask("GET"));
  } catch {
    // The next look may reach the server.
  }
}, LOOK_EVERY);
scrollToEnd();
