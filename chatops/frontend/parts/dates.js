// Moments in the words of people here: Buddhist years, Bangkok's clock. Moments are microseconds.

const ZONE = { timeZone: "Asia/Bangkok" };
const DAY = new Intl.DateTimeFormat("th-TH-u-ca-buddhist-nu-latn", {
  ...ZONE,
  day: "numeric",
  month: "long",
  year: "numeric",
  weekday: "long",
});
const PARTS = new Intl.DateTimeFormat("en-CA", { ...ZONE, dateStyle: "short" });
const TIME = new Intl.DateTimeFormat("en-GB", {
  ...ZONE,
  hour: "2-digit",
  minute: "2-digit",
});

const dateOf = (micros) => new Date(micros / 1000);
export const dayKey = (micros) => PARTS.format(dateOf(micros));
export const timeOf = (micros) => `${TIME.format(dateOf(micros)).replace(":", ".")} น.`;

export function dayOf(micros, now = Date.now()) {
  const key = dayKey(micros);
  const words = DAY.formatToParts(dateOf(micros));
  const part = (type) => words.find((one) => one.type === type)?.value ?? "";
  const full = `${part("weekday")}ที่ ${part("day")} ${part("month")} ${part("year")}`;
  if (key === dayKey(now * 1000)) return `วันนี้ · ${full}`;
  if (key === dayKey((now - 86400000) * 1000)) return `เมื่อวาน · ${full}`;
  return full;
}

// How long since a moment: 'เมื่อครู่', '5 นาที', '2 ชม.', '3 วัน'.
export function longSince(micros, now = Date.now()) {
  const seconds = Math.max(0, (now - micros / 1000) / 1000);
  if (seconds < 60) return "เมื่อครู่";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} นาที`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} ชม.`;
  return `${Math.floor(seconds / 86400)} วัน`;
}

// The same of somebody who waits: 'รอไม่ถึงนาที', 'รอ 5 นาที'.
export const waits = (micros, now = Date.now()) =>
  minutesSince(micros, now) < 1 ? "รอไม่ถึงนาที" : `รอ ${longSince(micros, now)}`;

export const minutesSince = (micros, now = Date.now()) => (now - micros / 1000) / 60000;
