// What was typed for a case outlives a reload and a signing-in; each officer's own, gone once sent.

const OLDEST = 30 * 86400000;

export function drafts(staff) {
  const prefix = `chat-draft:${staff}:`;
  const read = (name) => {
    try {
      return JSON.parse(localStorage.getItem(name) ?? "null");
    } catch {
      return null;
    }
  };
  // Whoever signs in next at this computer reads nothing of another.
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith("chat-draft:")) continue;
    if ((read(name)?.at ?? 0) < Date.now() - OLDEST) localStorage.removeItem(name);
  }
  return {
    load: (pk, kind) => read(`${prefix}${pk}:${kind}`) ?? { text: "" },
    save(pk, kind, draft) {
      const name = `${prefix}${pk}:${kind}`;
      try {
        if (draft.text) localStorage.setItem(name, JSON.stringify({ ...draft, at: Date.now() }));
        else localStorage.removeItem(name);
      } catch {
        // Full or forbidden: the words are still in the page.
      }
    },
    has: (pk) => Boolean(read(`${prefix}${pk}:answer`)?.text),
  };
}
