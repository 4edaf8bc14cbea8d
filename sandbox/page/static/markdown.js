// Discord's markdown, as DOM nodes: blocks here, what stands inside a line in inline.js.

import { h } from "./dom.js";
import { inline } from "./inline.js";

const FENCE = /```(?:([\w+.#-]+)\n)?\n*([^]*?)\n*```\n?/y;
const HEADING = /(#{1,3}) +([^\n]*\S[^\n]*)(?:\n|$)/y;
const SUBTEXT = /-# +([^\n]*\S[^\n]*)(?:\n|$)/y;
const QUOTE_REST = />>> ([^]+)/y;
const QUOTE = /(?:> [^\n]*(?:\n|$))+/y;
const LIST = /(?: *(?:[*-]|\d{1,9}\.) +\S[^\n]*(?:\n+(?= *(?:[*-]|\d{1,9}\.) +\S)|\n|$))+/y;

// Each: how it begins, and what it becomes. Only the fence may begin in the middle of a line.
const BLOCKS = [
  [HEADING, ([, marks, text], world) => h(`h${marks.length + 2}`, {}, inline(text, world))],
  [SUBTEXT, ([, text], world) => h("p", { class: "subtext" }, inline(text, world))],
  [QUOTE_REST, ([, text], world) => h("blockquote", {}, markdown(text, world, false))],
  [QUOTE, ([all], world) => h("blockquote", {}, markdown(all.replace(/^> /gm, ""), world, false))],
  [LIST, ([all], world) => items(all.split("\n").filter(Boolean), world)],
];

/**
 * Nodes for a text. `world` says whom `<@id>` and `<#id>` name: {users: Map, places: Map}.
 *
 * A quote holds no quote (`quotes` false), as in Discord.
 */
export function markdown(text, world, quotes = true) {
  const nodes = [];
  let plain = "";
  let at = 0;
  const flush = () => {
    nodes.push(...inline(plain, world));
    plain = "";
  };
  const take = (rule) => {
    rule.lastIndex = at;
    const match = rule.exec(text);
    if (match) at = rule.lastIndex;
    return match;
  };
  while (at < text.length) {
    const fence = take(FENCE);
    if (fence) {
      flush();
      nodes.push(h("pre", { tabindex: 0 }, h("code", {}, fence[2])));
      continue;
    }
    const rules = at === 0 || text[at - 1] === "\n" ? BLOCKS : [];
    const block = rules.find(([rule, build]) => {
      if (!quotes && (rule === QUOTE || rule === QUOTE_REST)) return false;
      const match = take(rule);
      if (!match) return false;
      flush();
      nodes.push(...[build(match, world)].flat());
      return true;
    });
    if (!block) plain += text[at++];
  }
  flush();
  return nodes;
}

// Lines as lists: bullets and numbers make different ones, and what is indented deeper than the
// first line belongs to the item before it.
function items(lines, world) {
  const depth = (line) => line.search(/\S/);
  const lists = [];
  for (let i = 0; i < lines.length;) {
    const [, number, text] = /^ *(?:[*-]|(\d+)\.) +(.*)/.exec(lines[i]);
    const kind = number ? "OL" : "UL";
    const deeper = [];
    let next = i + 1;
    while (next < lines.length && depth(lines[next]) > depth(lines[0])) deeper.push(lines[next++]);
    if (lists.at(-1)?.nodeName !== kind) lists.push(h(kind.toLowerCase(), { start: number }));
    lists
      .at(-1)
      .append(h("li", {}, inline(text, world), deeper.length ? items(deeper, world) : []));
    i = next;
  }
  return lists;
}
