// Regions of a page that are true within two seconds: `data-live="list list"` names the lists a region depends on.
// When one of them changes, the page is asked for again under the reader's own rights, and those regions are exchanged.
const regions = () => [...document.querySelectorAll("[data-live]")];
const lists = [...new Set(regions().flatMap((each) => each.dataset.live.split(" ")))].filter(Boolean);
let source = null;
let waiting = null;
let asking = false;
let again = false;

async function refresh() {
  waiting = null;
  if (asking) { again = true; return; }
  asking = true;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { "X-Background": "1" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const region of regions()) {
      const next = region.id && fresh.getElementById(region.id);
      // Never from under somebody's hands.
      if (!next || region.contains(document.activeElement) && region.querySelector("input:not([type=hidden]):focus, textarea:focus, select:focus")) continue;
      if (next.innerHTML === region.innerHTML) continue;
      const held = region.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
      region.replaceChildren(...next.childNodes);
      if (held) region.querySelector(`[href="${CSS.escape(held)}"]`)?.focus();
      region.dataset.refreshed = String(Number(region.dataset.refreshed || 0) + 1);
    }
  } catch { /* The line is broken: the next change, or the reader, asks again. */ } finally {
    asking = false;
    if (again) { again = false; soon(); }
  }
}

function soon() {
  // Many changes at once are one refresh; not all browsers of a hub in the same moment.
  if (waiting === null) waiting = setTimeout(refresh, 50 + Math.random() * 200);
}

function follow() {
  if (source || !lists.length || !("EventSource" in window)) return;
  source = new EventSource("/live");
  source.addEventListener("change", (event) => { if (lists.includes(JSON.parse(event.data).list)) soon(); });
  source.addEventListener("reset", soon);
  source.addEventListener("hello", () => { document.documentElement.dataset.following = "on"; });
}

function leave() {
  source?.close();
  source = null;
  delete document.documentElement.dataset.following;
}

// A browser has few connections to one place: only the tab in front keeps one, and looks anew when it comes to the front.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) leave(); else { follow(); soon(); }
});
addEventListener("pagehide", leave);
if (!document.hidden) follow();
