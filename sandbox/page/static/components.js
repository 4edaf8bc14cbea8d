// Discord's message components, old (rows of buttons and menus) and new (containers and sections).

import { h } from "./dom.js";
import { called, emoji } from "./emoji.js";
import { sign } from "./icons.js";
import { link } from "./inline.js";
import { markdown } from "./markdown.js";
import { choose } from "./popup.js";

const BUILD = {
  1: (row, ...rest) => h("div", { class: "row" }, components(row.components, ...rest)),
  2: button,
  3: select,
  9: section,
  10: (part, message, room) => h("div", { class: "text" }, markdown(part.content, room.world)),
  11: (part, message) => picture(part, message, "thumbnail"),
  12: gallery,
  13: (part, message) => fileCard(attachment(part.file, message, part)),
  14: separator,
  17: container,
};

/** Nodes for a list of components of `message`; `room` carries out what is pressed. */
export function components(parts, message, room) {
  return (parts ?? []).map(
    (part) =>
      BUILD[part.type]?.(part, message, room) ??
      h("p", { class: "subtext" }, `Component ${part.type}`),
  );
}

function container(part, message, room) {
  const accent = part.accent_color == null ? null : colour(part.accent_color);
  return h(
    "div",
    {
      class: `card container${accent ? " accented" : ""}`,
      style: accent ? { "--accent-bar": accent } : {},
    },
    components(part.components, message, room),
  );
}

function section(part, message, room) {
  return h(
    "div",
    { class: "section" },
    h("div", { class: "section-text" }, components(part.components, message, room)),
    part.accessory && components([part.accessory], message, room),
  );
}

function separator(part) {
  const space = part.spacing === 2 ? "wide" : "";
  return part.divider === false ? h("div", { class: `gap ${space}` }) : h("hr", { class: space });
}

function gallery(part, message) {
  const many = part.items.length > 1 ? "many" : "";
  return h(
    "div",
    { class: `gallery ${many}` },
    part.items.map((item) => picture(item, message, "")),
  );
}

/** An image that opens by itself in a new tab; its description is its alternative text. */
export function picture(item, message, kind) {
  const { url } = attachment(item.media, message, {});
  const image = h("img", { src: url, alt: item.description ?? "", loading: "lazy" });
  const node = link(url, image);
  node.classList.add("picture", ...(kind ? [kind] : []), ...(item.spoiler ? ["veiled"] : []));
  if (!item.description) node.setAttribute("aria-label", "Picture");
  return node;
}

function attachment(media, message, { name, size }) {
  const wanted = media.url.replace("attachment://", "");
  const found = message.attachments?.find(
    (file) => file.filename === wanted || file.url === media.url,
  );
  return { filename: name ?? wanted.split("/").at(-1), size, ...media, ...found };
}

/** A file to download: its name, its size, and the way to have it. */
export function fileCard(file) {
  const card = link(file.url, [
    sign("file"),
    h("span", { class: "file-name" }, file.filename),
    h("span", { class: "file-size" }, bytes(file.size)),
  ]);
  card.classList.add("card", "file");
  card.setAttribute("download", file.filename);
  card.setAttribute("aria-label", `Download ${file.filename}`);
  return card;
}

function bytes(count) {
  if (count == null) return "";
  if (count === 1) return "1 byte";
  const steps = ["bytes", "KB", "MB"];
  const step = Math.min(2, Math.floor(Math.log2(count || 1) / 10));
  return `${Number((count / 1024 ** step).toFixed(step ? 1 : 0))} ${steps[step]}`;
}

/** 0xRRGGBB as CSS. */
export const colour = (number) => `#${number.toString(16).padStart(6, "0")}`;

function button(part, message, room) {
  const label = [emoji(part.emoji), part.label && h("span", {}, part.label)];
  const name = part.label ? null : part.emoji ? called(part.emoji) : "Button";
  const bare = part.label ? "" : " bare";
  if (part.style === 5 && !part.disabled) {
    const node = link(part.url, [label, sign("out")]);
    node.className = `button s5${bare}`;
    if (name) (node.setAttribute("aria-label", name), (node.title = name));
    return node;
  }
  const busy = room.busy.has(`${message.id} ${part.custom_id}`);
  return h(
    "button",
    {
      type: "button",
      class: `button s${part.style}${bare}`,
      key: part.custom_id ?? part.url,
      disabled: part.disabled,
      "aria-busy": busy && "true",
      "aria-label": name,
      title: name,
      onclick: () => busy || room.press(message, part.custom_id),
    },
    label,
    part.style === 5 && sign("out"),
    busy && dots(),
  );
}

function select(part, message, room) {
  const options = part.options.map((option) => ({
    ...option,
    selected: option.default,
  }));
  const given = options.filter((option) => option.selected);
  const title = part.placeholder ?? "Make a selection";
  const index = selects(message.components).findIndex(
    (other) => other.custom_id === part.custom_id,
  );
  const busy = room.busy.has(`${message.id} ${part.custom_id}`);
  const open = async ({ currentTarget }) => {
    const { min_values: least = 1, max_values: most = 1 } = part;
    const values = await choose(currentTarget, options, { title, least, most });
    if (values) room.pick(message, values, index, part.custom_id);
  };
  return h(
    "button",
    {
      type: "button",
      class: "select",
      key: part.custom_id,
      disabled: part.disabled,
      "aria-haspopup": "listbox",
      "aria-expanded": "false",
      "aria-busy": busy && "true",
      onclick: (event) => busy || open(event),
    },
    chosen(given, title),
    busy ? dots() : sign("down"),
  );
}

/** What a closed menu says: its options that are `given`, or else `title`. */
export const chosen = (given, title) =>
  given.length
    ? h(
        "span",
        { class: "chosen" },
        given.length === 1 && emoji(given[0].emoji),
        h("span", {}, given.map(({ label }) => label).join(", ")),
      )
    : h("span", { class: "placeholder" }, title);

/** Three dots: something is on its way. */
export const dots = () =>
  h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));

// All select menus of a message in reading order, wherever they stand.
function selects(parts) {
  return (parts ?? []).flatMap((part) =>
    part.type === 3 ? [part] : selects(part.components),
  );
}
