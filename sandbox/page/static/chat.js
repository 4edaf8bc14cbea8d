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
    patch(start, beginning(title, commands, room));
    const held = focusIn(document.activeElement);
    list(log, messages, {
      key: (it) => it.id,
      build: (it, i) => message(it, messages[i - 1], room),
      sight: (it, i) => {
        const { id, author, timestamp, only_you } = messages[i - 1] ?? {};
        const pressed = [...room.busy].filter((what) => what.startsWith(it.id));
        return JSON.stringify([user, pressed, id, author?.id, timestamp, only_you]);
      },
    });
    if (held) keepFocus(held, log);
    if (moved || atEnd) toEnd();
    if (moved) requestAnimationFrame(() => scroll.removeAttribute("aria-live"));
  };
}

// What a new user can try, in this order.
const TRIES = [
  ["/link", "connects the demo’s Spotify account"],
  ["/play lantern", "plays a song"],
  ["/now", "shows it, with controls"],
  ["/search lantern", "finds songs, albums and artists"],
  ["/top", "lists your favourites"],
  ["/help", "shows the rest"],
];

// The text above the first message. A command there is sent by a press.
function beginning(title, commands, room) {
  const known = TRIES.filter(([line]) =>
    commands.some(({ name }) => name === line.slice(1).split(" ")[0]),
  );
  const words = known.length
    ? "Spotify, Discord and their users are simulated here. Press a command to try it:"
    : "Tonearm has no commands in this channel.";
  return h(
    "div",
    { id: "start" },
    h("h3", {}, title),
    h("p", {}, words),
    known.length > 0 &&
      h(
        "ul",
        { class: "tries" },
        known.map(([line, about]) =>
          h(
            "li",
            { key: line },
            h("button", { type: "button", onclick: () => room.run(line) }, line),
            ` ${about}`,
          ),
        ),
      ),
  );
}

const FOCUSABLE = ".body :enabled, .body [href]";

// Where the focus is in a message: which element of it, so that it can be found after an update.
function focusIn(element) {
  const entry = element.closest("#messages .entry");
  if (!entry) return null;
  const { key, textContent } = element;
  return { message: entry.key, key, textContent, index: focusable(entry).indexOf(element) };
}

// If the focused element was replaced, focus the one that stands for it: with the same custom_id,
// or the same label, or at the same place. A message that is gone hands the focus to the last one.
function keepFocus({ message, key, textContent, index }, log) {
  if (document.activeElement.matches("#messages :enabled, #messages [href]")) return;
  const entry = [...log.children].find((node) => node.key === message) ?? log.lastElementChild;
  const there = entry ? focusable(entry) : [];
  const same =
    there.find((node) => key && node.key === key) ??
    there.find((node) => textContent && node.textContent === textContent) ??
    there[Math.min(Math.max(index, 0), there.length - 1)];
  (same ?? log.parentElement).focus({ preventScroll: true });
}

const focusable = (entry) => [...entry.querySelectorAll(FOCUSABLE)];
