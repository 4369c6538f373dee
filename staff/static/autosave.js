// A form with `data-autosave` keeps itself: at the server as it is typed, and, while that cannot be reached or nobody is
// signed in, in this browser, sealed with a key that only the same person's next page brings. Nothing readable is left here.
const WAIT = 700, RETRY = 4000, PREFIX = "newstart-draft:";
const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
const text64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

class Kept {
  constructor(form) {
    this.form = form;
    this.address = form.dataset.autosave;
    this.button = form.dataset.keepButton || "Keep it for later";
    this.status = document.querySelector("[data-kept]");
    this.sent = JSON.stringify(this.fields());
    this.timer = null;
    this.busy = false;
    this.stopped = false;
    this.turn = 0;
  }

  async start() {
    this.key = await crypto.subtle.importKey("raw", bytes(this.form.dataset.deviceKey), "AES-GCM", false, ["encrypt", "decrypt"]);
    await this.restore();
    await this.freshen();
    this.form.addEventListener("input", () => this.changed());
    this.form.addEventListener("change", () => this.changed());
    this.form.addEventListener("submit", () => { this.stopped = true; clearTimeout(this.timer); });
    addEventListener("online", () => this.soon(0));
    addEventListener("pageshow", (event) => { if (event.persisted) this.freshen(); });
    document.addEventListener("visibilitychange", () => { if (document.hidden) this.save(); else this.soon(0); });
  }

  fields() {
    const found = {};
    for (const [name, value] of new FormData(this.form)) {
      if (["csrf", "key", "version", "action", "seen"].includes(name) || typeof value !== "string") continue;
      found[name] = name in found ? [].concat(found[name], value) : value.replace(/\r\n/g, "\n");
    }
    return found;
  }

  version(value) {
    let field = this.form.querySelector("input[name=version]");
    if (value !== undefined) {
      if (!field) {
        field = Object.assign(document.createElement("input"), { type: "hidden", name: "version" });
        this.form.append(field);
      }
      field.value = value;
    }
    return field ? field.value : "";
  }

  say(words, bad = false) {
    if (!this.status || this.status.textContent === words) return;
    this.status.textContent = words;
    this.status.classList.toggle("ns-kept--bad", bad);
  }

  changed() {
    this.hold();
    this.soon(WAIT);
  }

  soon(wait) {
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), wait);
  }

  // In this browser, sealed.
  async hold() {
    const now = JSON.stringify(this.fields());
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const turn = ++this.turn;
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.key, new TextEncoder().encode(now));
    // Sealing takes a moment: a later one may be done before an earlier one.
    if (turn !== this.turn || now === this.sent) return;
    try {
      localStorage.setItem(PREFIX + this.address, JSON.stringify({ iv: text64(iv), sealed: text64(sealed), version: this.version(), page: location.pathname }));
    } catch { /* Full or forbidden: the server still has all but the last second. */ }
  }

  async restore() {
    const held = localStorage.getItem(PREFIX + this.address);
    if (!held) return;
    try {
      const { iv, sealed, version } = JSON.parse(held);
      const clear = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes(iv) }, this.key, bytes(sealed));
      const fields = JSON.parse(new TextDecoder().decode(clear));
      // A form whose address is used again: what was kept of the one before has been sent, or thrown away.
      if (this.form.dataset.again !== undefined && version && !this.version()) { this.let_go(); return; }
      if (JSON.stringify(fields) === this.sent) { this.let_go(); return; }
      if (version !== this.version() && this.version()) {
        // Something newer was kept at the server: both are shown, the person decides.
        this.version(version || '"0"');
        this.fill(fields);
        this.say("These words were not saved before, and other words were kept meanwhile. Press “" + this.button + "” to see both.", true);
        this.stopped = true;
        return;
      }
      this.fill(fields);
      this.say("Put back what had not been saved");
      this.soon(0);
    } catch {
      // Somebody else's, who used this device before: not ours to open, nor to throw away.
    }
  }

  // The page may have been made a moment before the last words of another one arrived, or come out of the browser's memory.
  async freshen() {
    if (this.stopped || JSON.stringify(this.fields()) !== this.sent) return;
    try {
      const answer = await fetch(this.address, { credentials: "same-origin", headers: { "X-Background": "1" } });
      if (!answer.ok || answer.redirected) return;
      const { fields, version, at } = await answer.json();
      if (!version || version === this.version() || JSON.stringify(this.fields()) !== this.sent) return;
      this.fill(fields);
      this.version(version);
      this.sent = JSON.stringify(this.fields());
      this.say("Kept at " + at);
    } catch { /* What the page brought stands. */ }
  }

  fill(fields) {
    for (const field of this.form.elements) {
      if (!field.name || !(field.name in fields) && !["checkbox", "radio"].includes(field.type)) continue;
      if (["csrf", "key", "version", "seen"].includes(field.name) || field.type === "submit") continue;
      const value = fields[field.name];
      if (["checkbox", "radio"].includes(field.type)) field.checked = [].concat(value ?? []).includes(field.value);
      else field.value = [].concat(value)[0];
    }
  }

  let_go() { localStorage.removeItem(PREFIX + this.address); }

  async save() {
    const fields = this.fields();
    const now = JSON.stringify(fields);
    if (this.stopped || now === this.sent) return;
    if (this.busy) { this.soon(WAIT); return; }
    this.busy = true;
    try {
      const answer = await fetch(this.address, {
        method: "POST", credentials: "same-origin", keepalive: now.length < 60000,
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.form.querySelector("input[name=csrf]").value },
        body: JSON.stringify({ fields, version: this.version() }),
      });
      await this.heard(answer, now);
    } catch {
      this.say("No connection. Your words are kept on this device, sealed, and will be saved when it is back.", true);
      this.soon(RETRY);
    } finally {
      this.busy = false;
    }
  }

  async heard(answer, now) {
    if (answer.ok) {
      const { version, at } = await answer.json();
      this.version(version);
      this.sent = now;
      this.say("Kept at " + at);
      if (JSON.stringify(this.fields()) === now) this.let_go(); else this.soon(WAIT);
    } else if (answer.status === 401) {
      this.say("You are signed out. Your words are kept on this device, sealed. Sign in again in another tab: they are saved then.", true);
      this.soon(RETRY);
    } else if (answer.status === 403) {
      // Signed in again meanwhile: the page learns the new token.
      const token = await fetch("/token", { credentials: "same-origin" });
      if (token.ok && !token.redirected) {
        const { csrf } = await token.json();
        for (const field of document.querySelectorAll("input[name=csrf]")) field.value = csrf;
      }
      this.soon(RETRY);
    } else if (answer.status === 409) {
      this.stopped = true;
      this.say("This was changed in another window. Press “" + this.button + "” to see both side by side.", true);
    } else if (answer.status === 410) {
      this.stopped = true;
      this.say("This was finished or thrown away in another window. Copy what you still need.", true);
    } else {
      this.say("It could not be saved just now. Your words are kept on this device, sealed.", true);
      this.soon(RETRY);
    }
  }
}

if (window.crypto?.subtle) {
  for (const form of document.querySelectorAll("form[data-autosave]")) {
    const kept = new Kept(form);
    kept.start();
    form.keptByScript = kept;
  }
}
