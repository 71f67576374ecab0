// Puts the parts of the page together: who is picked, what is polled, what each part may do.

import { Actions } from "./actions.js";
import { Refused, SimulatorClient } from "./api.js";
import { CallLog } from "./calllog.js";
import { ChatView } from "./chat.js";
import { Composer } from "./composer.js";
import { Conversation, postbackText } from "./conversation.js";
import * as dialogs from "./dialogs.js";
import { fillIcons } from "./dom.js";
import { FaultPanel } from "./faults.js";
import { SVGS } from "./icons.js";
import { LiffBrowser } from "./liff.js";
import { confirmSheet, Overlays, toast } from "./overlays.js";
import { PendingMessages } from "./pending.js";
import { Panels } from "./panels.js";
import { Poller } from "./poller.js";
import { ResidentList } from "./residents.js";

const PICKED = "phone.resident";
const CALLS_EVERY_MS = 1_000;

export class Phone {
  /**
   * @param {HTMLElement} root the page's main element
   * @param {Object} config `simulatorOrigin`, `accountName`
   */
  constructor(root, config) {
    this.root = root;
    this.client = new SimulatorClient(config.simulatorOrigin);
    this.account = { name: config.accountName, iconUrl: null };
    this.conversations = new Map();
    this.wanted = wantedResident();
    this.picked = null;
    this.state = null;
    this.callsAskedAt = 0;
    fillIcons(root, SVGS);
    this.#build();
  }

  start() {
    this.poller.run();
  }

