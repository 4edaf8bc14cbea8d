// Emoji as Discord's client shows them, and how each is called aloud.

import { h } from "./dom.js";
import { sign } from "./icons.js";

// Discord's own names, of those that stand on buttons without a label.
const NAMES = {
  "⏮": "track previous",
  "⏭": "track next",
  "⏪": "rewind",
  "⏩": "fast forward",
  "⏯": "play pause",
  "⏸": "pause button",
  "⏹": "stop button",
  "▶": "arrow forward",
  "◀": "arrow backward",
  "🔀": "twisted rightwards arrows",
  "🔁": "repeat",
  "🔂": "repeat one",
  "🔄": "arrows counterclockwise",
  "🔇": "mute",
  "🔈": "speaker",
  "🔉": "sound",
  "🔊": "loud sound",
  "❤": "heart",
  "🤍": "white heart",
  "💔": "broken heart",
  "💾": "floppy disk",
  "📱": "mobile phone",
  "💻": "computer",
  "🔍": "mag",
  "➕": "heavy plus sign",
  "➖": "heavy minus sign",
  "❌": "x",
  "✅": "white check mark",
  "🎵": "musical note",
  "🎶": "notes",
  "📃": "page with curl",
  "📜": "scroll",
  "📋": "clipboard",
  "🗑": "wastebasket",
  "⬅": "arrow left",
  "➡": "arrow right",
  "💚": "green heart",
  "❔": "question",
  "📺": "tv",
  "🎮": "video game",
  "🚗": "car",
  "🔗": "link",
};

// What stands for an emoji or another symbol that no font of this browser has: a sign or a letter.
const SIGNS = {
  "⏮": "previous",
  "⏭": "next",
  "⏪": "rewind",
  "⏩": "fast",
  "⏸": "pause",
  "▶": "play",
  "🔀": "shuffle",
  "🔁": "repeat",
  "🔂": "repeat",
  "🔄": "refresh",
  "🔇": "mute",
  "🔈": "quiet",
  "🔉": "quiet",
  "🔊": "volume",
  "💚": "heart",
  "🤍": "heart",
  "➕": "plus",
  "📱": "smartphone",
  "💻": "computer",
  "📺": "tv",
  "📜": "list",
};
const LETTERS = { "▰": "=", "▱": "-", "▸": "›", "◀": "‹", "❔": "?" };

const SYMBOL = /(?:\p{Extended_Pictographic}|[▰▱▸])\uFE0F?/gu;
const MISSING = "\u{10FFFE}"; // a noncharacter: it looks as everything does that no font has
const SIZE = 16;

const drawn = new Map(); // whether a font has a symbol

function drawable(symbol) {
  if (!drawn.has(symbol)) drawn.set(symbol, pixels(symbol) !== pixels(MISSING));
  return drawn.get(symbol);
}

let canvas;

function pixels(text) {
  canvas ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  canvas.clearRect(0, 0, SIZE * 2, SIZE * 2);
  canvas.font = `${SIZE}px ${getComputedStyle(document.body).fontFamily}`;
  canvas.fillText(text, 0, SIZE);
  return canvas.getImageData(0, 0, SIZE * 2, SIZE * 2).data.join();
}

function standIn(symbol) {
  const bare = symbol.replace("\uFE0F", "");
  const known = SIGNS[bare] && sign(SIGNS[bare]);
  const kind = bare === "💚" ? "sign-for full" : "sign-for";
  return known ? h("span", { class: kind }, known) : (LETTERS[bare] ?? NAMES[bare] ?? "•");
}

/** Nodes and strings for a text, with a sign for each symbol that would be an empty box. */
export function symbols(text) {
  const nodes = [];
  let end = 0;
  for (const { 0: symbol, index } of text.matchAll(SYMBOL)) {
    if (drawable(symbol)) continue;
    nodes.push(text.slice(end, index), standIn(symbol));
    end = index + symbol.length;
  }
  return end ? [...nodes, text.slice(end)] : [text];
}

/**
 * What a Discord emoji object is called: a name of words, or itself where it is not known.
 * The name of an app's emoji may end with a hash of its image.
 */
export const called = ({ id, name }) =>
  id
    ? name.replace(/_[0-9a-f]{8}$/, "").replaceAll("_", " ")
    : (NAMES[name.replace("\uFE0F", "")] ?? name);

/** A Discord emoji object beside or inside a label; decoration, since its name is elsewhere. */
export const emoji = (it) =>
  it &&
  (it.id
    ? h("img", { class: "emoji", src: `emojis/${it.id}`, alt: "" })
    : h("span", { class: "emoji", "aria-hidden": "true" }, symbols(it.name)));
