// Keeps a conversation while it is typed. Without this script "Save and continue" keeps it.
const form = document.querySelector("form[data-keep]");
const said = document.getElementById("saved");
let waiting = 0;

async function keep() {
  const body = new FormData(form);
  body.set("autosave", "yes");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-CSRF-Token": body.get("csrf") }, redirect: "manual" });
    if (answer.status === 204) {
      const was = form.querySelector("input[name=was]");
      if (was) was.value = answer.headers.get("ETag") || "";
      said.textContent = "Saved as a draft";
    } else if (answer.status === 409) {
      said.textContent = "Not saved: this conversation was changed in another window";
    } else {
      said.textContent = "Not saved yet: sign in again in another tab, then go on here";
    }
  } catch {
    said.textContent = "Not saved yet: no connection. It stays on this page; we try again";
    waiting = setTimeout(keep, 5000);
  }
}

if (form && said) {
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(keep, 1500);
  });
  form.addEventListener("submit", () => clearTimeout(waiting));
}
