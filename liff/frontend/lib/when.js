// A moment on the screen: its date and its time are each kept on one line.

import { whole } from './dom.js';
import { formatDate, formatTime } from './thai.js';

// [element, text, element] for h(): '21 พฤศจิกายน 2569 เวลา 09.05 น.'
export function wholeDateTime(moment) {
  return [whole(formatDate(moment)), ' เวลา ', whole(formatTime(moment))];
}
