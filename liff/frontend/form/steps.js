// One step on the screen at a time; the page's and the phone's back button walk the same way.

import { $, focusOn, show } from '../lib/dom.js';

export class Steps {
  constructor(names, { onShow }) {
    this.names = names;
    this.onShow = onShow;
    this.current = null;
    window.addEventListener('popstate', (event) => {
      const state = event.state || {};
      if (this.names.includes(state.step)) this.display(state.step, state);
    });
  }

  // Lays the steps before `name` under it, so that going back walks through them.
  begin(name) {
    const upTo = this.names.slice(0, this.names.indexOf(name) + 1);
    upTo.forEach((step, depth) => {
      const state = { step, depth };
      if (depth === 0) window.history.replaceState(state, '');
      else window.history.pushState(state, '');
    });
    this.display(name, { step: name }, { first: true });
  }

  get index() {
    return this.names.indexOf(this.current);
  }

  // `returning`: the review sent her here, and its button brings her back to it.
  go(name, { returning = false } = {}) {
    const depth = ((window.history.state && window.history.state.depth) || 0) + 1;
    const state = { step: name, depth, returning };
    window.history.pushState(state, '');
    this.display(name, state);
  }

  next() {
    this.go(this.names[this.index + 1]);
  }

  back() {
    const state = window.history.state || {};
    if (state.depth > 0) {
      window.history.back();
    } else if (this.index > 0) {
      const step = this.names[this.index - 1];
      window.history.replaceState({ step, depth: 0 }, '');
      this.display(step, { step });
    }
  }

  display(name, state, { first = false } = {}) {
    if (this.finished) return;
    this.returning = Boolean(state.returning);
    if (name === this.current) return;
    this.current = name;
    for (const step of this.names) show($(`#step-${step}`), step === name);
    this.onShow(name);
    if (this.current !== name) return; // it sent her elsewhere
    window.scrollTo(0, 0);
    if (!first) focusOn($(`#step-${name} h1`), { preventScroll: true });
  }
}
