// A list of options beside what opened it: the choices of a select, or a context menu.

import { h } from "./dom.js";

/**
 * Opens `options` ({label, description, emoji, value, selected}) beside `anchor` and resolves to the
 * chosen values, or to null when it was left. `least` and `most` bound how many; with `most` above
 * one, Space marks and Enter is done. `title` names the list.
 */
export function choose(anchor, options, { title, role = "listbox", least = 1, most = 1 }) {
  const { promise, resolve } = Promise.withResolvers();
  const chosen = new Set(options.filter((option) => option.selected).map((option) => option.value));
  const several = most > 1;
  const rows = options.map((option) => row(option));
  const done =
    several && h("button", { type: "button", class: "button s1", onclick: finish }, "Done");
  const box = h(
    "div",
    { class: "popup", popover: "auto", onkeydown, ontoggle },
    h("p", { class: "popup-title", "aria-hidden": "true" }, title),
    h("div", { role, "aria-label": title, "aria-multiselectable": several && "true" }, rows),
    done,
  );
  let result = null;

  function row(option) {
    const onclick = () => (several ? mark(option, node) : finish([option.value]));
    const states = role === "listbox" && { "aria-selected": String(chosen.has(option.value)) };
    const props = {
      role: role === "menu" ? "menuitem" : "option",
      tabindex: -1,
      onclick,
      ...states,
    };
    const node = h(
      "div",
      { class: "choice", ...props },
      option.emoji && h("span", { class: "emoji", "aria-hidden": "true" }, option.emoji),
      h("span", { class: "choice-name" }, option.label),
      option.description && h("span", { class: "choice-about" }, option.description),
    );
    return node;
  }

  function mark(option, node) {
    if (!chosen.delete(option.value) && chosen.size < most) chosen.add(option.value);
    node.setAttribute("aria-selected", String(chosen.has(option.value)));
    done.disabled = chosen.size < least;
  }

  function finish(values) {
    result = Array.isArray(values) ? values : [...chosen];
    box.hidePopover();
  }

  function onkeydown(event) {
    const at = rows.indexOf(document.activeElement);
    const last = rows.length - 1;
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? last : at - 1, Home: 0, End: last }[
      event.key
    ];
    if (to !== undefined) rows[(to + rows.length) % rows.length]?.focus();
    else if (event.key === "Tab" && !several) box.hidePopover();
    else if (event.key === "Enter" && several && chosen.size >= least) finish();
    else if ((event.key === "Enter" || event.key === " ") && at >= 0) rows[at].click();
    else if (event.key.length === 1) rows.find((node) => starts(node, event.key))?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  function ontoggle({ newState }) {
    if (newState === "open") return;
    stop.abort();
    box.remove();
    anchor.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) anchor.focus();
    resolve(result);
  }

  const stop = new AbortController();
  const follow = () => (anchor.isConnected ? place(box, anchor) : box.hidePopover());
  addEventListener("scroll", follow, { capture: true, passive: true, signal: stop.signal });
  addEventListener("resize", follow, { signal: stop.signal });
  document.body.append(box);
  anchor.setAttribute("aria-expanded", "true");
  box.showPopover();
  follow();
  (rows.find((node) => node.ariaSelected === "true") ?? rows[0])?.focus();
  return promise;
}

const starts = (node, letter) => node.textContent.toLowerCase().startsWith(letter.toLowerCase());

// Below the anchor where there is room, else above it; never outside the window.
function place(box, anchor) {
  const beside = anchor.getBoundingClientRect();
  box.style.minWidth = `${Math.min(beside.width, innerWidth - 16)}px`;
  const { offsetWidth: width, offsetHeight: height } = box;
  const fits = beside.bottom + 4 + height <= innerHeight - 8;
  const top = fits ? beside.bottom + 4 : beside.top - 4 - height;
  box.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}
