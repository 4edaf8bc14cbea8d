// The websocket: receives the state, sends actions, and matches their results.

/** The server refused an action; the message is a sentence for the user. */
class Refused extends Error {}

/**
 * Opens the connection and keeps it open. `onState(state)` at every push, `onOpen(open)` when it opens
 * and closes. Returns `ask(action, fields)`, a promise of the result.
 */
export function connect({ onState, onOpen }) {
  const waiting = new Map();
  let socket;
  let count = 0;

  function open() {
    socket = new WebSocket(new URL("live", location.href.replace(/^http/, "ws")));
    socket.onopen = () => onOpen(true);
    socket.onmessage = ({ data }) => {
      const said = JSON.parse(data);
      if (said.discord) return onState(said);
      const { resolve, reject } = waiting.get(said.id) ?? {};
      waiting.delete(said.id);
      if (said.refused) reject?.(new Refused(said.refused));
      else resolve?.(said.result);
    };
    socket.onclose = () => {
      onOpen(false);
      for (const { reject } of waiting.values()) reject(new Refused("Demo stopped."));
      waiting.clear();
      setTimeout(open, 1500);
    };
  }

  open();
  return (action, fields = {}) =>
    new Promise((resolve, reject) => {
      if (socket.readyState !== WebSocket.OPEN) return reject(new Refused("Demo stopped."));
      const id = ++count;
      waiting.set(id, { resolve, reject });
      socket.send(JSON.stringify({ id, do: action, ...fields }));
    });
}

/** Files as the server expects them: name → contents in base64. */
export async function contents(files) {
  const read = async (file) => [file.name, base64(new Uint8Array(await file.arrayBuffer()))];
  return Object.fromEntries(await Promise.all([...files].map(read)));
}

function base64(bytes) {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192)
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(text);
}
