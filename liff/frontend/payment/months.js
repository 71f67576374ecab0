// Which months are paid for: a year, and a tick for each of its months.

import { $, fill, h } from '../lib/dom.js';
import { BE_OFFSET, MONTHS, MONTHS_SHORT } from '../lib/thai.js';
import { monthOf, monthsText, thisYear, yearChoices } from './period.js';

export class MonthsField {
  // `chosen`: months as the draft has them; `onChange(months)` is told each time.
  constructor({ chosen, onChange }) {
    this.chosen = new Set(chosen);
    this.onChange = onChange;
    this.year = $('#months-year');
    fill(this.year, yearChoices().map((year) => h('option', { value: year }, year)));
    this.year.value = thisYear();
    this.year.addEventListener('change', () => this.draw());
    this.boxes = $('#months-boxes');
    this.draw();
  }

  // Ticks these and no others, and shows the year of the last.
  choose(months) {
    this.chosen = new Set(months);
    const [year] = months.length ? months[months.length - 1].split('-') : [];
    if (year) this.year.value = Number(year) + BE_OFFSET;
    // A year that cannot be chosen here.
    if (!this.year.value) this.year.value = thisYear();
    this.draw();
  }

  get value() {
    return Array.from(this.chosen).sort();
  }

  draw() {
    const year = Number(this.year.value);
    fill(
      this.boxes,
      MONTHS_SHORT.map((name, index) => {
        const month = monthOf(year, index + 1);
        const box = h('input', {
          type: 'checkbox',
          'aria-label': `${MONTHS[index]} ${year}`,
          checked: this.chosen.has(month),
        });
        box.addEventListener('change', () => this.toggle(month, box.checked));
        return h('label', { class: 'month' }, box, h('span', null, name));
      }),
    );
    this.tell();
  }

  toggle(month, on) {
    if (on) this.chosen.add(month);
    else this.chosen.delete(month);
    this.tell();
    this.onChange(this.value);
  }

  tell() {
    const count = this.chosen.size;
    $('#months-chosen').textContent = count ? `เลือก ${count} เดือน: ${monthsText(this.value)}` : '';
  }
}
