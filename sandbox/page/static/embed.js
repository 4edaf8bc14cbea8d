// An embed: a titled card with fields and pictures, as bots send them.

import { colour, picture } from "./components.js";
import { h } from "./dom.js";
import { inline, link } from "./inline.js";
import { markdown } from "./markdown.js";
import { timestamp } from "./time.js";

/** One card for a Discord embed object of `message`. */
export function embed(it, message, room) {
  const style = it.color == null ? {} : { "--accent-bar": colour(it.color) };
  const { world } = room;
  return h(
    "div",
    { class: "card embed accented", style },
    h(
      "div",
      { class: "embed-body" },
      it.author && h("p", { class: "embed-author" }, linked(it.author.url, it.author.name)),
      it.title && h("p", { class: "embed-title" }, linked(it.url, inline(it.title, world))),
      it.description && h("div", { class: "text" }, markdown(it.description, world)),
      it.fields?.length > 0 &&
        h(
          "dl",
          { class: "fields" },
          it.fields.map((f) => field(f, world)),
        ),
      it.image && picture({ media: it.image }, message, "image"),
      footer(it),
    ),
    it.thumbnail && picture({ media: it.thumbnail }, message, "thumbnail"),
  );
}

const linked = (url, text) => (url ? link(url, text) : text);

const field = (it, world) =>
  h(
    "div",
    { class: it.inline ? "field inline" : "field" },
    h("dt", {}, inline(it.name, world)),
    h("dd", { class: "text" }, markdown(it.value, world)),
  );

function footer({ footer, timestamp: when }) {
  const words = [footer?.text, when && timestamp(Date.parse(when) / 1000, "s")].filter(Boolean);
  return words.length > 0 && h("p", { class: "embed-footer" }, words.join(" • "));
}
