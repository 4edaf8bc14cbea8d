// The messages of a room: what is new comes in at the end, and who reads along stays there.

import { h, list, patch } from "./dom.js";
import { message } from "./message.js";

const NEAR = 80; // pixels from the end that still count as reading along

/**
 * Keeps the chat in `scroll` (its `start` and `log` inside) up to date; `latest` leads to the end.
 *
 * Returns `update(view, room, title)`: Discord's view, what messages need, and the room's name.
 */
export function chat({ scroll, start, log, latest }) {
  let seat = "";
  let along = true;

  function toEnd() {
    along = true;
    scroll.scrollTop = scroll.scrollHeight;
    latest.hidden = true;
  }

  function onScroll() {
    along = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    latest.hidden = along;
  }

  scroll.addEventListener("scroll", onScroll, { passive: true });
  latest.onclick = toEnd;
  const resized = new ResizeObserver(() => along && toEnd());
  for (const element of [scroll, log]) resized.observe(element);

  return ({ messages, user, place, commands }, room, title) => {
    const moved = seat !== `${user} ${place}`;
    seat = `${user} ${place}`;
    if (moved) scroll.setAttribute("aria-live", "off"); // a whole room is not news
    patch(start, beginning(title, commands));
    const held = document.activeElement.closest("#messages .entry");
    list(log, messages, {
      key: (it) => it.id,
      build: (it, i) => message(it, messages[i - 1], room),
      sight: (it, i) => {
        const { id, author, timestamp, only_you } = messages[i - 1] ?? {};
        const pressed = [...room.busy].filter((what) => what.startsWith(it.id));
        return JSON.stringify([user, pressed, id, author?.id, timestamp, only_you]);
      },
    });
    if (held) keepFocus(held, scroll);
    if (moved || along) toEnd();
    if (moved) requestAnimationFrame(() => scroll.removeAttribute("aria-live"));
  };
}

// What stands above the first message.
function beginning(title, commands) {
  const words = commands.length
    ? "It begins here. Type / to see what Tonearm does."
    : "It begins here. Tonearm has no commands in this place.";
  return h("div", { id: "start" }, h("h3", {}, title), h("p", {}, words));
}

// What had the focus may be gone or switched off now: stay at its message, or in the chat.
function keepFocus(held, scroll) {
  if (document.activeElement.matches("#messages :enabled, #messages [href]")) return;
  (held.querySelector(".body :enabled, .body [href]") ?? scroll).focus();
}
