// A kiosk forgets: after a minute without a hand it asks, and twenty seconds later everything is wiped. Nothing here
// stores anything, and a page kept by the browser for going back is left at once.
const kiosk = document.getElementById("ns-kiosk");
const leave = () => location.replace(kiosk.dataset.leave);
const atStart = location.pathname === "/kiosk";
let timer = 0;
let dialog = null;

function wait() {
  clearTimeout(timer);
  timer = setTimeout(ask, Number(kiosk.dataset.idleSeconds) * 1000);
}

function ask() {
  if (atStart) return;
  dialog = document.createElement("dialog");
  dialog.className = "ns-kiosk-dialog";
  dialog.setAttribute("aria-labelledby", "ns-kiosk-title");
  const title = document.createElement("h2");
  title.className = "govuk-heading-l";
  title.id = "ns-kiosk-title";
  title.textContent = "Are you still there?";
  const words = document.createElement("p");
  words.className = "govuk-body";
  words.textContent = "In 20 seconds this screen forgets what you did and starts again.";
  const stay = document.createElement("button");
  stay.className = "govuk-button";
  stay.textContent = "I am still here";
  dialog.append(title, words, stay);
  document.body.append(dialog);
  const stayed = () => { dialog.remove(); wait(); };
  stay.addEventListener("click", stayed);
  dialog.addEventListener("cancel", stayed);
  dialog.showModal();
  timer = setTimeout(leave, 20000);
}

for (const kind of ["pointerdown", "keydown", "input", "scroll"]) {
  addEventListener(kind, () => { if (!dialog?.open) wait(); }, { passive: true });
}
// One page takes the other's place: there is nothing to go back to.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="/kiosk"]');
  if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  location.replace(link.href);
});
addEventListener("pageshow", (event) => { if (event.persisted) leave(); });
addEventListener("pagehide", () => { for (const form of document.forms) form.reset(); });
wait();
