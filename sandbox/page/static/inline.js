// Discord's markdown inside a line: emphasis, code, spoilers, links, mentions, timestamps.

import { h } from "./dom.js";
import { symbols } from "./emoji.js";
import { timestamp } from "./time.js";

const any = "(?:\\\\[^]|[^\\\\])"; // one character, an escaped one counting as one

// Each: how it looks, and what it becomes. Earlier ones win.
const RULES = [
  [/\\([^\w\s]|_)/y, ([, sign]) => sign],
  [/(`+)([^]*?[^`])\1(?!`)/y, ([, , code]) => h("code", {}, code.replace(/^ (?=`)|(?<=`) $/g, ""))],
  [/<(https?:\/\/[^\s>]+)>/y, ([, url]) => link(url, url)],
  [/https?:\/\/[^\s<]+[^<.,:;"'\])\s*_~|]/y, ([url]) => link(url, url)],
  [
    /\[((?:\\.|\[[^\]\n]*\]|[^[\]\\])+)\]\(<?(https?:\/\/(?:\([^\s()]*\)|[^\s()<>])+)>?(?: +"[^"]*")?\)/y,
    ([, text, url], world) => link(url, inline(text, world)),
  ],
  [/<@!?(\d+)>/y, ([, id], world) => pill(`@${world.users.get(id) ?? "unknown-user"}`)],
  [/<@&(\d+)>/y, () => pill("@unknown-role")],
  [/<#(\d+)>/y, ([, id], world) => pill(`#${world.places.get(id) ?? "unknown"}`)],
  [/<\/([^:>\n]{1,98}):(\d+)>/y, ([, name, id], world) => command(name, id, world)],
  [/@(?:everyone|here)\b/y, ([name]) => pill(name)],
  [/<a?:(\w{2,32}):\d+>/y, ([, name]) => `:${name}:`],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, ([, seconds, style]) => moment(Number(seconds), style)],
  [/discord\.gg\/[\w-]+/y, ([text]) => link(`https://${text}`, text)],
  [
    new RegExp(`\\*\\*(${any}+?)\\*\\*(?!\\*)`, "y"),
    ([, text], w) => h("strong", {}, inline(text, w)),
  ],
  [new RegExp(`__(${any}+?)__(?!_)`, "y"), ([, text], w) => h("u", {}, inline(text, w))],
  [
    /\*(?=\S)((?:\*\*|\\[^]|\s+(?:\\[^]|\*\*|[^*\s\\])|[^\s*\\])+?)\*(?!\*)/y,
    ([, text], w) => h("em", {}, inline(text, w)),
  ],
  [/(?<!\w)_((?:__|\\[^]|[^\\_])+?)_(?!\w)/y, ([, text], w) => h("em", {}, inline(text, w))],
  [new RegExp(`~~(${any}+?)~~`, "y"), ([, text], world) => h("s", {}, inline(text, world))],
  [new RegExp(`\\|\\|(${any}+?)\\|\\|`, "y"), ([, text], world) => spoiler(inline(text, world))],
];
const ORDINARY = /[\p{L}\p{N}\s,.!?'"()]/u; // no rule begins with these, but for the h and d of links

/** Nodes and strings for a text without blocks. */
export function inline(text, world) {
  const nodes = [];
  let plain = "";
  for (let at = 0; at < text.length;) {
    const found = !skippable(text, at) && first(text, at, world);
    if (found) {
      nodes.push(...symbols(plain));
      plain = "";
      nodes.push(found.node);
      at = found.end;
    } else {
      plain += text[at++];
    }
  }
  nodes.push(...symbols(plain));
  return nodes.filter((node) => node !== "");
}

function skippable(text, at) {
  return (
    ORDINARY.test(text[at]) && !text.startsWith("http", at) && !text.startsWith("discord.gg", at)
  );
}

function first(text, at, world) {
  for (const [rule, build] of RULES) {
    rule.lastIndex = at;
    const match = rule.exec(text);
    if (match) return { node: build(match, world), end: at + match[0].length };
  }
  return null;
}

/** A link that opens elsewhere and is not told where it was clicked; http and https only. */
export function link(url, children) {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return h("span", {}, children);
  return h("a", { href: url, target: "_blank", rel: "noreferrer" }, children);
}

const pill = (name) => h("span", { class: "pill" }, name);

/** A mention of a command: a press puts it into the box, if the user has that command here. */
function command(name, id, { type, commands = [] }) {
  const root = name.split(" ")[0];
  if (!commands.some((it) => it.id === id && it.name === root)) return pill(`/${name}`);
  const onclick = () => type(`/${name} `);
  return h("button", { type: "button", class: "pill", onclick }, `/${name}`);
}

function moment(seconds, style) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `<t:${seconds}>`;
  const title = timestamp(seconds, "F");
  return h("time", { datetime: date.toISOString(), title }, timestamp(seconds, style));
}

// Hidden from eyes and from assistive technology alike, until it is asked for.
function spoiler(children) {
  const hidden = h("span", { class: "spoiler-text", inert: true }, children);
  const onclick = ({ currentTarget: veil }) => {
    hidden.inert = false;
    veil.classList.add("open");
    for (const name of ["role", "aria-label"]) veil.removeAttribute(name);
  };
  const button = { role: "button", tabindex: 0, "aria-label": "Spoiler", onclick, onkeydown };
  return h("span", { class: "spoiler", ...button }, hidden);
}

function onkeydown(event) {
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  event.currentTarget.click();
}
