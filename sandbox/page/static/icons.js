// Small drawings: avatars of people and of the bot, and signs on buttons.

import { h } from "./dom.js";

const SIGNS = {
  menu: "M4 7h16M4 12h16M4 17h16",
  forward: "M14 6l6 6-6 6M20 12H10a6 6 0 00-6 6",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M5 12h13M12 6l6 6-6 6",
  down: "M6 9l6 6 6-6",
  out: "M8 16L17 7M9 7h8v8",
  file: "M7 3h7l4 4v14H7zM14 3v5h4",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 110 5 2.5 2.5 0 010-5",
  disc: "M12 3a9 9 0 110 18 9 9 0 010-18zM12 9.5a2.5 2.5 0 110 5 2.5 2.5 0 010-5",
  close: "M6 6l12 12M18 6L6 18",
  shuffle: "M4 7h3l10 10h3M4 17h3l3-3M14 10l3-3h3M18 5l2 2-2 2M18 15l2 2-2 2",
  repeat: "M5 12V9a2 2 0 012-2h12l-3-3M19 12v3a2 2 0 01-2 2H5l3 3",
  volume: "M4 9.5v5h3l5 4v-13l-5 4zM16 9a4 4 0 010 6M18.5 6.5a8 8 0 010 11",
  computer: "M4 5h16v11H4zM9 20h6",
  smartphone: "M8 3h8v18H8zM11 18h2",
  speaker: "M7 3h10v18H7zM12 12a3 3 0 110 6 3 3 0 010-6M12 7h.01",
  tv: "M3 5h18v12H3zM8 21h8",
  play: "M8 5v14l11-7z",
  pause: "M9 5v14M15 5v14",
  previous: "M7 5v14M18 5L9 12l9 7z",
  next: "M17 5v14M6 5l9 7-9 7z",
  rewind: "M12 6l-8 6 8 6zM20 6l-8 6 8 6z",
  fast: "M4 6l8 6-8 6zM12 6l8 6-8 6z",
  refresh: "M19 8a8 8 0 10.5 6M19 4v4h-4",
  quiet: "M4 9.5v5h3l5 4v-13l-5 4zM16 9a4 4 0 010 6",
  mute: "M4 9.5v5h3l5 4v-13l-5 4zM16 10l5 5M21 10l-5 5",
  heart: "M12 20S3.5 14.5 3.5 9A4.5 4.5 0 0112 7a4.5 4.5 0 018.5 2c0 5.5-8.5 11-8.5 11z",
  plus: "M12 5v14M5 12h14",
  list: "M5 7h14M5 12h14M5 17h9",
};

/** A sign of one line weight; decoration, so it has no name of its own. */
export const sign = (name) =>
  h(
    "svg",
    { class: "sign", viewBox: "0 0 24 24", "aria-hidden": "true" },
    h("path", { d: SIGNS[name] }),
  );

/** The initial of a person or of another bot on a colour of its own, or Tonearm's record. */
export function avatar(user, size = "") {
  const name = user.global_name ?? user.username ?? "?";
  const kind = `avatar ${user.bot ? "bot" : ""} ${size}`;
  if (name === "Tonearm") return h("span", { class: kind, "aria-hidden": "true" }, record());
  const style = { "--hue": hue(user.username ?? name) };
  return h(
    "span",
    { class: kind, style, "aria-hidden": "true" },
    [...name][0].toUpperCase(),
  );
}

// Distinct hues for the four sample users, and a stable one for any other name.
function hue(name) {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + letter.codePointAt(0)) % 3600;
  return { ada: 305, grace: 200, linus: 145, mallory: 25 }[name.toLowerCase()] ?? sum / 10;
}

/** Tonearm's mark. */
export const record = () =>
  h(
    "svg",
    { class: "record", viewBox: "0 0 32 32" },
    h("circle", { class: "vinyl", cx: 14, cy: 18, r: 12 }),
    h("circle", { class: "groove", cx: 14, cy: 18, r: 8.5 }),
    h("circle", { class: "label", cx: 14, cy: 18, r: 4.5 }),
    h("circle", { class: "vinyl", cx: 14, cy: 18, r: 1 }),
    h("path", { class: "arm", d: "M27 4v10l-7 7" }),
    h("circle", { class: "label", cx: 27, cy: 4.5, r: 2.6 }),
  );
