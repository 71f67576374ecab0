// The chat desk: the list, one conversation, its resident; asked for news each second or two.
import "./styles/chat.css";
import { el, icon, isTyping } from "./parts/dom.js";
import { waits } from "./parts/dates.js";
import { drafts as draftsOf } from "./parts/drafts.js";
import { get, post, Refused, SignedOut } from "./parts/net.js";
import { closesByBackdrop } from "./parts/dialogs.js";
import { List } from "./parts/list.js";
import { Conversation } from "./parts/conversation.js";
import { Composer } from "./parts/composer.js";
import { Moves } from "./parts/moves.js";
import { Picking } from "./parts/picking.js";
import { ResidentPane } from "./parts/resident.js";
import { signedOut } from "../../bannmae/frontend/session.js";

const SOON = 1500; // ms between looks while the page is in sight
const LATER = 8000;
const CHOSEN = "chat-list";

function desk(root) {
  const config = JSON.parse(document.getElementById("chat-config").textContent);
  const url = config.url;
  const drafts = draftsOf(config.staff);
  const told = root.querySelector(".ct-told");
  const none = root.querySelector("#chat-none p");
  const nothingOpen = none.textContent;
  const lost = root.querySelector(".ct-lost");
  const here = root.querySelector(".ct-here");
  const search = root.querySelector("#chat-search");
  const scope = root.querySelector("#chat-scope");
  const unread = root.querySelector("#chat-unread");

  // What was chosen last in this window.
  const chosen = { tab: "inbox", scope: "all", unread: "", q: "", limit: "50", ...recall() };
  const seen = { stamp: "", listed: "", tag: "" };
  let open = null; // the pk of the open case
  let head = null;
  let turn = 0;
  let timer;

  function recall() {
    try {
      const { tab, scope: whose } = JSON.parse(sessionStorage.getItem(CHOSEN) ?? "{}");
      return { ...(tab && { tab }), ...(whose && { scope: whose }) };
    } catch {
      return {};
    }
  }

  const list = new List(root, {
    onOpen: (pk) => show(pk),
    onTab: (tab) => choose({ tab }),
    hasDraft: drafts.has,
  });
  list.onMore = () => choose({ limit: String(Number(chosen.limit) + 50) }, false);
  const talk = new Conversation(root, {
    onOlder: async (before) => {
      try {
        return await get(`${url}${open}/older/?before=${before}`);
      } catch (error) {
        refuse(error);
        return null;
      }
    },
  });
  const composer = new Composer(root, {
    url,
    config,
    drafts,
    onSent: (answer) => {
      moved(answer);
      talk.toEnd();
    },
    quoteOf: (pk) => {
      const bubble = talk.bubbleOf(`m${pk}`);
      return bubble && bubble.kind !== "unsent" ? bubble.text || "ข้อความที่ไม่ใช่ตัวอักษร" : "";
    },
  });
  const moves = new Moves(root, { url, drafts, onMoved: moved, onRefused: refuse });
  const picking = new Picking(root, { actions: config.actions });
  const pane = new ResidentPane(root, { url, drafts, onOpen: (pk) => show(pk) });

  // A banner or message above takes of the height, not of the field for writing.
  const fit = () => {
    const above = root.getBoundingClientRect().top + scrollY;
    root.style.setProperty("--ct-above", `${Math.round(above)}px`);
  };
  new ResizeObserver(fit).observe(root.parentElement);
  addEventListener("resize", fit);
  fit();

  // -- asking for news ---------------------------------------------------------------------

  async function ask() {
    clearTimeout(timer);
    const mine = ++turn;
    const query = new URLSearchParams({ ...chosen, ...seen });
    if (open) {
      query.set("case", open);
      query.set("last", talk.last());
      if (composer.isTyping()) query.set("typing", "1");
    }
    const asked = open;
    try {
      const news = await get(`${url}poll/?${query}`);
      if (mine !== turn) return;
      lost.hidden = true;
      take(news, asked);
    } catch (error) {
      if (mine !== turn) return;
      if (error instanceof SignedOut) tellSignedOut();
      else if (error instanceof Refused && error.status === 403) refuse(error);
      else lost.hidden = false;
    }
    timer = setTimeout(ask, document.hidden ? LATER : SOON);
  }

  function take(news, asked) {
    told.querySelector(".bm-signed-out")?.remove();
    root.querySelector(".ct-list .bm-signed-out")?.remove();
    seen.stamp = news.stamp;
    if (news.listed) seen.listed = news.listed;
    if (news.list) {
      seen.tag = news.tag;
      list.show(news.list, { narrowed: Boolean(chosen.q || chosen.unread || chosen.scope !== "all") });
    }
    if (asked !== open || !open) return;
    if (news.gone) return gone();
    if (news.case) heading(news.case);
    if (news.bubbles) {
      talk.update(news.bubbles);
      composer.arrived((key) => talk.hasSent(key));
    }
    if (news.here) present(news.here);
    seeIt();
  }

  function tellSignedOut() {
    const place = open ? told : root.querySelector(".ct-list");
    if (place.querySelector(".bm-signed-out")) return;
    place.append(signedOut());
  }

  function present(people) {
    const writing = people.filter((one) => one.typing).map((one) => one.name);
    const looking = people.filter((one) => !one.typing).map((one) => one.name);
    const words = [
      writing.length && `${writing.join(", ")} กำลังพิมพ์ …`,
      looking.length && `กำลังเปิดอยู่: ${looking.join(", ")}`,
    ].filter(Boolean);
    here.textContent = words.join(" · ");
  }

  // Whoever looks at it has read it, and LINE shows her so.
  let reading = false;
  async function seeIt() {
    if (!head?.to_read || reading || document.hidden || !document.hasFocus()) return;
    reading = true;
    const pk = open;
    try {
      const answer = await post(`${url}${pk}/read/`);
      if (pk === open) heading(answer.case);
    } catch {
      // The next look tries again.
    } finally {
      reading = false;
    }
  }

  // -- the list ----------------------------------------------------------------------------

  function choose(changes, anew = true) {
    Object.assign(chosen, changes);
    if (anew) {
      chosen.limit = "50";
      list.choose(chosen.tab);
      list.wait();
    }
    sessionStorage.setItem(CHOSEN, JSON.stringify({ tab: chosen.tab, scope: chosen.scope }));
    Object.assign(seen, { tag: "", listed: "" });
    ask();
  }

  let searching;
  search.addEventListener("input", () => {
    clearTimeout(searching);
    searching = setTimeout(() => choose({ q: search.value.trim() }), 250);
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      search.value = "";
      choose({ q: "" });
      search.blur();
    } else if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      list.step(1);
    }
  });
  scope.value = chosen.scope;
  if (!scope.value) scope.value = chosen.scope = "all";
  scope.addEventListener("change", () => choose({ scope: scope.value }));
  unread.addEventListener("change", () => choose({ unread: unread.checked ? "1" : "" }));

  // -- one case ----------------------------------------------------------------------------

  async function show(pk, { push = true } = {}) {
    if (!pk) return leave({ push });
    if (composer.pk) composer.save();
    open = pk;
    head = null;
    list.mark(pk);
    root.dataset.screen = "talk";
    root.querySelector("#chat-none").hidden = true;
    none.textContent = nothingOpen;
    root.querySelector("#chat-open").hidden = false;
    root.querySelector(".ct-title h2").textContent = "กำลังโหลด …";
    root.querySelector(".ct-under").replaceChildren();
    moves.clear();
    told.replaceChildren();
    here.textContent = "";
    talk.clear();
    composer.close();
    picking.open(pk);
    pane.open(pk);
    const address = `?case=${pk}`;
    if (push && location.search !== address) history.pushState({ case: pk }, "", address);
    try {
      const answer = await get(`${url}${pk}/open/`);
      if (pk !== open) return;
      heading(answer.case);
      talk.start(answer.bubbles, answer.more);
      composer.open(answer.case, answer.facts);
      seeIt();
    } catch (error) {
      if (pk !== open) return;
      if (error instanceof Refused && error.status === 404) gone();
      else {
        root.querySelector(".ct-title h2").textContent = "เปิดแชตไม่ได้";
        refuse(error);
      }
    }
    ask();
  }

  function leave({ push = true } = {}) {
    if (composer.pk) composer.save();
    open = head = null;
    list.mark(null);
    root.dataset.screen = "list";
    root.querySelector("#chat-none").hidden = false;
    root.querySelector("#chat-open").hidden = true;
    composer.close();
    talk.clear();
    pane.clear();
    if (push && location.search) history.pushState({}, "", location.pathname);
  }

  function gone() {
    const words = "แชตนี้ไม่อยู่กับท่านแล้ว อาจถูกส่งต่อให้กอง/งานอื่น";
    const kept = composer.pk === open ? composer.text.value.trim() : "";
    leave();
    none.textContent = kept ? `${words} · ข้อความที่พิมพ์ไว้: ${kept}` : words;
  }

  function heading(next) {
    head = next;
    root.querySelector(".ct-title h2").textContent = next.name;
    const whose = [
      next.waiting && waits(next.waiting),
      next.assignee && `ผู้รับผิดชอบ ${next.mine ? "ฉัน" : next.assignee}`,
      next.division,
    ]
      .filter(Boolean)
      .join(" · ");
    const topic = el(
      next.moves.some((move) => move.key === "topic") ? "button" : "span",
      { class: `bm-chip ${next.restricted ? "bm-late" : "bm-news"}`, "data-topic": true, title: "หัวข้อ" },
      next.restricted ? icon("lock") : null,
      next.topic,
    );
    root.querySelector(".ct-under").replaceChildren(
      topic,
      el("span", { class: `bm-chip ct-at-${next.state}`, text: next.state_text }),
      ...(next.urgent ? [el("span", { class: "bm-chip bm-late", text: "เหตุฉุกเฉิน" })] : []),
      ...(next.blocked ? [el("span", { class: "bm-chip bm-warn", text: "บล็อกบัญชีนี้ ข้อความไม่ถึง" })] : []),
      el("span", { class: "bm-quiet", title: whose, text: whose }),
    );
    // Drawn anew only when something is different: who is about to press keeps his place.
    const drawn = JSON.stringify({ ...next, waiting: null, to_read: null });
    if (drawn === moves.drawn) return;
    moves.drawn = drawn;
    moves.show(next, picking.tools());
    composer.about(next);
  }

  function moved(answer, move) {
    told.replaceChildren();
    if (answer.gone && ["hand_over", "topic"].includes(move)) {
      leave();
      none.textContent = "ส่งต่อแล้ว แชตนี้อยู่กับกอง/งานอื่น";
    } else if (answer.gone) gone();
    else if (answer.case && answer.case.pk === open) heading(answer.case);
    ask();
  }

  function refuse(error) {
    told.replaceChildren(
      error instanceof SignedOut
        ? signedOut()
        : el("p", { class: "bm-warning", role: "alert" }, error.message),
    );
  }

  root.addEventListener("click", async (event) => {
    const quote = event.target.closest("[data-quote]");
    if (quote) return composer.quote(Number(quote.dataset.quote));
    const again = event.target.closest("[data-again]");
    if (again) {
      again.disabled = true;
      try {
        await post(`${url}${open}/again/${again.dataset.again}/`);
        ask();
      } catch (error) {
        refuse(error);
        again.disabled = false;
      }
      return undefined;
    }
    const large = event.target.closest("a[data-large]");
    if (large && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const viewer = root.querySelector("#chat-viewer");
      viewer.querySelector("img").src = large.href;
      viewer.showModal();
    }
    if (event.target.closest("[data-who]")) {
      root.dataset.screen = "who";
      history.pushState({ case: open, who: true }, "", `?case=${open}`);
    } else if (event.target.closest("[data-back]")) history.length > 1 ? stepBack() : leave();
    return undefined;
  });

  function stepBack() {
    if (root.dataset.screen === "who") root.dataset.screen = "talk";
    else leave();
  }

  addEventListener("popstate", (event) => {
    if (event.state?.who && open === event.state.case) root.dataset.screen = "who";
    else if (event.state?.case === open && open) root.dataset.screen = "talk";
    else show(Number(new URLSearchParams(location.search).get("case")) || null, { push: false });
  });

  // -- the keyboard ------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
      if (event.key === "Escape" && event.target === composer.text) composer.text.blur();
      return;
    }
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      event.preventDefault();
      root.dataset.screen = "list";
      search.focus();
      search.select();
    } else if (event.key === "j") list.step(1);
    else if (event.key === "k") list.step(-1);
    else if (event.key === "r" && !composer.form.hidden) {
      event.preventDefault();
      composer.text.focus();
    }
  });

  for (const dialog of root.querySelectorAll("dialog")) closesByBackdrop(dialog);
  root.querySelector("#chat-viewer img").addEventListener("click", () => root.querySelector("#chat-viewer").close());
  document.addEventListener("visibilitychange", () => document.hidden || ask());
  addEventListener("focus", () => seeIt());
  addEventListener("pagehide", () => composer.save());
  setInterval(() => head?.waiting && heading(head), 30000);

  list.choose(chosen.tab);
  list.wait();
  const wanted = config.case ?? Number(new URLSearchParams(location.search).get("case"));
  if (wanted) show(wanted, { push: false });
  else ask();
}

const root = document.getElementById("chat");
if (root) desk(root);
