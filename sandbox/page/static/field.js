// One field of a modal: what is shown, and what was filled in.

import { chosen } from "./components.js";
import { h } from "./dom.js";
import { sign } from "./icons.js";
import { choose } from "./popup.js";
import { contents } from "./wire.js";

const MAKE = { 4: written, 19: upload, 3: menu };

/**
 * A field for an input component with its `label` and `description`.
 *
 * Returns {node, id, kind, read, lacking}: `read()` is a text or a list of values, or, if `kind` is
 * "files" and not "values", the files. `lacking()` is a sentence about a missing menu choice; the
 * browser checks the other fields.
 */
export function field(part) {
  const required = part.required ?? true;
  const { control, read, lacking, kind = "values" } = MAKE[part.type](part, required);
  const star = required && h("i", { "aria-hidden": "true" }, "*");
  const node = h(
    "label",
    { class: "modal-field" },
    h("span", { class: "modal-label" }, part.label, star),
    part.description && h("span", { class: "modal-about" }, part.description),
    control,
  );
  return { node, id: part.custom_id, kind, read, lacking: () => lacking?.() ?? "" };
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

function menu(part, required) {
  const title = part.placeholder ?? "Make a selection";
  const options = part.options;
  const { min_values: least = 1, max_values: most = 1 } = part;
  let values = options.filter((it) => it.default).map((it) => it.value);
  const words = () =>
    chosen(
      options.filter((it) => values.includes(it.value)),
      title,
    );
  const onclick = async () => {
    const shown = options.map((it) => ({ ...it, selected: values.includes(it.value) }));
    const picked = await choose(control, shown, { title, least: required ? least : 0, most });
    if (!picked) return;
    values = picked;
    control.firstElementChild.replaceWith(words());
  };
  const props = { type: "button", class: "select", "aria-haspopup": "listbox", onclick };
  const control = h("button", { ...props, "aria-expanded": "false" }, words(), sign("down"));
  const lacking = () => {
    if (!required || values.length >= least) return "";
    control.focus();
    return `“${part.label}” is required.`;
  };
  return { control, lacking, read: () => values };
}
