// Every staff page: figures beside the menu, a sound and a line of words when something new came
// for this officer. One browser tells once, however many of its tabs are open.
import "./styles/alerts.css";

const SEEN_MS = 5000;
const HIDDEN_MS = 15000;
const TOAST_MS = 20000;
const PLAIN_TITLE = /^\([\d,]+\+?\) /;

let audio = null; // a browser lets a page sound only after the officer has touched it

const stored = (name) => {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is switched off: every tab tells for itself
  }
};
const store = (name, value) => {
  try {
    localStorage.setItem(name, value);
  } catch {
    /* as above */
  }
};

function arm() {
  if (audio) return;
  const Context = window.AudioContext ?? window.webkitAudioContext;
  if (Context) audio = new Context();
}

// Two soft notes, a fifth apart, that fade away.
function chime() {
  if (!audio) return false;
  if (audio.state === "suspended") audio.resume();
  const start = audio.currentTime + 0.02;
  for (const [index, pitch] of [659.25, 987.77].entries()) {
    const at = start + index * 0.16;
    const note = audio.createOscillator();
    const loudness = audio.createGain();
    note.type = "sine";
    note.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.0001, at);
    loudness.gain.exponentialRampToValueAtTime(0.22, at + 0.02);
    loudness.gain.exponentialRampToValueAtTime(0.0001, at + 0.7);
    note.connect(loudness).connect(audio.destination);
    note.start(at);
    note.stop(at + 0.75);
  }
  return true;
}

// Rings once after the milliseconds that it was sent last; see tick.js.
function clock(url, ring) {
  let timer = 0;
  const plain = {
    postMessage(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(ring, milliseconds);
    },
  };
  if (!window.Worker) return plain;
  const worker = new Worker(url);
  worker.onmessage = ring;
  worker.onerror = () => {
    worker.postMessage = plain.postMessage;
    plain.postMessage(0);
  };
  return worker;
}

class Alerts {
  constructor(place) {
    this.place = place;
    this.url = place.dataset.url;
    // By officer: two may share a computer.
    const mine = (name) => `bm-alerts-${name}:${place.dataset.staff}`;
    this.names = { until: mine("until"), told: mine("told"), rang: mine("rang"), mute: mine("mute") };
    this.stopped = false;
    this.clock = clock(place.dataset.tick, () => this.look());
  }

