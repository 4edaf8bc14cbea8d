// One message in the chat: who, when, what they said, and what can be done with it.

import { components, fileCard, picture } from "./components.js";
import { h } from "./dom.js";
import { embed } from "./embed.js";
import { avatar, sign } from "./icons.js";
import { markdown } from "./markdown.js";
import { choose } from "./popup.js";
import { clock, day } from "./time.js";

const TOGETHER = 7 * 60 * 1000; // milliseconds within which one author's messages share a head
const REPLY = 19; // Discord's type for a message that answers another one
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
    { class: "entry", oncontextmenu: (event) => onContext(event, it, room) },
    newDay(it, before) && h("p", { class: "day" }, h("span", {}, day(date))),
    h(
      "div",
      { class: tone },
      answered ? reply(answered, room) : it.invoked && invoked(it.invoked, room),
      follows
        ? h("time", { class: "margin", datetime: it.timestamp }, clock(date))
        : avatar(it.author),
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
    h("b", {}, person.global_name ?? person.username),
    " used ",
    h("span", { class: "command-name" }, command),
  );
}

// What is answered, in a line; it leads there.
function reply(answered, room) {
  const { author, content, id } = answered;
  const words = content.split("\n")[0] || "what is above";
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
    author.bot
      ? h("b", { class: "author" }, author.global_name ?? author.username)
      : h(
          "button",
          {
            type: "button",
            class: "author",
            "aria-haspopup": "menu",
            onclick: ({ currentTarget }) => userMenu(currentTarget, author, room),
          },
          author.global_name ?? author.username,
        ),
    author.bot && h("span", { class: "badge" }, "App"),
    h("time", { datetime: timestamp, title: date.toLocaleString() }, clock(date)),
  );
}

function body(it, room) {
  if (it.failed) return h("p", { class: "failed" }, "The application did not respond");
  if (it.thinking) {
    const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
    return [h("p", { class: "thinking" }, dots, `${it.author.username} is thinking…`), foot(it)];
  }
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
    foot(it),
  ];
}

// A file that an embed or a component already shows is not shown twice.
function shownElsewhere(file, it) {
  const parts = JSON.stringify([it.embeds, it.components]);
  return (
    parts.includes(JSON.stringify(file.url)) || parts.includes(`attachment://${file.filename}"`)
  );
}

const foot = ({ only_you }) =>
  only_you && h("p", { class: "foot" }, sign("eye"), "Only you can see this");

function tools(it, room) {
  if (it.thinking || it.failed) return null;
  return h(
    "button",
    {
      type: "button",
      class: "tools",
      "aria-label": "Apps for this message",
      "aria-haspopup": "menu",
      onclick: ({ currentTarget }) => messageMenu(currentTarget, it, room),
    },
    sign("more"),
  );
}

// A right click on a message opens its apps; on a link or on marked text it is the browser's.
function onContext(event, it, room) {
  const tool = event.currentTarget.querySelector(".tools");
  if (!tool || event.target.closest("a, img") || !getSelection().isCollapsed) return;
  event.preventDefault();
  messageMenu(tool, it, room);
}

async function messageMenu(anchor, it, room) {
  const [name] = (await choose(anchor, apps(3, room), { title: "Apps", role: "menu" })) ?? [];
  if (name) room.menu(name, { message: it.id });
}

async function userMenu(anchor, author, room) {
  const [name] = (await choose(anchor, apps(2, room), { title: "Apps", role: "menu" })) ?? [];
  if (name) room.menu(name, { user: author.username });
}

function apps(type, room) {
  const here = room.commands.filter((command) => command.type === type);
  return here.length
    ? here.map(({ name }) => ({ label: name, value: name }))
    : [{ label: "No app has anything for this", value: "" }];
}
