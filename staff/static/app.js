// Betters pages that work without it. Nothing here decides anything: it asks for what the server makes.
import { initAll } from "./vendor/govuk-frontend.min.js";

initAll();

const page = document.getElementById("ns-page");
const signedIn = page?.hasAttribute("data-signed-in");

// After a filter was applied, the reader is at the count of what was found.
if (location.hash === "#results") document.getElementById("results")?.focus();

// One key turns the screen (F9: no letter, so it is in nobody's way). What is private is gone before the server has answered.
addEventListener("keydown", (event) => {
  const form = document.getElementById("ns-turn");
  if (event.key !== "F9" || event.ctrlKey || event.altKey || !form) return;
  event.preventDefault();
  document.body.classList.add("ns-turning");
  form.requestSubmit();
});

// A print button is there only where a script can print.
for (const each of document.querySelectorAll("[data-print]")) {
  each.hidden = false;
  each.addEventListener("click", () => print());
}
if (new URLSearchParams(location.search).has("print")) addEventListener("load", () => setTimeout(() => document.documentElement.dataset.ready = "print", 0));

// Five minutes before a session ends for want of use, a warning; all tabs know when one of them was used.
const WARN = 5 * 60, CHANNEL = "newstart-used";
if (signedIn) {
  const idle = Number(page.dataset.idleSeconds);
  const dialog = document.getElementById("ns-timeout");
  const left = document.getElementById("ns-timeout-left");
  let used = Date.now();
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(CHANNEL) : null;
  const note = () => { used = Date.now(); if (dialog?.open) dialog.close(); };
  channel?.addEventListener("message", note);
  channel?.postMessage("page");
  const stay = async () => {
    const answer = await fetch("/stay", { method: "POST", credentials: "same-origin", headers: { "X-CSRF-Token": document.querySelector("input[name=csrf]").value } });
    if (answer.ok) { note(); channel?.postMessage("stay"); }
  };
  dialog?.querySelector("[data-stay]")?.addEventListener("click", stay);
  dialog?.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  for (const form of document.querySelectorAll("form[data-autosave]")) form.addEventListener("input", () => { used = Date.now(); channel?.postMessage("typed"); });
  let said = 0;
  setInterval(async () => {
    const remaining = idle - (Date.now() - used) / 1000;
    if (remaining > WARN) return;
    if (remaining <= 0) {
      // Whatever is still being typed is kept first.
      await Promise.all([...document.querySelectorAll("form[data-autosave]")].map((form) => form.keptByScript?.save()));
      location.assign("/sign-in?ended=true&next=" + encodeURIComponent(location.pathname + location.search));
      return;
    }
    if (dialog && !dialog.open) { dialog.showModal(); said = 0; }
    const minutes = Math.max(1, Math.ceil(remaining / 60));
    if (left && minutes !== said) { left.textContent = minutes + (minutes === 1 ? " minute" : " minutes"); said = minutes; }
  }, 1000);
}

// Words on this device that could not be saved, shown where one's work begins.
const waiting = document.getElementById("ns-device-drafts");
if (waiting) {
  const list = waiting.querySelector("ul");
  for (const name of Object.keys(localStorage).filter((each) => each.startsWith("newstart-draft:"))) {
    try {
      const link = document.createElement("a");
      link.href = JSON.parse(localStorage.getItem(name)).page;
      link.className = "govuk-link";
      link.textContent = "Open it, and it is put back";
      const item = document.createElement("li");
      item.append(link);
      list.append(item);
    } catch { continue; }
  }
  waiting.hidden = !list.children.length;
}
