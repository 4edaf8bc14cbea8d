// A slash command while its options are filled in: one small field each, with its choices.

import { line, ownChoices } from "./commands.js";
import { h } from "./dom.js";
import { combobox } from "./suggest.js";
import { contents } from "./wire.js";

const PAUSE = 120; // milliseconds of quiet before choices are asked for
const KEYBOARDS = { 4: "numeric", 10: "decimal" };
const ATTACHMENT = 11;

/**
 * Fills commands in, inside `bar`. `list` shows choices, `ask` gets the bot's autocomplete choices,
 * `onLeave(text)` takes over when the user deletes the command itself.
 */
export function filling(bar, { list, ask, onLeave }) {
  let command = null;
  let fields = []; // {option, input, label, value}: value is set where a choice was taken
  let asked = 0;

  const tail = () => bar.lastElementChild;
  const left = () =>
    command.options.filter(({ name }) => !fields.some(({ option }) => option.name === name));
  const written = () => fields.filter(({ input }) => input.value.trim());
  const pair = ({ option, input, value }) => [
    option.name,
    value ?? input.files?.[0].name ?? input.value.trim(),
  ];
  // Where the person goes on: the first required option without a value, or the end.
  const next = () =>
    fields.find(({ option, input }) => option.required && !input.value)?.input ?? tail();

  function begin(wanted, values = new Map()) {
    command = wanted;
    fields = [];
    list.hide();
    const ready = `/${command.name}, ready to send`;
    const end = { class: "tail", "aria-label": ready, oninput: onTail, onfocus: onTail };
    bar.replaceChildren(
      h("span", { class: "command" }, `/${command.name}`),
      combobox({ ...end, onblur: () => list.hide() }),
    );
    for (const option of command.options)
      if (option.required || values.has(option.name)) add(option, values.get(option.name));
    tip();
    const [given] = [...values.keys()].slice(-1); // continue typing in the last field
    (fields.find(({ option }) => option.name === given)?.input ?? next()).focus();
  }

  function add(option, value = "") {
    const field = { option, value: null };
    const about = {
      "aria-label": option.name,
      "aria-description": option.description,
      "aria-required": String(Boolean(option.required)),
    };
    if (option.type === ATTACHMENT) {
      field.input = h("input", { ...about, type: "file", onchange: () => onField(field) });
    } else {
      field.input = combobox({
        ...about,
        inputmode: KEYBOARDS[option.type],
        oninput: () => onField(field),
        onfocus: () => offer(field),
        onblur: () => list.hide(),
      });
      field.input.value = value;
    }
    field.label = h("label", { class: "option" }, h("span", {}, option.name), field.input);
    fields.push(field);
    tail().before(field.label);
    tip();
    return field.input;
  }

  function tip() {
    const count = left().length;
    tail().placeholder = count ? `+${count} optional` : fields.length ? "" : "Enter sends it";
  }

  // Behind the last option, the ones that are left can be had by name.
  function onTail() {
    const typed = tail().value.trim();
    const named = left().find(({ name }) => typed === `${name}:`);
    if (named) return goTo(named);
    const found = left().filter(({ name }) => name.startsWith(typed));
    if (!found.length) return list.hide();
    list.show(
      tail(),
      found.map((option) => ({ label: option.name, about: option.description, option })),
      { title: "Options", first: typed !== "", onTake: ({ option }) => goTo(option) },
    );
  }

  function goTo(option) {
    tail().value = "";
    add(option).focus();
  }

  function onField(field) {
    field.value = null;
    field.label.classList.remove("missing");
    if (field.input.files) return next().focus();
    const [, before, name] = /^(.*?)(?:^|\s)([^\s:]+):$/.exec(field.input.value) ?? [];
    const other = left().find((it) => it.name === name);
    if (other || name === field.option.name) field.input.value = before;
    if (other) goTo(other);
    else offer(field);
  }

  function offer(field) {
    const { option, input } = field;
    const turn = ++asked;
    const show = (choices, first, note = option.description) =>
      list.show(
        input,
        choices.map(({ name, value }) => ({ label: name, value })),
        { title: option.name, note, first, onTake: (it) => take(field, it) },
      );
    const own = ownChoices(option);
    if (own) {
      const typed = input.value.toLowerCase();
      const named = own.some((it) => [it.name, `${it.value}`].includes(input.value));
      const found = own.filter(({ name }) => named || name.toLowerCase().includes(typed));
      return show(found, !named); // what is named already needs no other choice
    }
    if (!option.autocomplete) return show([], false);
    if (!list.wait(input)) show([], false, "Loading options…"); // older ones stay till then
    setTimeout(() => turn === asked && complete(field, turn, show), PAUSE);
  }

  async function complete(field, turn, show) {
    const others = written().filter((other) => other !== field);
    const asking = ask("complete", { line: line(command, [...others, field].map(pair)) });
    const choices = await asking.catch(() => null);
    if (turn !== asked || document.activeElement !== field.input) return;
    if (choices?.length) show(choices, false);
    else show([], false, choices ? "No options match this." : "Loading options failed.");
  }

  function take(field, { label, value }) {
    field.input.value = label;
    field.value = value;
    next().focus();
  }

  // From an empty option to the one before it; from the first, back to the command's name.
  function back(from) {
    const at = fields.findIndex(({ input }) => input === from);
    const before = fields.at(at < 0 ? -1 : at - 1);
    if (at === 0 || !before) {
      onLeave(`/${command.name}`);
    } else {
      before.input.focus();
      if (at > 0 && !fields[at].option.required) fields.splice(at, 1)[0].label.remove();
      tip();
    }
    return true;
  }

  /** Why it cannot be sent yet, which is shown where it is; empty where it can. */
  function lacking() {
    const stray = tail().value.trim();
    if (stray) return `There is no option “${stray}” here.`;
    const field = fields.find(({ option, input }) => option.required && !input.value.trim());
    field?.label.classList.add("missing");
    field?.input.focus();
    return field ? `“${field.option.name}” is required.` : "";
  }

  return {
    begin,
    back,
    lacking,
    line: () => line(command, written().map(pair)),
    /** A promise of the contents of the chosen files by name. */
    files: () => contents(written().flatMap(({ input }) => [...(input.files ?? [])])),
    end() {
      command = null;
      asked++;
    },
    get open() {
      return command !== null;
    },
  };
}
