// A list of options beside what opened it: the choices of a select, or a context menu.

import { h } from "./dom.js";
import { emoji } from "./emoji.js";

/**
 * Opens `options` ({label, description, emoji, value, selected}) beside `anchor` and resolves to
 * the chosen values, or to null when it was left. `least` and `most` bound how many; with `most`
 * above one, Space marks and Enter is done. `title` names the list.
 *
 * With `at` it opens at that point of the window, {x, y}; `held` in it says that a finger rests
 * there, which lifting is no wish to leave.
 */
export function choose(anchor, options, { title, role = "listbox", least = 1, most = 1, at }) {
  const { promise, resolve } = Promise.withResolvers();
  const chosen = new Set(options.filter((option) => option.selected).map((option) => option.value));
  const several = most > 1;
  const rows = options.map((option) => row(option));
  const done =
    several && h("button", { type: "button", class: "button s1", onclick: finish }, "Done");
  const box = h(
    "div",
    { class: "popup", popover: at?.held ? "manual" : "auto", onkeydown, ontoggle },
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
      emoji(option.emoji),
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
    const here = rows.indexOf(document.activeElement);
    const last = rows.length - 1;
    const to = { ArrowDown: here + 1, ArrowUp: here < 0 ? last : here - 1, Home: 0, End: last }[
      event.key
    ];
    if (to !== undefined) rows[(to + rows.length) % rows.length]?.focus();
    else if (event.key === "Tab" && !several) box.hidePopover();
    else if (event.key === "Enter" && several && chosen.size >= least) finish();
    else if ((event.key === "Enter" || event.key === " ") && here >= 0) rows[here].click();
    else if (event.key === "Escape") box.hidePopover();
    else if (event.key.length === 1) rows.find((node) => starts(node, event.key))?.focus();
    else return;
    if (event.key !== "Tab") event.preventDefault();
    event.stopPropagation();
  }

  function ontoggle({ newState }) {
    if (newState === "open") return;
    stop.abort();
    box.remove();
    anchor?.setAttribute("aria-expanded", "false");
    if (document.activeElement === document.body) (anchor ?? before).focus();
    resolve(result);
  }

  const stop = new AbortController();
  const before = document.activeElement;
  const leave = ({ target }) => box.contains(target) || box.hidePopover();
  const follow = () => {
    if (at) place(box, new DOMRect(at.x, at.y, 0, 0), 0);
    else if (anchor.isConnected) place(box, anchor.getBoundingClientRect(), 4);
    else box.hidePopover();
  };
  if (at?.held) addEventListener("pointerdown", leave, { capture: true, signal: stop.signal });
  addEventListener("scroll", follow, { capture: true, passive: true, signal: stop.signal });
  addEventListener("resize", follow, { signal: stop.signal });
  // What is outside an open dialog cannot be reached.
  (anchor?.closest("dialog") ?? document.body).append(box);
  anchor?.setAttribute("aria-expanded", "true");
  box.showPopover();
  follow();
  (rows.find((node) => node.ariaSelected === "true") ?? rows[0])?.focus();
  return promise;
}

const starts = (node, letter) => node.textContent.toLowerCase().startsWith(letter.toLowerCase());

// Below where there is room, else above; never outside the window.
function place(box, beside, gap) {
  box.style.minWidth = `${Math.min(beside.width, innerWidth - 16)}px`;
  const { offsetWidth: width, offsetHeight: height } = box;
  const fits = beside.bottom + gap + height <= innerHeight - 8;
  const top = fits ? beside.bottom + gap : beside.top - gap - height;
  box.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - width - 8))}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}
