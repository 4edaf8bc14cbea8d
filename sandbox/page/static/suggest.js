// The list above the box: commands, options or choices, walked with the arrow keys.

import { h } from "./dom.js";

/** A line to type in that has such a list; it begins closed. */
export const combobox = (props) =>
  h("input", {
    type: "text",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": "choices",
    spellcheck: "false",
    ...props,
  });

/** A list in `box`. `show` fills it; `input` tells assistive technology where it stands. */
export function suggestions(box) {
  let items = [];
  let at = -1;
  let input = null;
  let take = () => {};

  function mark(index) {
    at = index;
    const rows = [...box.querySelectorAll("[role=option]")];
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    rows[at]?.scrollIntoView({ block: "nearest" });
    if (at < 0) input?.removeAttribute("aria-activedescendant");
    else input?.setAttribute("aria-activedescendant", `suggestion-${at}`);
  }

  function row(item, i) {
    const onmousedown = (event) => event.preventDefault(); // the box keeps the focus
    const onclick = () => take(item);
    return h(
      "div",
      { class: "choice", role: "option", id: `suggestion-${i}`, onmousedown, onclick },
      h("span", { class: "choice-name" }, item.label),
      item.about && h("span", { class: "choice-about" }, item.about),
    );
  }

  const list = {
    /** Shows `wanted` ({label, about, …}) under `title`; `onTake(item)` when one is chosen. */
    show(field, wanted, { title, note, first = false, onTake }) {
      list.hide();
      input = field;
      items = wanted;
      take = onTake;
      box.replaceChildren(
        ...[
          h("p", { class: "suggest-title" }, h("b", {}, title), note && h("span", {}, note)),
          items.length > 0 &&
            h("div", { role: "listbox", id: "choices", "aria-label": title }, items.map(row)),
        ].filter(Boolean),
      );
      box.hidden = false;
      box.scrollTop = 0;
      input.setAttribute("aria-expanded", String(items.length > 0));
      mark(first && items.length ? 0 : -1);
    },
    /** What is shown for `field` waits for newer items; false where nothing is. */
    wait(field) {
      if (box.hidden || input !== field || !items.length) return false;
      box.setAttribute("aria-busy", "true");
      mark(-1);
      return true;
    },
    hide() {
      box.hidden = true;
      box.removeAttribute("aria-busy");
      items = [];
      mark(-1);
      input?.setAttribute("aria-expanded", "false");
    },
    /** One step down (1) or up (-1), around the ends; false where there is nothing. */
    step(by) {
      if (!items.length) return false;
      mark(at < 0 && by < 0 ? items.length - 1 : (at + by + items.length) % items.length);
      return true;
    },
    /** Takes the marked one; false where none is marked. */
    accept() {
      if (at < 0) return false;
      take(items[at]);
      return true;
    },
    get open() {
      return !box.hidden;
    },
  };
  return list;
}
