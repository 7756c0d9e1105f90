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

function show(page) {
  const fresh = page.getElementById("maincontent");
  main.replaceChildren(...document.importNode(fresh, true).childNodes);
  document.title = page.title;
  initAll({ scope: main });
  bind();
  (main.querySelector(".nhsuk-error-summary") ?? main.querySelector("h1"))?.focus();
  window.scrollTo(0, 0);
}

function say(heading, text, link) {
  const banner = document.createElement("div");
  banner.className = "candour-queue";
  const title = document.createElement("h2");
  title.className = "nhsuk-heading-s";
  title.textContent = heading;
  const words = document.createElement("p");
  words.textContent = text;
  banner.append(title, words);
  if (link) banner.append(link);
  const place = document.getElementById("queue") ?? box;
  if (!place.isConnected) main.prepend(place);
  if (place.textContent !== banner.textContent) place.replaceChildren(banner);
}

function notSent(count) {
  const what = count === 1 ? "1 report is" : `${count} reports are`;
  say("Not sent yet – kept on this computer",
    `${what} not sent yet. The service cannot be reached. Do not clear this browser's data; leave this page open, ` +
    `or open it again later on this computer. Sending is tried again every ${RETRY_SECONDS} seconds. ` +
    "If it is urgent, tell the person in charge now.");
}

async function retry() {
  for (const kept of await waiting()) {
    const page = await send(await read(kept));
    if (!page) return notSent((await waiting()).length);
    const receipt = page.getElementById("received");
    if (receipt) {
      await forget(kept.id);
      const link = document.createElement("a");
      link.href = `/cases/${receipt.dataset.case}`;
      link.textContent = `Case ${receipt.dataset.case}`;
      say("Sent: the report that was kept here was received", `Receipt ${receipt.dataset.receipt}`, link);
    } else {
      const mend = document.createElement("button");
      mend.className = "nhsuk-button nhsuk-button--secondary";
      mend.textContent = "Open it and mend it";
      mend.onclick = () => show(page); // kept here until what was mended is received
      return say("Not sent: something has to be mended", "A report kept on this computer was not taken as it is.", mend);
    }
  }
}

let busy = false;
async function tryAgain() {
  if (busy || !indexedDB || !crypto.subtle) return;
  busy = true;
  try { await retry(); } finally { busy = false; }
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
  const page = await send(body);
  if (page) {
    if (page.getElementById("received") && crypto.subtle) await forget(idOf(body));
    return show(page);
  }
  if (!crypto.subtle) {
    return say("Not sent yet", "The service cannot be reached, and this browser cannot keep the report safely. " +
      "Leave this page open and send it again in a moment; nothing you typed is lost.");
  }
  await keep(body);
  empty(form);
  form.querySelector("[name='idempotency-key']").value = crypto.randomUUID();
  notSent((await waiting()).length);
  document.getElementById("queue").scrollIntoView();
}

function bind() {
  document.getElementById("report-form")?.addEventListener("submit", submitted);
}

compare(document);
bind();
tryAgain();
addEventListener("online", tryAgain);
setInterval(tryAgain, RETRY_SECONDS * 1000);
