// Keeps the board fresh: when the stream says that something changed, the server's own rows are fetched again.
// How old the rows are, is counted here every second: a stream that lives is no proof that they are fresh.
const board = document.getElementById("board");
const status = document.getElementById("board-status");
const button = document.getElementById("pause");

const STALE_SECONDS = 45; // the stream sends at least a ping every 15 seconds, and each fetches the rows
const GATHER_MS = 250; // changes that come together are shown together
let paused = false;
let connected = false;
let renewedAt = Date.now();
let failed = false;
let relied = true;
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
    await renew();
    renewedAt = Date.now();
    failed = false;
  } catch {
    failed = true; // the next ping tries again
  }
  age();
}

async function renew() {
  const headers = { Accept: "text/html", "X-Part": "board" };
  const answer = await fetch(location.href, { headers, signal: AbortSignal.timeout(STALE_SECONDS * 1000) });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("board");
  if (!answer.ok || !fresh) throw new Error("this is no board");
  const focused = again(document.activeElement);
  const before = board.dataset.summary;
  board.replaceChildren(...document.importNode(fresh, true).childNodes);
  board.dataset.summary = fresh.dataset.summary;
  focused?.()?.focus({ preventScroll: true });
  if (fresh.dataset.summary !== before) status.textContent = `Board updated: ${fresh.dataset.summary}`;
}

function changed() {
  if (!waiting) waiting = setTimeout(refresh, GATHER_MS);
}

function age() {
  const old = Math.round((Date.now() - renewedAt) / 1000);
  const line = document.getElementById("connection");
  const stale = !paused && (!connected || failed || old > STALE_SECONDS);
  if (paused) line.textContent = "Paused: this page does not change until you go on.";
  else if (!connected) line.textContent = `Not connected, trying again. Nothing new for ${old} s: do not rely on this page.`;
  else if (stale) line.textContent = `The board could not be renewed for ${old} s: do not rely on this page.`;
  else line.textContent = "Live: changes appear by themselves.";
  line.classList.toggle("candour-alarm", stale);
  if (!paused && stale === relied) { // said once, not each second
    relied = !stale;
    status.textContent = stale ? "Do not rely on this page: it is not renewed." : `Board updated: ${board.dataset.summary}`;
  }
}

function connect() {
  source = new EventSource("/board/events");
  source.onopen = () => { if (!connected) changed(); connected = true; };
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
  if (paused) age();
  else refresh();
});
addEventListener("pagehide", () => source?.close());
connect();
setInterval(age, 1000);