  #part(name) {
    return this.root.querySelector(`[data-part="${name}"]`);
  }

  #build() {
    const part = (name) => this.#part(name);
    this.overlays = new Overlays(part("overlays"), part("screen"));
    this.panels = new Panels(this.root);
    this.pending = new PendingMessages((item) => this.#deliver(item), () => {
      this.#showChat();
      this.poller?.kick();
    });
    this.liff = new LiffBrowser(this.overlays, {
      resolve: (uri) => this.client.openLiff(this.picked, uri),
      openUri: (uri) => this.actions.openUri(uri),
      toast: (text) => this.#toast(text),
    });
    this.actions = new Actions({
      send: (action, params) => this.#tap(action, params),
      dial: (uri) => dialogs.dialler(this.overlays, uri),
      openLiff: (uri) => this.liff.open(uri),
      askLocation: () => this.#askLocation(),
      pickPhotos: () => this.composer.pickPhotos(),
      pickDate: (action, then) => dialogs.datePicker(this.overlays, action, then),
      fillIn: (text) => this.composer.fillIn(text),
      openMenu: (open) => this.composer.openMenu(open),
      toast: (text) => this.#toast(text),
    });
    this.chat = new ChatView(part("log"), part("pill"), this.account, {
      tap: this.actions.tap,
      openUri: this.actions.openUri,
      enlarge: (source, name) => dialogs.largePicture(this.overlays, source, name),
      contentUrl: (id) => this.client.contentUrl(id),
      quotedText: (id) => this.#wordsOf(this.conversation?.get(id)),
      openMenu: (entry) => this.#messageMenu(entry),
      retry: (item) => this.pending.retry(item),
      discard: (item) => this.pending.discard(item),
      refresh: () => this.#showChat(),
    });
    this.composer = new Composer(part("bottom"), {
      tap: this.actions.tap,
      sendText: (text, quoted) => this.#queue({ kind: "text", text, caption: text, quoted: quoted?.id }),
      sendImages: (files) => this.#queue({ kind: "images", files, caption: `ส่งรูป ${files.length} รูป` }),
      askLocation: () => this.#askLocation(),
      pickSticker: () => dialogs.stickerDialog(this.overlays, (packageId, stickerId) => this.#queue({
        kind: "sticker", packageId, stickerId, caption: "ส่งสติกเกอร์",
      })),
      unblock: () => this.#do(() => this.client.unblock(this.picked)),
    });
    this.residents = new ResidentList(
      part("residents"), part("add-resident"),
      (id) => { this.pick(id); this.panels.close(); },
      (name) => this.#addResident(name),
    );
    this.faults = new FaultPanel(part("faults"), (changes) => this.#do(() => this.client.putFaults(changes)));
    this.calls = new CallLog(part("calls"), part("no-calls"));
    this.otherTabs = new BroadcastChannel("phone");
    this.otherTabs.addEventListener("message", () => this.#startOver());
    part("reset").addEventListener("click", () => this.#reset());
    part("account-menu").addEventListener("click", () => this.#accountMenu());
    this.poller = new Poller((signal) => this.#ask(signal), (ok, error) => this.#tellReachable(ok, error));
  }

  get conversation() {
    return this.picked ? this.#conversationOf(this.picked) : null;
  }

  #conversationOf(id) {
    if (!this.conversations.has(id)) this.conversations.set(id, new Conversation());
    return this.conversations.get(id);
  }

  /** Be this resident from now on; remembered for this tab only. */
  pick(id) {
    if (id === this.picked) return;
    this.overlays.closeAll();
    this.picked = id;
    sessionStorage.setItem(PICKED, id);
    const name = this.state?.residents.find((each) => each.user_id === id)?.display_name;
    const address = new URL(location.href);
    address.searchParams.set("resident", name ?? id);
    history.replaceState(null, "", address);
    this.#part("who").textContent = name ?? "";
    this.composer.setResident(id);
    this.chat.clear();
    this.chat.setTyping(false);
    this.#showChat();
    if (this.state) this.residents.show(this.state.residents, id);
    this.poller.restart();
  }

  async #ask(signal) {
    const id = this.picked;
    const conversation = this.conversation;
    const first = !conversation?.loaded;
    const askedAt = performance.now();
    const state = await this.#news(id, conversation?.seq ?? 0, signal);
    if (!state || id !== this.picked) return;
    this.state = state;
    if (!id || !state.residents.some((each) => each.user_id === id)) {
      this.#pickWanted(state);
      return;
    }
    if (conversation.isAheadOf(state)) {
      conversation.clear();
      this.poller.restart();
      return;
    }
    const added = conversation.merge(state);
    this.#show(state, askedAt);
    if (!first && added.some((entry) => entry.from === "account")) this.chat.announce();
    if (added.some((entry) => entry.from === "resident")) this.chat.toBottom();
    await this.#askCalls(signal);
  }

  /** The news for a resident; null when she is gone, since the simulator started over. */
  async #news(id, after, signal) {
    try {
      return await this.client.state(id, after, signal);
    } catch (error) {
      if (!id || error.status !== 404) throw error;
      this.conversations.clear();
      this.wanted = id;
      this.picked = null;
      this.poller.restart();
      return null;
    }
  }

  async #askCalls(signal) {
    if (signal.aborted || Date.now() - this.callsAskedAt < CALLS_EVERY_MS) return;
    this.callsAskedAt = Date.now();
    this.calls.add(await this.client.requests(this.calls.after));
  }

  /** The first answer told who there is: take the one that the address or this tab names. */
  #pickWanted(state) {
    const { residents } = state;
    const found = residents.find((each) => each.user_id === this.wanted)
      ?? residents.find((each) => each.display_name === this.wanted);
    if (this.wanted && !found && residents.length) {
      this.#toast(`ไม่มีผู้ใช้ “${this.wanted}” ในเครื่องจำลองนี้`);
    }
    this.wanted = null;
    this.picked = null;
    this.residents.show(residents, null);
    const next = found ?? residents[0];
    if (next) this.pick(next.user_id);
  }

  #show(state, askedAt) {
    const resident = state.residents.find((each) => each.user_id === this.picked);
    this.residents.show(state.residents, this.picked);
    this.#part("who").textContent = resident.display_name;
    this.composer.setState(state.menu, resident.blocked);
    this.#showChat();
    this.chat.setTyping(state.typing_until !== null);
    this.panels.setAlarm(this.faults.show(state.faults, askedAt));
    const unread = state.residents
      .filter((each) => each.user_id !== this.picked)
      .reduce((sum, each) => sum + (each.unread ?? 0), 0);
    this.panels.setUnread(unread);
  }

  #showChat() {
    if (!this.picked || !this.chat) return;
    const entries = this.conversation.list();
    const pending = this.pending.of(this.picked, this.conversation);
    this.chat.show(entries, pending, this.conversation.readUntil, this.conversation.loaded);
    const newest = entries.at(-1);
    const offered = newest?.from === "account" && !newest.unsent && !pending.length;
    this.composer.setQuickReplies(offered ? newest.message.quickReply?.items ?? [] : []);
  }

  #queue(item) {
    this.pending.add({ resident: this.picked, ...item });
    this.chat.toBottom();
  }

  #deliver(item) {
    switch (item.kind) {
      case "text": return this.client.sendText(item.resident, item.text, item.quoted);
      case "images": return this.client.sendImages(item.resident, item.files);
      case "sticker": return this.client.sendSticker(item.resident, item.packageId, item.stickerId);
      case "location": return this.client.sendLocation(item.resident, item.place);
      default: throw new TypeError(`unknown kind ${item.kind}`);
    }
  }

  #askLocation() {
    dialogs.locationDialog(this.overlays, (place) => this.#queue({
      kind: "location", place, caption: "ส่งตำแหน่งที่ตั้ง",
    }));
  }

  #tap(action, params) {
    this.chat.toBottom();
    return this.#do(async () => {
      const answer = await this.client.tap(this.picked, action, params);
      if (answer?.open) this.actions.openUri(answer.open);
    });
  }

  /** Ask something of the simulator; a failure is told, and the news is fetched at once. */
  async #do(ask) {
    try {
      await ask();
      this.poller.kick();
    } catch (error) {
      this.#toast(error instanceof Refused ? `เครื่องจำลองไม่รับ: ${error.message}` : "ติดต่อเครื่องจำลองไม่ได้");
    }
  }

  async #addResident(name) {
    const resident = await this.client.addResident(name);
    await this.client.follow(resident.user_id);
    this.wanted = resident.user_id;
    this.picked = null;
    this.poller.restart();
    this.panels.close();
  }

  #messageMenu(entry) {
    const words = this.#wordsOf(entry);
    const choices = [
      {
        label: "ตอบกลับข้อความนี้",
        run: () => this.composer.setQuote({ id: entry.id, text: words }),
      },
      { label: "คัดลอกข้อความ", run: () => this.actions.tap({ type: "clipboard", clipboardText: words }) },
    ];
    if (entry.from === "resident") {
      choices.push({
        label: "ยกเลิกข้อความ",
        danger: true,
        run: () => this.#do(() => this.client.unsend(this.picked, entry.id)),
      });
    }
    dialogs.choiceSheet(this.overlays, "ตัวเลือกของข้อความ", choices);
  }

  #accountMenu() {
    const blocked = this.state?.residents.find((each) => each.user_id === this.picked)?.blocked;
    dialogs.choiceSheet(this.overlays, this.account.name, [
      { label: "เพิ่มเพื่อน (ส่งเหตุการณ์ follow)", run: () => this.#do(() => this.client.follow(this.picked)) },
      blocked
        ? { label: "ปลดบล็อก", run: () => this.#do(() => this.client.unblock(this.picked)) }
        : { label: "บล็อก", danger: true, run: () => this.#do(() => this.client.block(this.picked)) },
    ]);
  }

  async #reset() {
    const sure = await confirmSheet(
      this.overlays, "เริ่มใหม่ทั้งหมด",
      "ข้อความ ผู้ใช้ที่เพิ่ม และความขัดข้องในเครื่องจำลองจะหายไป ข้อมูลของเทศบาลไม่เปลี่ยน", "เริ่มใหม่",
    );
    if (!sure) return;
    await this.#do(async () => {
      await this.client.reset();
      this.otherTabs.postMessage("reset");
      this.#startOver();
    });
  }

  /** The simulator is empty again, and so is this tab. */
  #startOver() {
    this.conversations.clear();
    this.pending.clear();
    this.composer.forgetDrafts();
    this.calls.clear();
    this.chat.clear();
    this.poller.restart();
  }

  #wordsOf(entry) {
    const message = entry?.message;
    if (!message || entry.unsent) return "";
    return message.altText || postbackText(message) || message.title || NAMES[message.type] || message.type;
  }

  #tellReachable(reachable, error) {
    this.#part("unreachable").hidden = reachable || error instanceof Refused;
    if (error instanceof Refused) this.#toast(`เครื่องจำลองตอบ ${error.status}: ${error.message}`);
  }

  #toast(text) {
    toast(this.#part("toasts"), text);
  }
}

const NAMES = { image: "รูปภาพ", sticker: "สติกเกอร์", location: "ตำแหน่งที่ตั้ง", video: "วิดีโอ", audio: "เสียง" };

/** The address outranks what this tab remembers. */
function wantedResident() {
  return new URLSearchParams(location.search).get("resident") || sessionStorage.getItem(PICKED);
}