  start() {
    this.bell = document.querySelector("[data-alert-bell]");
    document.querySelector("#header-inner > div")?.append(this.bell);
    this.bell?.addEventListener("click", () => this.mute(!this.muted));
    this.showBell();
    addEventListener("storage", (event) => {
      if (event.key === this.names.mute) this.showBell();
      if (event.key === this.names.told && event.newValue) this.heard(JSON.parse(event.newValue));
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) return;
      this.stopped = false; // he may have signed in again in another tab
      this.later(0);
    });
    for (const touch of ["pointerdown", "keydown"]) {
      addEventListener(touch, arm, { once: true, capture: true });
    }
    this.later(0);
  }

  get muted() {
    return stored(this.names.mute) === "1";
  }

  mute(on) {
    store(this.names.mute, on ? "1" : "");
    this.showBell();
    if (!on) {
      arm();
      chime(); // this is what it sounds like
    }
  }

  showBell() {
    if (!this.bell) return;
    this.bell.hidden = false;
    this.bell.setAttribute("aria-pressed", String(!this.muted));
    this.bell.title = this.muted ? "เปิดเสียงแจ้งเตือน" : "ปิดเสียงแจ้งเตือน";
    this.bell.querySelector("[aria-hidden]").textContent = this.muted
      ? "notifications_off"
      : "notifications";
  }

  later(milliseconds) {
    if (!this.stopped) this.clock.postMessage(milliseconds);
  }

  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      // One tab after the other, so that the second sees what the first has told.
      if (navigator.locks) await navigator.locks.request(this.names.until, () => this.ask());
      else await this.ask();
    } catch {
      /* no network for a moment: the next look will tell */
    } finally {
      this.looking = false;
      this.later(document.hidden ? HIDDEN_MS : SEEN_MS);
    }
  }

  async ask() {
    const since = stored(this.names.until) ?? "";
    // A tab in the background that may not sound leaves the news to the one that is looked at.
    const tells = !document.hidden || audio !== null;
    const query = tells && since ? `?since=${encodeURIComponent(since)}` : "";
    const answer = await fetch(this.url + query, {
      headers: { "X-Requested-With": "fetch" },
      redirect: "manual",
      signal: AbortSignal.timeout?.(20000),
    });
    if (answer.status === 401 || answer.type === "opaqueredirect") {
      this.stopped = true; // signed out: the officer sees so with his next step
      return;
    }
    if (!answer.ok) return;
    const found = await answer.json();
    if (found.staff !== this.place.dataset.staff) {
      this.stopped = true; // somebody else has signed in in another tab
      return;
    }
    this.showFigures(found);
    if (!tells || (stored(this.names.until) ?? "") !== since) return;
    store(this.names.until, found.until);
    if (!found.news.length) return;
    const told = { until: found.until, news: found.news };
    this.heard(told);
    store(this.names.told, JSON.stringify(told));
  }

  heard({ until, news }) {
    this.toast(news);
    if (!this.muted && audio && stored(this.names.rang) !== until) {
      store(this.names.rang, until);
      chime();
    }
  }

  toast(news) {
    const box = document.createElement("div");
    box.className = "bm-toast";
    for (const { text, url } of news) {
      const line = document.createElement("p");
      const link = document.createElement("a");
      link.href = url;
      link.textContent = "เปิดดู";
      link.setAttribute("aria-label", `เปิดดู ${text}`);
      line.append(`${text} · `, link);
      box.append(line);
    }
    const close = document.createElement("button");
    close.type = "button";
    close.className = "bm-toast-close";
    close.setAttribute("aria-label", "ปิดข้อความแจ้งเตือน");
    close.textContent = "×";
    close.addEventListener("click", () => box.remove());
    box.append(close);
    this.place.replaceChildren(box);
    // Not while he reads it or is about to press.
    const leave = () => {
      if (box.matches(":hover, :focus-within")) setTimeout(leave, 2000);
      else box.remove();
    };
    setTimeout(leave, TOAST_MS);
  }

  showFigures({ badges, total }) {
    for (const link of document.querySelectorAll("#nav-sidebar-apps a[href]")) {
      const figure = badges[link.getAttribute("href")];
      if (figure !== undefined) showFigure(link, figure);
    }
    const title = document.title.trim().replace(PLAIN_TITLE, "");
    document.title = total ? `(${total}) ${title}` : title;
  }
}

// The theme's own figure, where the page came with one, is written over.
function showFigure(link, figure) {
  let shown = link.querySelector(":scope > .bm-figure, :scope > span.text-center");
  if (!figure) {
    shown?.remove();
  } else if (shown) {
    if (shown.textContent.trim() !== figure) shown.textContent = figure;
  } else {
    shown = document.createElement("span");
    shown.className =
      "bm-figure font-semibold h-[18px] leading-[18px] ml-2 px-1 relative rounded-xs text-center " +
      "text-[11px] whitespace-nowrap uppercase min-w-[18px] text-white text-shadow-xs bg-primary-500";
    shown.textContent = figure;
    link.append(shown);
  }
}

// เชื่อม LINE ของฉัน: the page that shows a code says by itself that it was used.
function waitForLink(panel) {
  const ask = async () => {
    try {
      const answer = await fetch(panel.dataset.linkState, { redirect: "manual" });
      if (answer.status === 401 || answer.type === "opaqueredirect") return;
      const { linked } = await answer.json();
      if (linked && Date.parse(linked) !== Date.parse(panel.dataset.linked)) {
        location.replace(location.pathname);
        return;
      }
    } catch {
      /* asked again */
    }
    setTimeout(ask, 3000);
  };
  setTimeout(ask, 3000);
  const copy = panel.querySelector("[data-copy]");
  if (!navigator.clipboard) copy.hidden = true;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.lastElementChild.textContent = "คัดลอกแล้ว";
  });
}

function ready() {
  const place = document.querySelector("[data-alerts]");
  if (place) new Alerts(place).start();
  const panel = document.querySelector("[data-link-state]");
  if (panel) waitForLink(panel);
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
else ready();
