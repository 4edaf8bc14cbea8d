// The header of the channel. On narrow windows it opens the two sides as drawers.

import { h, patch } from "./dom.js";
import { sign } from "./icons.js";

/**
 * Keeps `top` up to date. `sides` are the elements by name, `shade` lies under an open one.
 *
 * Returns `update({title, guild, trouble})` and `close()`.
 */
export function head(top, sides, shade) {
  let shown = {};
  let open = "";

  // On wide windows both sides are always there, and this changes nothing to see.
  function turn(name) {
    const before = open;
    open = name === before ? "" : name;
    document.body.dataset.drawer = open;
    shade.hidden = !open;
    draw();
    if (open) sides[open].querySelector("button, select")?.focus();
    else if (before) top.querySelector(`.open-${before}`)?.focus();
  }

  const close = () => open && turn("");
  shade.onclick = close;
  addEventListener("keydown", ({ key }) => key === "Escape" && close());

  const toggle = (name, label, icon) =>
    h(
      "button",
      {
        type: "button",
        class: `icon open-${name}`,
        "aria-label": label,
        "aria-controls": name,
        "aria-expanded": String(open === name),
        onclick: () => turn(name),
      },
      sign(icon),
    );

  function draw() {
    const { title, guild, trouble } = shown;
    patch(
      top,
      h(
        "header",
        { id: top.id },
        toggle("places", "Servers and people", "menu"),
        h("h2", {}, title),
        h("p", {}, guild ?? "Direct message"),
        trouble && h("p", { class: "trouble", role: "status" }, trouble),
        toggle("spotify", "Simulated Spotify", "disc"),
      ),
    );
  }

  function update(next) {
    shown = next;
    draw();
  }

  return { update, close };
}
