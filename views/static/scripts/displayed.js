// Tells the log that an escalation was before the eyes of somebody who may take it on: half of it in sight for
// a second. So the time to reach a person is measured. Without a script only the taking on is.
const told = new Set();
const waiting = new Map();
const watcher = new IntersectionObserver((entries) => entries.forEach(look), { threshold: 0.5 });

function look({ target, isIntersecting }) {
  const key = target.dataset.displays;
  clearTimeout(waiting.get(key));
  if (isIntersecting && !told.has(key)) waiting.set(key, setTimeout(() => tell(target, key), 1000));
}

function tell(target, key) {
  if (document.visibilityState !== "visible" || !target.isConnected) return;
  told.add(key);
  watcher.unobserve(target);
  const [id] = key.split("/"); // and the level: a climbed one is shown to somebody else
  const sent = { method: "POST", keepalive: true, headers: { "Content-Type": "application/json" }, body: "{}" };
  fetch(`/api/escalations/${encodeURIComponent(id)}/displayed`, sent).catch(() => told.delete(key));
}

function watch() {
  document.querySelectorAll("[data-displays]").forEach((one) => told.has(one.dataset.displays) || watcher.observe(one));
}

watch();
new MutationObserver(watch).observe(document.body, { childList: true, subtree: true }); // the board renews itself
