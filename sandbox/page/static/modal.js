// A modal that the bot opens in response to a press or a command.

import { h } from "./dom.js";
import { field } from "./field.js";
import { sign } from "./icons.js";
import { markdown } from "./markdown.js";

/**
 * Shows modals in `dialog`. `ask(action, fields)` sends an action to the server.
 *
 * Returns `update(modal, room)`; the same modal again keeps the typed values.
 */
export function modals(dialog, { ask }) {
  let shown = "";
  let sent = false;
  let fields = []; // {node, id, kind, read, lacking}, as field.js makes them

  dialog.oncancel = (event) => {
    event.preventDefault();
    leave();
  };

  function leave() {
    close();
    ask("dismiss").catch(() => {});
  }

  function close() {
    dialog.close();
    dialog.replaceChildren();
  }

  async function submit(event) {
    event.preventDefault();
    const form = event.currentTarget;
    if (sent) return;
    const alert = form.querySelector("[role=alert]");
    alert.textContent = fields.reduce((said, it) => said || it.lacking(), "");
    if (alert.textContent) return;
    sent = true;
    try {
      await ask("submit", { values: await read("values"), files: await read("files") });
      if (form.isConnected) close();
    } catch (refused) {
      alert.textContent = refused.message;
    } finally {
      sent = false;
    }
  }

  const read = async (kind) => {
    const wanted = fields.filter((it) => it.kind === kind);
    return Object.fromEntries(
      await Promise.all(wanted.map(async (it) => [it.id, await it.read()])),
    );
  };

  function piece(part, room) {
    if (part.type === 10) return h("div", { class: "text" }, markdown(part.content, room.world));
    const labelled = part.type === 1 ? part.components : [{ ...part, ...part.component }];
    const made = labelled.map((it) => field(it));
    fields.push(...made);
    return made.map(({ node }) => node);
  }

  return (modal, room) => {
    const now = modal ? JSON.stringify(modal) : "";
    if (now === shown) return;
    shown = now;
    if (!modal) return dialog.open ? close() : undefined;
    fields = [];
    dialog.setAttribute("aria-labelledby", "modal-title");
    dialog.replaceChildren(
      h(
        "form",
        { method: "dialog", onsubmit: submit },
        h(
          "header",
          {},
          h("h2", { id: "modal-title" }, modal.title),
          h(
            "button",
            { type: "button", class: "icon", "aria-label": "Close", onclick: leave },
            sign("close"),
          ),
        ),
        h(
          "div",
          { class: "modal-parts" },
          modal.components.map((part) => piece(part, room)),
        ),
        h("p", { role: "alert", class: "notice" }),
        h(
          "footer",
          {},
          h("button", { type: "button", class: "button s2", onclick: leave }, "Cancel"),
          h("button", { type: "submit", class: "button s1" }, "Submit"),
        ),
      ),
    );
    if (!dialog.open) dialog.showModal();
    dialog.querySelector("input, textarea, .select")?.focus();
  };
}
