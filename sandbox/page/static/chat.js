// The messages of a channel. A user at the end of the list stays at the end.

import { h, list, patch } from "./dom.js";
import { message } from "./message.js";

const NEAR = 80; // pixels from the end that still count as the end

/**
 * Keeps the chat in `scroll` (with `start` and `log` in it) up to date; `latest` jumps to the end.
 *
 * Returns `update(view, room, title)`: Discord's view, the channel's context, and its name.
 */
export function chat({ scroll, start, log, latest }) {
  let location = "";
  let atEnd = true;

  function toEnd() {
    atEnd = true;
    scroll.scrollTop = scroll.scrollHeight;
    latest.hidden = true;
  }

  function onScroll() {
    atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < NEAR;
    latest.hidden = atEnd;
  }

  scroll.addEventListener("scroll", onScroll, { passive: true });
  latest.onclick = toEnd;
  const resized = new ResizeObserver(() => atEnd && toEnd());
  for (const element of [scroll, log]) resized.observe(element);

  return ({ messages, user, place, commands }, room, title) => {
    const moved = location !== `${user} ${place}`;
    location = `${user} ${place}`;
    if (moved) scroll.setAttribute("aria-live", "off"); // do not announce a whole channel
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
    if (moved || atEnd) toEnd();
    if (moved) requestAnimationFrame(() => scroll.removeAttribute("aria-live"));
  };
}

// The text above the first message.
function beginning(title, commands) {
  const words = commands.length
    ? "New here? Type /link to connect the demo Spotify account, then /play."
    : "Tonearm has no commands in this channel.";
  return h("div", { id: "start" }, h("h3", {}, title), h("p", {}, words));
}

// If the focused element was removed or disabled, focus its message or the chat.
function keepFocus(held, scroll) {
  if (document.activeElement.matches("#messages :enabled, #messages [href]")) return;
  (held.querySelector(".body :enabled, .body [href]") ?? scroll).focus();
}
