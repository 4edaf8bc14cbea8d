// The page: receives the state and updates every part.

import { chat } from "./chat.js";
import { compose } from "./compose.js";
import { modals } from "./modal.js";
import { places, whereabouts } from "./places.js";
import { spotify, tick } from "./spotify.js";
import { head } from "./top.js";
import { connect } from "./wire.js";

const at = (id) => document.getElementById(id);
const nav = at("places");
const aside = at("spotify");

const busy = new Set(); // "message custom_id" of each press without a response yet
const dismissed = new Set(); // ephemeral messages that the user dismissed
let state = null;
let open = false;

const ask = connect({ onState, onOpen });
const top = head(at("top"), { places: nav, spotify: aside }, at("shade"));
const log = { scroll: at("scroll"), start: at("start"), log: at("messages"), latest: at("latest") };
const talk = chat(log);
const box = compose(at("compose"), { ask });
const modal = modals(at("modal"), { ask });

function onState(next) {
  state = next;
  render();
}

function onOpen(now) {
  open = now;
  if (!state) return;
  render();
  if (open) sit({}); // a new connection starts as another user
}

function render() {
  const { ended } = state;
  const messages = state.discord.messages.filter(({ id }) => !dismissed.has(id));
  const discord = { ...state.discord, messages };
  const { title, guild } = whereabouts(discord);
  const here = room(title);
  const trouble = !open
    ? "Demo stopped. Reconnecting…"
    : ended && "The bot has stopped. Start the demo again.";
  document.title = `${title} · Tonearm demo`;
  top.update({ title, guild, trouble });
  places(nav, discord, go);
  talk(discord, here, title);
  box.update({ commands: discord.commands, placeholder: `Message ${title}, or / for commands` });
  modal(discord.modal, here);
  spotify(aside, state.spotify, {
    watch: (account) => sit({ account }),
    play: () => act("", "play", {}),
    toggleDevice: (name) => act("", "device", { name }),
    scenarios: state.scenarios,
    switchScenario: (name, on) => act("", "scenario", { name, on }),
    close: top.close,
  });
}

// The channel's context for messages and modals, and the actions there.
function room(title) {
  const { user, users, commands, messages, guilds, direct } = state.discord;
  const seen = messages.flatMap((it) => [it.author, ...(it.mentions ?? [])]);
  return {
    user,
    commands,
    busy,
    world: {
      users: new Map(seen.map((it) => [it.id, it.global_name ?? it.username])),
      places: new Map(messages.map((it) => [it.channel_id, title.replace("#", "")])),
      commands,
      type: box.type,
    },
    person: (name) => {
      const known = users.find((it) => it.name === name);
      return { username: name, global_name: known?.display ?? name };
    },
    find: (id) => messages.find((it) => it.id === id),
    show: (id) => [...log.log.children].find((node) => node.key === id)?.scrollIntoView(),
    run: (line) => act("", "run", { line }),
    press: ({ id }, button) => act(`${id} ${button}`, "press", { message: id, button }),
    pick: ({ id }, values, select, menu) =>
      act(`${id} ${menu}`, "pick", { message: id, values, select }),
    menu: (name, on) => act("", "menu", { name, ...on }),
    places: [
      ...guilds.flatMap(({ places }) => places.map((it) => ({ ...it, name: `#${it.name}` }))),
      ...direct,
    ].map(({ name, place }) => ({ label: name, value: place })),
    forward: (message, place) => act("", "forward", { message, place }),
    dismiss: (id) => (dismissed.add(id), render()),
  };
}

async function act(what, wish, fields) {
  busy.add(what);
  render();
  box.say("");
  try {
    await ask(wish, fields);
  } catch (refused) {
    box.say(refused.message);
  }
  busy.delete(what);
  render();
}

// Another user is shown with the account of the same name.
function go(user, place) {
  top.close();
  sit({ user, place, account: user === state.discord.user ? state.spotify.account : user });
}

function sit(change) {
  const { user, place } = state.discord;
  act("", "switch", { user, place, account: state.spotify.account, ...change });
}

// Typing without a focus goes into the box.
addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
  const free = document.activeElement === document.body;
  if (free && key.length === 1 && !ctrlKey && !metaKey && !altKey) box.focus();
});

setInterval(() => tick(aside) && ask("look").catch(() => {}), 250);
