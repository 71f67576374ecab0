// The kinds of case as radio cards, grouped as the municipality's manual groups them.

import { $, $$, h } from '../lib/dom.js';

const KINDS = [
  ['complaint', 'ร้องเรียน', 'สิ่งสาธารณะชำรุด บกพร่อง หรือมีผู้ทำไม่ถูกต้อง'],
  ['grievance', 'ร้องทุกข์', 'ท่านได้รับความเดือดร้อนหรือถูกรบกวน'],
  ['request', 'ขอรับบริการ', 'ขอให้เทศบาลจัดบริการให้'],
];

export function categoryCards(categories) {
  return KINDS.map(([kind, title, meaning]) => {
    const those = categories.filter((category) => category.kind === kind);
    if (!those.length) return null;
    return h(
      'fieldset',
      { class: 'group', id: `kind-${kind}` },
      h('legend', null, h('strong', null, title), h('span', { class: 'hint' }, meaning)),
      those.map((category) =>
        h(
          'label',
          { class: 'choice' },
          h('input', {
            type: 'radio',
            name: 'category',
            id: `category-${category.slug}`,
            value: category.slug,
          }),
          h('span', null, category.name),
        ),
      ),
    );
  });
}

// One tap from the top of the long list to each kind in it.
export function kindLinks(categories) {
  return KINDS.filter(([kind]) => categories.some((one) => one.kind === kind)).map(
    ([kind, title]) =>
      h(
        'button',
        { type: 'button', class: 'button button-quiet', onclick: () => goTo(kind) },
        title,
      ),
  );
}

function goTo(kind) {
  const group = $(`#kind-${kind}`);
  group.scrollIntoView({ block: 'start' });
  const radios = $$('input', group);
  (radios.find((radio) => radio.checked) || radios[0]).focus({ preventScroll: true });
}

export function kindTitle(kind) {
  const found = KINDS.find(([name]) => name === kind);
  return found ? found[1] : '';
}
