// Years and months that are paid for. A month is 'YYYY-MM' (Gregorian), as the API has it.

import { BE_OFFSET, bangkokParts, MONTHS_SHORT } from '../lib/thai.js';

export const monthOf = (year, month) =>
  `${year - BE_OFFSET}-${String(month).padStart(2, '0')}`;

// The years to choose from, newest first: next year once its bills may be out.
export function yearChoices(now = Date.now()) {
  const { year, month } = bangkokParts(now);
  const newest = month >= 10 ? year + 1 : year;
  return Array.from({ length: newest - year + 11 }, (_, index) => newest - index);
}

export const thisYear = (now = Date.now()) => bangkokParts(now).year;

function parts(month) {
  const [year, number] = month.split('-').map(Number);
  return { year: year + BE_OFFSET, number, count: year * 12 + number };
}

const shortName = ({ year, number }) => `${MONTHS_SHORT[number - 1]} ${year % 100}`;

// ['2026-10', '2026-11', '2026-12', '2027-02'] → 'ต.ค.–ธ.ค. 69, ก.พ. 70'
export function monthsText(months) {
  const runs = [];
  for (const month of months.map(parts).sort((a, b) => a.count - b.count)) {
    const run = runs[runs.length - 1];
    if (run && month.count === run.last.count + 1) run.last = month;
    else runs.push({ first: month, last: month });
  }
  return runs
    .map(({ first, last }) => {
      if (first === last) return shortName(first);
      const start = first.year === last.year ? MONTHS_SHORT[first.number - 1] : shortName(first);
      return `${start}–${shortName(last)}`;
    })
    .join(', ');
}
