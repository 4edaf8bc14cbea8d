// Points in time and lengths of time, as a person reads them.

const UNITS = [
  ["year", 31536000],
  ["month", 2592000],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];
const STYLES = {
  t: { timeStyle: "short" },
  T: { timeStyle: "medium" },
  d: { dateStyle: "short" },
  D: { dateStyle: "long" },
  f: { dateStyle: "long", timeStyle: "short" },
  F: { dateStyle: "full", timeStyle: "short" },
  s: { dateStyle: "short", timeStyle: "short" },
  S: { dateStyle: "short", timeStyle: "medium" },
};
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** `seconds` since 1970 in one of Discord's timestamp styles; R is "in 5 minutes". */
export function timestamp(seconds, style = "f") {
  const date = new Date(seconds * 1000);
  if (style !== "R") return new Intl.DateTimeFormat(undefined, STYLES[style]).format(date);
  const ahead = seconds - Date.now() / 1000;
  const [unit, size] = UNITS.find(([, size]) => Math.abs(ahead) >= size) ?? ["second", 1];
  return relative.format(Math.round(ahead / size), unit);
}

/** The hour and minute of a Date. */
export const clock = (date) => timestamp(date / 1000, "t");

/** The day of a Date: "Today", "Yesterday", or written out. */
export function day(date) {
  const midnight = (d) => new Date(d.getFullYear(), d.getMonth(), d.getDate());
  const days = Math.round((midnight(new Date()) - midnight(date)) / 86400000);
  return ["Today", "Yesterday"][days] ?? timestamp(date / 1000, "D");
}

/** Milliseconds as 3:07, or 1:02:03. */
export function length(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
