// localStorage that may be full, forbidden or absent: the page works without it.

const memory = new Map();

export function read(key) {
  try {
    return localStorage.getItem(key);
  } catch (error) {
    return memory.has(key) ? memory.get(key) : null;
  }
}

export function write(key, value) {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch (error) {
    memory.set(key, value);
    return false;
  }
}

export function remove(key) {
  memory.delete(key);
  try {
    localStorage.removeItem(key);
  } catch (error) {
    // Nothing was kept there then.
  }
}

export function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch (error) {
    return Array.from(memory.keys()).filter((key) => key.startsWith(prefix));
  }
}

// Remembers across one sign-in round trip, in this window only.
export const onceInWindow = {
  seen(key, withinMs) {
    try {
      return Date.now() - Number(sessionStorage.getItem(key) || 0) < withinMs;
    } catch (error) {
      return false;
    }
  },
  mark(key) {
    try {
      sessionStorage.setItem(key, String(Date.now()));
    } catch (error) {
      // Without it the page asks LINE once more than it needs to.
    }
  },
  clear(key) {
    try {
      sessionStorage.removeItem(key);
    } catch (error) {
      // As above.
    }
  },
};
