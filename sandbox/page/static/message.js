// One message in the chat: who, when, what they said, and what can be done with it.

import { components, dots, fileCard, picture } from "./components.js";
import { h } from "./dom.js";
import { embed } from "./embed.js";
import { avatar, sign } from "./icons.js";
import { markdown } from "./markdown.js";
import { menuAt, messageMenu, userMenu } from "./menus.js";
import { clock, day } from "./time.js";

const TOGETHER = 7 * 60 * 1000; // milliseconds within which one author's messages share a head
const REPLY = 19; // Discord's type for a message that answers another one
const ROW = 1; // of buttons or a menu
const BUTTON = 2;
const PICTURE = /^image\/(png|jpeg|gif|webp)/;

// Whether `message` goes on where `before` ended: the same author, soon after, unasked.
function continues(message, before) {
  return (
    before !== undefined &&
    !message.invoked &&
    !message.message_reference &&
    !before.only_you &&
    before.author.id === message.author.id &&
    Date.parse(message.timestamp) - Date.parse(before.timestamp) < TOGETHER &&
    !newDay(message, before)
  );
}

// Whether a line with the date belongs between `before` and `message`.
function newDay(message, before) {
  const date = (m) => m && new Date(m.timestamp).toDateString();
  return date(message) !== date(before);
}

/** An article. `before` is the message above it; `room` does what is pressed. */
export function message(it, before, room) {
  const follows = continues(it, before);
  const answered = it.type === REPLY && room.find(it.message_reference.message_id);
  const date = new Date(it.timestamp);
  const mine = it.mention_everyone || it.mentions?.some((user) => user.username === room.user);
  const tone = `message${follows ? " follows" : ""}${it.only_you ? " only-you" : ""}${mine ? " mentions" : ""}`;
  return h(
    "article",
    { class: "entry", ...(hasMenu(it) && forMessage(it, room)) },
    newDay(it, before) && h("p", { class: "day" }, h("span", {}, day(date))),
    h(
      "div",
      { class: tone },
      answered ? reply(answered, room) : it.invoked && invoked(it.invoked, room),
      follows
        ? h("time", { class: "margin", datetime: it.timestamp }, clock(date))
        : h("span", { class: "face", ...forUser(it.author, room) }, avatar(it.author)),
      !follows && head(it, date, room),
      h("div", { class: "body" }, body(it, room)),
      tools(it, room),
    ),
  );
}

function invoked({ user, command }, room) {
  const person = room.person(user);
  return h(
    "p",
    { class: "invoked" },
    avatar(person, "tiny"),
    name(person, room),
    " used ",
    h("span", { class: "command-name" }, command),
  );
}

// The message that this one replies to, in one line with a link.
function reply(answered, room) {
  const { author, content, id } = answered;
  const words = content.split("\n")[0] || "Click to see attachment";
  return h(
    "p",
    { class: "invoked reply" },
    avatar(author, "tiny"),
    h("b", {}, author.global_name ?? author.username),
    h("button", { type: "button", onclick: () => room.show(id) }, words),
  );
}

function head({ author, timestamp }, date, room) {
  return h(
    "p",
    { class: "head" },
    name(author, room),
    author.bot && h("span", { class: "badge" }, "App"),
    h("time", { datetime: timestamp, title: date.toLocaleString() }, clock(date)),
  );
}

// A user's name opens a menu; the bot's opens by a right click or a long touch only.
function name(user, room) {
  const known = user.global_name ?? user.username;
  if (user.bot) return h("b", { class: "author", ...forUser(user, room) }, known);
  const onclick = ({ currentTarget }) => userMenu(currentTarget, user, room);
  const props = { type: "button", class: "author", "aria-haspopup": "menu", onclick };
  return h("button", { ...props, ...forUser(user, room) }, known);
}

function body(it, room) {
  if (it.failed) return h("p", { class: "failed" }, "The application did not respond");
  if (it.thinking) {
    const words = `${it.author.username} is thinking…`;
    return [h("p", { class: "thinking" }, dots(), words), foot(it, room)];
  }
  const forwards = it.message_snapshots?.map(({ message }) => forwarded(message, room)) ?? [];
  return [forwards, contents(it, room), foot(it, room)];
}

// What was written elsewhere; what could be pressed there cannot be here.
function forwarded(snapshot, room) {
  const it = { ...snapshot, components: still(snapshot.components) };
  const date = new Date(it.timestamp);
  return h(
    "blockquote",
    { class: "forwarded" },
    h("p", { class: "forwarded-head" }, sign("forward"), "Forwarded"),
    contents(it, room),
    h("time", { datetime: it.timestamp }, `${day(date)}, ${clock(date)}`),
  );
}

const still = (parts = []) =>
  parts
    .filter(({ type }) => type !== ROW)
    .map((part) => (part.components ? { ...part, components: still(part.components) } : part))
    .map((part) => (part.accessory?.type === BUTTON ? { ...part, accessory: null } : part));

function contents(it, room) {
  const files = it.attachments?.filter((file) => !shownElsewhere(file, it)) ?? [];
  const edited = it.edited_timestamp && h("span", { class: "edited" }, " (edited)");
  const said = it.content
    ? h("div", { class: "text content" }, markdown(it.content, room.world), edited)
    : null;
  return [
    said,
    files.map((file) =>
      PICTURE.test(file.content_type)
        ? picture({ media: file, description: file.description ?? file.filename }, it, "image")
        : fileCard(file),
    ),
    it.embeds?.map((card) => embed(card, it, room)),
    components(it.components, it, room),
    !said && edited && h("p", { class: "edited" }, "(edited)"),
  ];
}

// A file that an embed or a component already shows is not shown twice.
function shownElsewhere(file, it) {
  const parts = JSON.stringify([it.embeds, it.components]);
  return (
    parts.includes(JSON.stringify(file.url)) || parts.includes(`attachment://${file.filename}"`)
  );
}

function foot({ id, only_you, thinking }, room) {
  if (!only_you) return null;
  const onclick = () => room.dismiss(id);
  const dismiss = h("button", { type: "button", class: "link", onclick }, "Dismiss message");
  const words = "Only you can see this";
  return h("p", { class: "foot" }, sign("eye"), words, !thinking && [" · ", dismiss]);
}

const hasMenu = ({ thinking, failed }) => !thinking && !failed;

const toolOf = (id) => document.getElementById(`tools-${id}`);
const forMessage = (it, room) => menuAt((at) => messageMenu(toolOf(it.id), it, room, at));
const forUser = (user, room) => menuAt((at) => userMenu(null, user, room, at));

function tools(it, room) {
  if (!hasMenu(it)) return null;
  return h(
    "button",
    {
      type: "button",
      id: `tools-${it.id}`,
      class: "tools",
      title: "Apps",
      "aria-label": "Apps for this message",
      "aria-haspopup": "menu",
      onclick: ({ currentTarget }) => messageMenu(currentTarget, it, room),
    },
    sign("more"),
  );
}
