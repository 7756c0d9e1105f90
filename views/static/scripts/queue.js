// Keeps a report on this computer while the service is away, and sends it when it is back.
// What is kept is encrypted with a key that no script can read out. "Received" is said by the service alone.
import { initAll } from "/assets/nhsuk-frontend.js";

const RETRY_SECONDS = 10;
const box = document.getElementById("queue");
const main = document.getElementById("maincontent");

function open() {
  return new Promise((done, failed) => {
    const asked = indexedDB.open("candour", 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("reports", { keyPath: "id" });
      asked.result.createObjectStore("keys");
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
}

async function within(store, mode, act) {
  const database = await open();
  return new Promise((done, failed) => {
    const work = database.transaction(store, mode, { durability: "strict" });
    const asked = act(work.objectStore(store));
    work.oncomplete = () => { database.close(); done(asked.result); };
    work.onerror = work.onabort = () => { database.close(); failed(work.error); };
  });
}

async function key() {
  const kept = await within("keys", "readonly", (store) => store.get("reports"));
  if (kept) return kept;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  await within("keys", "readwrite", (store) => store.add(made, "reports")).catch(() => undefined);
  return within("keys", "readonly", (store) => store.get("reports")); // another tab may have been first
}

// What the service's clock is ahead of this computer's, which may be wrong; as each page says when it was drawn.
let ahead = 0;
function compare(page) {
  const drawn = Date.parse(page.querySelector("[name='drawn_at']")?.value);
  if (drawn) ahead = drawn - Date.now();
}

// The form as it is sent. The same words keep the time at which they were first sent: whatever became of that try,
// they are one report.
let said, writtenAt;
function written(form) {
  const body = new URLSearchParams(new FormData(form));
  for (const name of ["drawn_at", "written_at"]) body.delete(name);
  if (said !== body.toString()) {
    said = body.toString();
    writtenAt = new Date(Date.now() + ahead).toISOString();
  }
  body.set("drawn_at", form.elements["drawn_at"].value);
  body.set("written_at", writtenAt);
  return body.toString();
}

const idOf = (body) => new URLSearchParams(body).get("idempotency-key");

async function keep(body) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key(), new TextEncoder().encode(body));
  await within("reports", "readwrite", (store) => store.put({ id: idOf(body), iv, sealed, at: Date.now() }));
  navigator.storage?.persist?.();
}

async function read(kept) {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: kept.iv }, await key(), kept.sealed);
  return new TextDecoder().decode(plain);
}

const waiting = () => within("reports", "readonly", (store) => store.getAll());
const forget = (id) => within("reports", "readwrite", (store) => store.delete(id));

// The answer of the service, or null while it is away.
async function send(body) {
  try {
    const answer = await fetch("/report", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
      body,
      signal: AbortSignal.timeout(20000),
    });
    if (answer.status >= 500) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    compare(page);
    return page;
  } catch {
    return null;
  }
}

// `kept`: the id of the kept report that is mended on the page.
function show(page, kept = "") {
  const fresh = page.getElementById("maincontent");
  main.replaceChildren(...document.importNode(fresh, true).childNodes);
  document.title = page.title;
  initAll({ scope: main });
  bind(kept);
  (main.querySelector(".nhsuk-error-summary") ?? main.querySelector("h1"))?.focus();
  window.scrollTo(0, 0);
}

function part(heading, text, ...more) {
  const banner = document.createElement("div");
  banner.className = "candour-queue candour-reference"; // a receipt is one long word
  const title = document.createElement("h2");
  title.className = "nhsuk-heading-s";
  title.textContent = heading;
  const words = document.createElement("p");
  words.textContent = text;
  banner.append(title, words, ...more);
  return banner;
}

function say(...parts) {
  const place = document.getElementById("queue") ?? box;
  if (!place.isConnected) main.prepend(place);
  if (place.textContent !== parts.map((one) => one.textContent).join("")) place.replaceChildren(...parts);
}

