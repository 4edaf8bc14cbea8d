// One field of a modal: what is shown, and what was filled in.

import { h } from "./dom.js";
import { contents } from "./wire.js";

const MAKE = { 4: written, 19: upload, 21: ticks, 22: ticks, 23: tick }; // all others are menus

/**
 * A field for an input component with its `label` and `description`.
 *
 * Returns {node, id, kind, read}: `read()` is a text, a list of values, a truth, or, where `kind`
 * is "files" and not "values", the files.
 */
export function field(part, room) {
  const required = part.required ?? true;
  const { control, read, group, kind = "values" } = (MAKE[part.type] ?? menu)(part, required, room);
  const star = required && h("i", { "aria-hidden": "true" }, "*");
  const node = h(
    group ? "fieldset" : "label",
    { class: "modal-field" },
    h(group ? "legend" : "span", { class: "modal-label" }, part.label, star),
    part.description && h("span", { class: "modal-about" }, part.description),
    control,
  );
  return { node, id: part.custom_id, kind, read };
}

function written(part, required) {
  const { min_length: minlength, max_length: maxlength = 4000, placeholder, value } = part;
  const props = { required, minlength, maxlength, placeholder };
  const control =
    part.style === 2
      ? h("textarea", { ...props, rows: 4 }, value ?? "")
      : h("input", { type: "text", ...props, value });
  return { control, read: () => control.value };
}

function upload(part, required) {
  const control = h("input", { type: "file", required, multiple: (part.max_values ?? 1) > 1 });
  return { control, kind: "files", read: () => contents(control.files) };
}

function ticks(part, required) {
  const type = part.type === 21 ? "radio" : "checkbox";
  const name = part.custom_id;
  const one = ({ value, label, description, default: checked }) =>
    h(
      "label",
      { class: "tick" },
      h("input", { type, name, value, checked, required: required && type === "radio" }),
      h("span", {}, label, description && h("small", {}, description)),
    );
  const control = h("div", { class: "ticks" }, part.options.map(one));
  const read = () => [...control.querySelectorAll(":checked")].map((it) => it.value);
  return { control, read, group: true };
}

function tick(part) {
  const control = h("input", { type: "checkbox", checked: part.default });
  return { control, read: () => control.checked };
}

function menu(part, required, room) {
  const options = part.options ?? room.offered(part.type);
  const several = (part.max_values ?? 1) > 1;
  const control = h(
    "select",
    { required, multiple: several },
    !several && h("option", { value: "" }, part.placeholder ?? "Make a selection"),
    options.map((it) => h("option", { value: it.value, selected: it.default }, it.label)),
  );
  const read = () => [...control.selectedOptions].map((it) => it.value).filter(Boolean);
  return { control, read };
}
