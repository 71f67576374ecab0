// Times and dates as a phone in Thailand shows them.

const ZONE = "Asia/Bangkok";
const clock = new Intl.DateTimeFormat("th-TH", {
  timeZone: ZONE, hour: "2-digit", minute: "2-digit", hourCycle: "h23",
});
const clockWithSeconds = new Intl.DateTimeFormat("th-TH", {
  timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});
const day = new Intl.DateTimeFormat("th-TH-u-ca-buddhist", {
  timeZone: ZONE, weekday: "short", day: "numeric", month: "short", year: "numeric",
});
const dayKeys = new Intl.DateTimeFormat("en-CA", { timeZone: ZONE });
const DAY_MS = 86_400_000;

/** '09:05' for milliseconds since 1970. */
export function timeOfDay(at) {
  return clock.format(at);
}

/** '09:05:31', for the log. */
export function timeWithSeconds(at) {
  return clockWithSeconds.format(at);
}

/** '2026-11-21': equal for two moments of one day in Thailand. */
export function dayKey(at) {
  return dayKeys.format(at);
}

/** 'วันนี้', 'เมื่อวาน' or 'ศ. 20 พ.ย. 2569' (Buddhist era). */
export function dayName(at, now = Date.now()) {
  const key = dayKey(at);
  if (key === dayKey(now)) return "วันนี้";
  if (key === dayKey(now - DAY_MS)) return "เมื่อวาน";
  const parts = Object.fromEntries(day.formatToParts(at).map((part) => [part.type, part.value]));
  return `${parts.weekday} ${parts.day} ${parts.month} ${parts.year}`;
}
