// Finds addresses and telephone numbers in a plain text, as a phone does.

const ADDRESS = String.raw`https?:\/\/[^\s<>"'\u0E00-\u0E7F]+`;
// Landlines and mobiles (0xx …), with or without dashes and spaces.
const TELEPHONE = String.raw`(?<![\d\-/.])0\d{1,2}[- ]?\d{3}[- ]?\d{3,4}(?![\d-])`;
// Short numbers that people here call; anything else of three or four digits is just a number.
const HOTLINE = String.raw`(?<![\d\-/.,])(?:191|199|1669|1784|1567|1111|1300|1192)(?![\d\-/,]|\.\d|\s*(?:บาท|คน|ราย|ครั้ง|เรื่อง(?!เลข)|ตัว|หลัง|วัน))`;
const PATTERN = new RegExp(`(?<address>${ADDRESS})|(?<phone>${TELEPHONE}|${HOTLINE})`, "g");
const TRAILING = /[.,;:!?)\]}]+$/;

/**
 * Split a text into plain pieces and links.
 * @param {string} text
 * @returns {Array<{text: string, uri: string|null}>} the pieces joined give the text again
 */
export function linkify(text) {
  const pieces = [];
  let end = 0;
  for (const match of text.matchAll(PATTERN)) {
    let found = match[0];
    let uri;
    if (match.groups.address) {
      found = found.replace(TRAILING, "");
      uri = found;
    } else {
      uri = `tel:${found.replace(/\D/g, "")}`;
    }
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), uri: null });
    pieces.push({ text: found, uri });
    end = match.index + found.length;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), uri: null });
  return pieces;
}
