// The left side: servers with channels, direct messages, and the users to switch to.

import { h, patch } from "./dom.js";
import { avatar, record } from "./icons.js";

/** Brings `nav` up to date with Discord's view; `go(user, place)` moves. */
export function places(nav, view, go) {
  const here = { ...view, go };
  patch(
    nav,
    h(
      "nav",
      { id: nav.id, "aria-label": "Servers and direct messages" },
      h(
        "header",
        { class: "brand" },
        record(),
        h("h1", {}, "Tonearm", h("small", {}, "demo")),
      ),
      h(
        "div",
        { class: "places" },
        view.guilds.map((guild) => group(guild.name, guild.places, here)),
        group("Direct messages", view.direct, here),
      ),
      people(here),
    ),
  );
}

/** Where the view is: {title: "#music", guild: "Harbour"}, without a guild in private. */
export function whereabouts({ guilds, direct, place }) {
  const alone = direct.find((it) => it.place === place);
  if (alone) return { title: alone.name };
  const guild = guilds.find(({ places }) => places.some((it) => it.place === place));
  return { title: `#${guild.places.find((it) => it.place === place).name}`, guild: guild.name };
}

const group = (name, entries, here) =>
  h(
    "section",
    { key: name, "aria-label": name },
    h("h2", {}, name),
    h(
      "ul",
      {},
      entries.map((entry) => h("li", { key: entry.place }, place(entry, here))),
    ),
  );

function place({ place, name, unread }, here) {
  const current = place === here.place;
  const direct = place === "dm";
  return h(
    "button",
    {
      type: "button",
      class: unread ? "place unread" : "place",
      "aria-current": current && "page",
      onclick: () => here.go(here.user, place),
    },
    direct
      ? avatar({ username: name, bot: true }, "tiny")
      : h("span", { class: "hash", "aria-hidden": "true" }, place === "huddle" ? "&" : "#"),
    h("span", {}, name),
    unread && h("span", { class: "dot", role: "img", "aria-label": "unread" }),
  );
}

const people = (here) =>
  h(
    "section",
    { class: "people", "aria-label": "You are" },
    h("h2", {}, "You are"),
    h(
      "div",
      {},
      here.users.map((user) => person(user, here)),
    ),
  );

function person({ name, display }, here) {
  const me = name === here.user;
  return h(
    "button",
    {
      key: name,
      type: "button",
      class: "person",
      "aria-pressed": String(me),
      onclick: () => here.go(name, here.place),
    },
    avatar({ username: name, global_name: display }),
    h("span", {}, display),
  );
}
