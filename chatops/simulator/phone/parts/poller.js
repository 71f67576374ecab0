// Asks the simulator for news twice a second, rests while the tab is hidden, and tells when the
// simulator cannot be reached and when it is back.

const INTERVAL_MS = 500;

export class Poller {
  /**
   * @param {(signal: AbortSignal) => Promise<void>} ask one question and the use of its answer
   * @param {(reachable: boolean, error?: Error) => void} tell called after each question
   */
  constructor(ask, tell) {
    this.ask = ask;
    this.tell = tell;
    this.current = null;
    this.wake = () => {};
    document.addEventListener("visibilitychange", () => this.kick());
  }

  async run() {
    for (;;) {
      if (document.hidden) {
        await this.#pause(null);
        continue;
      }
      this.current = new AbortController();
      const { signal } = this.current;
      try {
        await this.ask(signal);
        this.tell(true);
      } catch (error) {
        if (!signal.aborted) this.tell(false, error);
      }
      const again = signal.aborted;
      this.current = null;
      if (!again) await this.#pause(INTERVAL_MS);
    }
  }

  /** Ask now instead of at the next turn; a question under way finishes first. */
  kick() {
    this.wake();
  }

  /** Drop the question under way, whose answer no longer matters, and ask again. */
  restart() {
    this.current?.abort();
    this.wake();
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      this.wake = resolve;
      if (milliseconds !== null) setTimeout(resolve, milliseconds);
    });
  }
}