function notSent(count) {
  const what = count === 1 ? "1 report is" : `${count} reports are`;
  return part("Not sent yet – kept on this computer",
    `${what} not sent yet. The service cannot be reached. Do not clear this browser's data; leave this page open, ` +
    `or open it again later on this computer. Sending is tried again every ${RETRY_SECONDS} seconds. ` +
    "If it is urgent, tell the person in charge now.");
}

function sent(receipt) {
  const link = document.createElement(receipt.link ? "a" : "span"); // no link to what may not be opened
  if (receipt.link) link.href = receipt.link;
  link.textContent = `Case ${receipt.case}`;
  const became = document.createElement("p");
  became.append(Object.assign(document.createElement("a"),
    { href: receipt.became, textContent: "See what became of your report" }));
  return part("Sent: the report that was kept here was received", `Receipt ${receipt.receipt}`, link, became);
}

function toMend(id, page) {
  const mend = document.createElement("button");
  mend.className = "nhsuk-button nhsuk-button--secondary";
  mend.textContent = "Open it and mend it";
  mend.onclick = () => show(page, id); // kept here until what was mended is received
  return part("Not sent: something has to be mended", "A report kept on this computer was not taken as it is.", mend);
}

// What became of reports that were kept, as long as this page is open: by id, the receipt; and the page that says
// what is to be mended, which is not sent again as it is.
const received = new Map();
const refused = new Map();

async function drop(id) {
  refused.delete(id);
  await forget(id).catch(() => undefined); // at worst it is sent again, and is the same report
}

async function tell() {
  const kept = (await waiting()).map(({ id }) => id);
  const left = kept.filter((id) => !refused.has(id) && !received.has(id)).length;
  const open = document.getElementById("report-form")?.dataset.kept;
  const mended = kept.filter((id) => refused.has(id) && id !== open).map((id) => toMend(id, refused.get(id)));
  say(...(left ? [notSent(left)] : []), ...mended, ...[...received.values()].map(sent));
}

async function retry() {
  const kept = (await waiting()).filter(({ id }) => !refused.has(id)).sort((one, other) => one.at - other.at);
  for (const { id, ...report } of kept) {
    if (!received.has(id)) {
      const page = await send(await read(report));
      if (!page) break;
      const receipt = page.getElementById("received");
      if (!receipt) {
        refused.set(id, page);
        continue;
      }
      received.set(id, receipt.dataset);
    }
    await drop(id);
  }
  if (kept.length || refused.size) await tell();
}

let busy = false;
async function tryAgain() {
  if (busy) return;
  busy = true;
  // A browser that keeps nothing has nothing that waits.
  try { await retry(); } catch (error) { console.warn(error); } finally { busy = false; }
}

// On a shared computer the next person must not find what the last one wrote.
function empty(form) {
  for (const input of form.querySelectorAll("textarea, input:not([type=hidden])")) {
    if (input.type === "radio" || input.type === "checkbox") input.defaultChecked = false;
    else input.defaultValue = "";
  }
  for (const option of form.querySelectorAll("option")) option.defaultSelected = false;
  form.reset();
}

async function submitted(event) {
  const form = event.target;
  if (event.submitter?.name === "add-patient") return;
  event.preventDefault();
  const body = written(form);
  const mended = form.dataset.kept;
  const page = await send(body);
  if (page?.getElementById("received")) {
    show(page);
    return Promise.all([idOf(body), mended].map(drop));
  }
  if (page) return show(page, mended);
  try {
    await keep(body);
  } catch {
    return say(part("Not sent yet", "The service cannot be reached, and this browser cannot keep the report safely. " +
      "Leave this page open and send it again in a moment; nothing you typed is lost."));
  }
  refused.delete(idOf(body));
  if (mended && mended !== idOf(body)) await drop(mended);
  form.dataset.kept = "";
  empty(form);
  form.querySelector("[name='idempotency-key']").value = crypto.randomUUID();
  await tell();
  document.getElementById("queue").scrollIntoView();
}

function bind(kept = "") {
  const form = document.getElementById("report-form");
  if (!form) return;
  form.dataset.kept = kept;
  form.addEventListener("submit", submitted);
}

compare(document);
bind();
tryAgain();
addEventListener("online", tryAgain);
setInterval(tryAgain, RETRY_SECONDS * 1000);
