// One resident's chat as this page knows it.

export class Conversation {
  constructor() {
    this.clear();
  }

  clear() {
    this.loaded = false;
    this.seq = 0;
    this.readUntil = null;
    this.entries = new Map();
  }

  /**
   * Take in what the simulator says is new. An entry that changed comes again under a new
   * number and keeps its place.
   * @returns {Array} entries that were not here before
   */
  merge(state) {
    const added = [];
    for (const entry of state.chat) {
      const key = String(entry.id);
      const known = this.entries.get(key);
      if (!known) added.push(entry);
      this.entries.set(key, { ...entry, key, place: known?.place ?? entry.seq });
    }
    this.seq = Math.max(this.seq, state.seq);
    this.readUntil = state.read_until;
    this.loaded = true;
    return added;
  }

  /** True when the simulator started over, so that what is here no longer exists there. */
  isAheadOf(state) {
    return state.seq < this.seq;
  }

  has(id) {
    return this.entries.has(String(id));
  }

  get(id) {
    return this.entries.get(String(id));
  }

  /** Entries in the order in which they happened. */
  list() {
    return [...this.entries.values()].sort((a, b) => a.at - b.at || a.place - b.place);
  }
}

/** True for what LINE does not draw in a chat: a postback without a text to show. */
export function isInvisible(entry) {
  return entry.message.type === "postback" && !postbackText(entry.message);
}

/** The text that a tapped postback button leaves in the chat, or "". */
export function postbackText(message) {
  return message.displayText ?? message.text ?? "";
}
