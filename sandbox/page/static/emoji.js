// Emoji as Discord's client shows them, and how each is called aloud.

import { h } from "./dom.js";

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
};

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
    : h("span", { class: "emoji", "aria-hidden": "true" }, it.name));
