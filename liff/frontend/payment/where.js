// Where to pay: numbers of accounts stay in one piece, and can be taken along to the bank's app.

import { fill, h, whole } from '../lib/dom.js';

const NUMBER = /([0-9](?:[ -]?[0-9]){9,})/; // ten digits or more, as accounts and PromptPay have

export function putCopyButtons(element) {
  fill(
    element,
    element.textContent
      .split(NUMBER)
      .map((part, index) => (index % 2 ? [whole(part), copyButton(part)] : part)),
  );
}

function copyButton(number) {
  if (!navigator.clipboard) return null;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(number.replace(/[ -]/g, ''));
      button.textContent = 'คัดลอกแล้ว';
    } catch (error) {
      button.textContent = 'แตะค้างที่ตัวเลขเพื่อคัดลอก';
    }
  };
  const button = h(
    'button',
    { type: 'button', class: 'link copy', 'aria-label': `คัดลอก ${number}`, onclick: copy },
    'คัดลอก',
  );
  return button;
}
