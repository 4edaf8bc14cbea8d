// The right side: one account of the simulated Spotify, as its user sees it.

import { h, patch } from "./dom.js";
import { sign } from "./icons.js";
import { length } from "./time.js";

const DEVICE_SIGNS = {
  computer: "computer",
  smartphone: "smartphone",
  speaker: "speaker",
  tv: "tv",
};

let playing = null; // what plays, with the moment at which we were told

/** Brings `aside` up to date with Spotify's view; `watch(account)` shows another one. */
export function spotify(aside, view, actions) {
  const { watch, play, close, toggleDevice, scenarios, switchScenario } = actions;
  playing = view.playing && { ...view.playing, told: performance.now() };
  patch(
    aside,
    h(
      "aside",
      { id: aside.id, "aria-label": "Simulated Spotify" },
      head(view, watch, close),
      playing ? deck(playing) : silence(),
      modes(view, play),
      part(
        "Devices",
        view.devices.filter((it) => it.open).length,
        h("ul", { class: "devices" }, view.devices.map((it) => device(it, toggleDevice))),
      ),
      part(
        "What if…",
        null,
        h("ul", { class: "scenarios" }, scenarios.map((it) => scenario(it, switchScenario))),
      ),
      view.queue.length > 0 && part("Up next", view.queue.length, tracks(view.queue, "few")),
      part("Liked songs", view.liked_total.toLocaleString(), tracks(view.liked)),
      part("Last calls", null, h("ol", { class: "calls" }, view.calls.map(call))),
    ),
  );
  aside.querySelector("select").value = view.account;
}

function head(view, watch, close) {
  return h(
    "header",
    {},
    h("h2", {}, "Spotify"),
    h(
      "select",
      { "aria-label": "Whose account", onchange: ({ target }) => watch(target.value) },
      view.accounts.map((name) =>
        h("option", { value: name }, name[0].toUpperCase() + name.slice(1)),
      ),
    ),
    h("span", { class: "badge" }, view.premium ? "Premium" : "Free"),
    h(
      "button",
      { type: "button", class: "icon close", "aria-label": "Close", onclick: close },
      sign("close"),
    ),
  );
}

// The cover stands whole and uncovered in front; the record and the arm are beside it.
function deck(it) {
  const cover =
    it.image && h("img", { class: "cover", src: it.image, alt: `Cover of ${it.album}` });
  return h(
    "section",
    { class: it.is_playing ? "now playing" : "now", "aria-label": "Now playing", style: share() },
    h(
      "div",
      { class: "deck" },
      h("div", { class: "disc", "aria-hidden": "true" }),
      h(
        "svg",
        { class: "tonearm", viewBox: "0 0 40 150", "aria-hidden": "true" },
        h("path", { d: "M30 12v78l-16 38" }),
        h("circle", { cx: 30, cy: 12, r: 9 }),
        h("path", { class: "shell", d: "M16 123l-6 14" }),
      ),
      cover ?? h("div", { class: "cover none" }),
    ),
    h(
      "p",
      { class: "track-name" },
      it.url ? h("a", { href: it.url, target: "_blank", rel: "noreferrer" }, it.name) : it.name,
    ),
    h("p", { class: "track-by" }, names(it.artists)),
    h("p", { class: "track-album" }, it.album),
    h(
      "div",
      {
        class: "progress",
        role: "progressbar",
        "aria-label": "Progress",
        "aria-valuemin": 0,
        "aria-valuemax": Math.round(it.duration_ms / 1000),
        "aria-valuenow": Math.round(progress() / 1000),
        "aria-valuetext": `${length(progress())} of ${length(it.duration_ms)}`,
      },
      h("i"),
    ),
    h(
      "p",
      { class: "times" },
      h("span", { class: "elapsed" }, length(progress())),
      h("span", {}, length(it.duration_ms)),
    ),
  );
}

const silence = () =>
  h(
    "section",
    { class: "now silent", "aria-label": "Now playing" },
    h("div", { class: "deck" }, h("div", { class: "disc" })),
    h("p", {}, "Nothing is playing."),
  );

const names = (artists) =>
  Array.isArray(artists) ? artists.map((it) => it.name ?? it).join(", ") : artists;

/** How far the track is by now, in milliseconds. */
function progress() {
  const since = playing.is_playing ? performance.now() - playing.told : 0;
  return Math.min(playing.progress_ms + since, playing.duration_ms);
}

const share = () => ({ "--share": (progress() / Math.max(1, playing.duration_ms)).toFixed(4) });

/** Moves the progress on; true once when the track must have ended. */
export function tick(aside) {
  if (!playing) return false;
  aside.querySelector(".now").style.setProperty("--share", share()["--share"]);
  aside.querySelector(".elapsed").textContent = length(progress());
  const ended = playing.is_playing && progress() >= playing.duration_ms;
  if (ended) playing.is_playing = false;
  return ended;
}

// Their own hand on their own player; how it is set, for reading alone.
const modes = ({ shuffle, repeat }, play) =>
  h(
    "ul",
    { class: "modes" },
    h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "play", onclick: play },
        sign(playing?.is_playing ? "pause" : "play"),
        playing?.is_playing ? "Pause" : "Play",
      ),
    ),
    h(
      "li",
      { class: shuffle ? "on" : "" },
      sign("shuffle"),
      shuffle ? "Shuffle on" : "Shuffle off",
    ),
    h(
      "li",
      { class: repeat !== "off" ? "on" : "" },
      sign("repeat"),
      { off: "Repeat off", track: "Repeat track", context: "Repeat all" }[repeat],
    ),
  );

const part = (name, count, ...children) =>
  h(
    "section",
    { key: name, class: "part", "aria-label": name },
    h("h3", {}, name, count != null && h("span", {}, count)),
    children,
  );

// A click closes Spotify on the device, or opens it there.
function device(it, toggle) {
  const type = DEVICE_SIGNS[it.type?.toLowerCase()] ?? "speaker";
  const state = !it.open ? "Closed" : it.restricted ? "Restricted" : it.active ? "Active" : "";
  return h(
    "li",
    { class: it.active ? "active" : "", "aria-current": it.active && "true" },
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(it.open),
        title: it.open ? "Close Spotify on it" : "Open Spotify on it",
        onclick: () => toggle(it.name),
      },
      sign(type),
      h("span", { class: "device-name" }, it.name),
      state && h("span", { class: "device-state" }, state),
      it.open &&
        it.volume != null &&
        h(
          "span",
          { class: "device-volume", "aria-label": `Volume ${it.volume} %` },
          sign("volume"),
          `${it.volume} %`,
        ),
    ),
  );
}

const scenario = ({ name, label, on }, toggle) =>
  h(
    "li",
    {},
    h(
      "button",
      { type: "button", "aria-pressed": String(on), onclick: () => toggle(name, !on) },
      label,
    ),
  );

const tracks = (list, few = "") =>
  h(
    "ol",
    { class: `tracks ${few}`, tabindex: list.length > 4 ? 0 : null },
    list.map((it) =>
      h(
        "li",
        {},
        it.image && h("img", { src: it.image, alt: "", loading: "lazy" }),
        h("span", { class: "track-name" }, it.name),
        h("span", { class: "track-by" }, names(it.artists)),
      ),
    ),
  );

function call(text) {
  const [what, status] = text.split(" → ");
  const [method, ...path] = what.split(" ");
  const tone = status >= "400" ? "bad" : "";
  return h(
    "li",
    {},
    h("b", {}, method),
    h("span", {}, path.join(" ")),
    h("span", { class: `status ${tone}` }, status),
  );
}
