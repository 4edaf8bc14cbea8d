// The box at the bottom: an ordinary message, or a slash command with its options.

import { matching, parse, runnable } from "./commands.js";
import { h } from "./dom.js";
import { filling } from "./filling.js";
import { sign } from "./icons.js";
import { combobox, suggestions } from "./suggest.js";

/**
 * Builds the box into `form`. `ask(action, fields)` sends an action to the server.
 *
 * Returns `update({placeholder, commands})` for another user or channel, `say(text)` for a notice,
 * `type(text)` to write into the box, and `focus()`.
 */
export function compose(form, { ask }) {
  const notice = h("p", { class: "notice", role: "alert" });
  const box = h("div", { class: "suggest", hidden: true });
  const bar = h("div", { class: "bar" });
  const send = h("button", { type: "submit", class: "send", "aria-label": "Send" }, sign("send"));
  form.append(notice, box, h("div", { class: "bar-row" }, bar, send));

  const list = suggestions(box);
  const command = filling(bar, { list, ask, onLeave: retype });
  let commands = [];
  let placeholder = "";
  let last = ""; // the last sent text, for the arrow up

  const say = (words) => (notice.textContent = words);
  const words = () => (command.open ? "" : bar.firstElementChild.value);

  function asText(value = "") {
    command.end();
    list.hide();
    const text = combobox({
      class: "words",
      placeholder,
      "aria-label": placeholder,
      oninput: onWords,
      onblur: () => list.hide(),
    });
    text.value = value;
    bar.replaceChildren(text);
    return text;
  }

  function retype(line) {
    const text = asText(line);
    text.focus();
    text.dispatchEvent(new Event("input"));
  }

  function onWords({ currentTarget: text }) {
    say("");
    if (!text.value.startsWith("/")) return list.hide();
    const typed = text.value.slice(1);
    const whole = parse(text.value, commands);
    const longer = commands.some(({ name }) => name.startsWith(`${typed.trim()} `));
    if (whole && !longer && typed.length > whole.command.name.length)
      return command.begin(whole.command, whole.values);
    const found = matching(commands, typed).map((it) => ({
      label: `/${it.name}`,
      about: it.description,
      it,
    }));
    list.show(text, found, {
      title: "Commands",
      note: found.length ? "" : "No such command.",
      first: true,
      onTake: ({ it }) => command.begin(it),
    });
  }

  form.onsubmit = (event) => {
    event.preventDefault();
    say("");
    const text = words().trim();
    const whole = text.startsWith("/") && parse(text, commands);
    if (whole) command.begin(whole.command, whole.values);
    if (command.open) {
      const lacking = command.lacking();
      return lacking ? say(lacking) : tell("run", { line: command.line(), files: command.files() });
    }
    if (text.startsWith("/")) say(`There is no command ${text.split(" ")[0]} here.`);
    else if (text) tell("say", { content: text });
  };

  // Empties the box at once; a refused text comes back with the reason.
  async function tell(action, fields) {
    const text = (last = fields.line ?? fields.content);
    asText().focus();
    try {
      await ask(action, { ...fields, files: await fields.files });
    } catch (refused) {
      if (!command.open && !words()) retype(text);
      list.hide();
      say(refused.message);
    }
  }

  form.onkeydown = (event) => {
    const { key, target, shiftKey, isComposing } = event;
    if (target === send || isComposing) return;
    const keys = {
      ArrowDown: () => list.step(1),
      ArrowUp: () => list.step(-1) || recall(),
      Enter: () => list.accept() || submit(),
      Tab: () => !shiftKey && list.accept(),
      Escape: () => escape(),
      Backspace: () => command.open && target.value === "" && command.back(target),
    };
    if (keys[key]?.()) event.preventDefault();
  };

  function submit() {
    form.requestSubmit();
    return true;
  }

  // In an empty box, the arrow up restores the last sent text.
  function recall() {
    if (command.open || words() || !last) return false;
    retype(last);
    return true;
  }

  function escape() {
    if (list.open) list.hide();
    else if (command.open) asText().focus();
    return true;
  }

  function update(here) {
    const next = runnable(here.commands);
    const same = JSON.stringify(next) === JSON.stringify(commands);
    commands = next;
    if (same && placeholder === here.placeholder) return;
    placeholder = here.placeholder;
    const focused = bar.contains(document.activeElement);
    const text = asText(words());
    if (focused) text.focus();
  }

  asText();
  return { update, say, type: retype, focus: () => (bar.querySelector("input") ?? bar).focus() };
}
