// Context menus of messages and users: their entries, and the gestures that open them.

import { choose } from "./popup.js";

const HELD = 500; // milliseconds of a long touch
const STILL = 10; // pixels that a finger may move during a long touch
const FORWARD = " forward"; // no command has this name: names do not start with a space

let held = null; // opens the menu of the current touch, once

/**
 * Event handlers that open a menu: a right click, the menu key, a long touch.
 *
 * `open(at)` opens it at {x, y, held} or, without a point, beside its element. With a text
 * selection, the browser's own menu opens.
 */
export function menuAt(open) {
  const theirs = () => !getSelection().isCollapsed;
  return {
    oncontextmenu(event) {
      if (theirs()) return;
      event.preventDefault();
      event.stopPropagation();
      if (held || event.pointerType === "touch") return held?.(); // some browsers send no pointer type
      open(event.button === 2 ? { x: event.clientX, y: event.clientY } : null);
    },
    onpointerdown(event) {
      if (event.pointerType !== "touch" || !event.isPrimary || theirs()) return;
      // Browsers retarget a touch to a nearby control; use the element under the finger.
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (!event.currentTarget.contains(under)) return;
      event.stopPropagation();
      hold(event, () => open({ x: event.clientX, y: event.clientY, held: true }));
    },
  };
}

// Calls `then` after a long touch, and swallows the click at its end.
function hold({ clientX, clientY }, then) {
  const over = new AbortController();
  const lifted = new AbortController();
  let waiting = true;
  held = () => {
    if (!waiting) return;
    waiting = false;
    const swallow = (event) => (event.preventDefault(), event.stopPropagation());
    addEventListener("click", swallow, { capture: true, once: true, signal: lifted.signal });
    addEventListener("pointerdown", () => lifted.abort(), { capture: true, once: true });
    then();
  };
  setTimeout(held, HELD);
  const listening = { capture: true, signal: over.signal };
  const moved = (event) =>
    Math.hypot(event.clientX - clientX, event.clientY - clientY) > STILL && ended();
  const ended = () => {
    waiting = false;
    held = null;
    over.abort();
  };
  addEventListener("pointermove", moved, listening);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, ended, listening);
}

/** The menu of a message, beside `anchor` or at a point. */
export async function messageMenu(anchor, it, room, at) {
  const forward = it.only_you ? [] : [{ label: "Forward…", value: FORWARD }];
  const [name] = (await menu(anchor, [...apps(3, room), ...forward], "Apps", at)) ?? [];
  if (name !== FORWARD) return name && room.menu(name, { message: it.id });
  const [place] = (await menu(anchor, room.places, "Forward to", at)) ?? [];
  if (place) room.forward(it.id, place);
}

/** The menu of a user or the bot. */
export async function userMenu(anchor, user, room, at) {
  const [name] = (await menu(anchor, apps(2, room), "Apps", at)) ?? [];
  if (name) room.menu(name, { user: user.username });
}

const menu = (anchor, options, title, at) => choose(anchor, options, { title, role: "menu", at });

function apps(type, room) {
  const here = room.commands.filter((command) => command.type === type);
  return here.length
    ? here.map(({ name }) => ({ label: name, value: name }))
    : [{ label: "No app actions", value: "" }];
}
