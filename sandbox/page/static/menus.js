// The menus of messages and of people: what the apps have for them, and how a menu is asked for.

import { choose } from "./popup.js";

const HELD = 500; // milliseconds until a touch that stays is a long one
const STILL = 10; // pixels that a finger may move meanwhile
const FORWARD = " forward"; // no command is called so: names hold no blank at their ends

let held = null; // opens the menu that a finger on the screen waits for; it does so once

/**
 * Handlers with which an element opens a menu: a right click, the menu key, a long touch.
 *
 * `open(at)` opens it, at {x, y, held} or, without a point, beside what it belongs to. Where text
 * is marked the menu stays the browser's.
 */
export function menuAt(open) {
  const theirs = () => !getSelection().isCollapsed;
  return {
    oncontextmenu(event) {
      if (theirs()) return;
      event.preventDefault();
      event.stopPropagation();
      if (held || event.pointerType === "touch") return held?.(); // not every browser says it
      open(event.button === 2 ? { x: event.clientX, y: event.clientY } : null);
    },
    onpointerdown(event) {
      if (event.pointerType !== "touch" || !event.isPrimary || theirs()) return;
      // Browsers aim a touch at what can be tapped nearby; what is under the finger counts here.
      const under = document.elementFromPoint(event.clientX, event.clientY);
      if (!event.currentTarget.contains(under)) return;
      event.stopPropagation();
      hold(event, () => open({ x: event.clientX, y: event.clientY, held: true }));
    },
  };
}

// Calls `then` where the finger stays; the click that its lifting would make is not one.
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

/** The menu of a person or of the bot. */
export async function userMenu(anchor, user, room, at) {
  const [name] = (await menu(anchor, apps(2, room), "Apps", at)) ?? [];
  if (name) room.menu(name, { user: user.username });
}

const menu = (anchor, options, title, at) => choose(anchor, options, { title, role: "menu", at });

function apps(type, room) {
  const here = room.commands.filter((command) => command.type === type);
  return here.length
    ? here.map(({ name }) => ({ label: name, value: name }))
    : [{ label: "No app has anything for this", value: "" }];
}
