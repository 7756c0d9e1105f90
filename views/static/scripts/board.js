// Keeps the board fresh: when the stream says that something changed, the server's own rows are fetched again.
// How old the page is, is counted here every second; when nothing is heard, the page says so by itself.
const board = document.getElementById("board");
const status = document.getElementById("board-status");
const button = document.getElementById("pause");

const QUIET_SECONDS = 45; // the stream sends at least a ping every 15 seconds
const GATHER_MS = 250; // changes that come together are shown together
let paused = false;
let connected = false;
let heardAt = Date.now();
let waiting = null;
let source = null;

// Finds what was in use before the rows were replaced, so that the keyboard does not lose its place.
function again(element) {
  if (!element || !board.contains(element)) return null;
  if (element.id) return () => document.getElementById(element.id) ?? board;
  const link = element.getAttribute("href");
  const alike = () => [...board.querySelectorAll("a")].filter((each) => each.getAttribute("href") === link);
  const place = alike().indexOf(element);
  return () => alike()[place] ?? alike()[0] ?? board;
}

async function refresh() {
  waiting = null;
  if (paused) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html", "X-Part": "board" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("board");
    if (!fresh) return;
    const focused = again(document.activeElement);
    const before = board.dataset.summary;
    board.replaceChildren(...document.importNode(fresh, true).childNodes);
    board.dataset.summary = fresh.dataset.summary;
    focused?.()?.focus({ preventScroll: true });
    if (fresh.dataset.summary !== before) status.textContent = `Board updated: ${fresh.dataset.summary}`;
    age();
  } catch {
    // the stream says when the service is away
  }
}

function changed() {
  heard();
  if (!waiting) waiting = setTimeout(refresh, GATHER_MS);
}

function heard() {
  heardAt = Date.now();
}

function age() {
  const quiet = Math.round((Date.now() - heardAt) / 1000);
  const line = document.getElementById("connection");
  if (!line) return;
  if (paused) line.textContent = "Paused: this page does not change until you go on.";
  else if (!connected) line.textContent = `Not connected, trying again. Nothing new for ${quiet} s: do not rely on this page.`;
  else if (quiet > QUIET_SECONDS) line.textContent = `Nothing heard for ${quiet} s: do not rely on this page.`;
  else line.textContent = "Live: changes appear by themselves.";
}

function connect() {
  source = new EventSource("/board/events");
  source.onopen = () => { const again = !connected; connected = true; heard(); if (again) changed(); };
  source.onerror = () => { connected = false; };
  source.onmessage = changed;
  source.addEventListener("ping", changed); // nothing happened, but time went on
}

board.tabIndex = -1; // where the keyboard goes when the row in use is gone
button.hidden = false;
button.addEventListener("click", () => {
  paused = !paused;
  button.textContent = paused ? "Go on" : "Pause updates";
  button.setAttribute("aria-pressed", String(paused));
  if (!paused) refresh();
  age();
});
addEventListener("pagehide", () => source?.close());
connect();
setInterval(age, 1000);
