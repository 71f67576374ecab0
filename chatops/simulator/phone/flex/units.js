// Flex Message sizes in CSS pixels, as LINE's Flex Message layout page orders and its Flex
// simulator draws them.

const SPACES = { none: 0, xs: 2, sm: 4, md: 8, lg: 12, xl: 16, xxl: 20 };
const TEXT_SIZES = {
  xxs: 11, xs: 13, sm: 14, md: 16, lg: 19, xl: 22, xxl: 29, "3xl": 35, "4xl": 48, "5xl": 74,
};
const IMAGE_SIZES = {
  xxs: 40, xs: 60, sm: 80, md: 100, lg: 120, xl: 140, xxl: 160, "3xl": 180, "4xl": 200, "5xl": 220,
};
const BORDERS = { none: 0, light: 0.5, normal: 1, medium: 2, "semi-bold": 3, bold: 4 };
export const BUBBLE_WIDTHS = {
  nano: 120, micro: 160, deca: 220, hecto: 241, kilo: 260, mega: 300, giga: 386,
};

const PIXELS = /^\d+(\.\d+)?px$/;
const PERCENT = /^\d+(\.\d+)?%$/;
const COLOUR = /^#(?:[0-9a-f]{6}|[0-9a-f]{8})$/i;

/** Padding, margin, spacing, offset, corner radius: keyword, pixels or percentage, else null. */
export function space(value) {
  if (typeof value !== "string") return null;
  if (value in SPACES) return `${SPACES[value]}px`;
  return length(value);
}

/** `12px` or `50%` as it stands; anything else null. */
export function length(value) {
  return typeof value === "string" && (PIXELS.test(value) || PERCENT.test(value)) ? value : null;
}

/** Font size of a text, span or icon; `md` (16 px) when nothing valid is given. */
export function textSize(value) {
  if (typeof value === "string" && PIXELS.test(value)) return value;
  return `${TEXT_SIZES[value] ?? TEXT_SIZES.md}px`;
}

/** Width of an image; `md` (100 px) when nothing valid is given. */
export function imageWidth(value) {
  if (value === "full") return "100%";
  return length(value) ?? `${IMAGE_SIZES[value] ?? IMAGE_SIZES.md}px`;
}

/** Border width: keyword or pixels, else null. */
export function border(value) {
  if (typeof value !== "string") return null;
  if (value in BORDERS) return `${BORDERS[value]}px`;
  return PIXELS.test(value) ? value : null;
}

/** `#RRGGBB` or `#RRGGBBAA`, else null. */
export function colour(value) {
  return typeof value === "string" && COLOUR.test(value) ? value : null;
}

/** `20:13` → `20 / 13`; a square when absent or wrong. */
export function aspectRatio(value, fallback = "1 / 1") {
  const match = /^(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)$/.exec(value ?? "");
  return match ? `${match[1]} / ${match[2]}` : fallback;
}

const PLACES = { start: "flex-start", center: "center", end: "flex-end", top: "flex-start", bottom: "flex-end" };

/** LINE's start/center/end and top/center/bottom in the words of CSS flexbox. */
export function placing(value, fallback) {
  return PLACES[value] ?? PLACES[fallback];
}
