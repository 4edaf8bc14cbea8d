// Builds elements, and brings what is on the screen up to date without replacing it:
// focus, scroll and open things survive.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "g", "rect", "text", "line"]);

/**
 * An element. Children are nodes, text, or lists of them; null and false are left out.
 *
 * Text is always text: nothing here reads HTML. Props: `key` tells siblings apart, `on…` are
 * handlers, `style` is an object, `true` is an empty attribute; null and false are left out.
 */
export function h(tag, props, ...children) {
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  node.handlers = [];
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value == null || value === false) continue;
    if (name === "key") node.key = String(value);
    else if (name === "style") setStyle(node, value);
    else if (name.startsWith("on")) (node.handlers.push(name), (node[name] = value));
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return node;
}

// Through the object model, because the page's policy forbids style attributes.
function setStyle(node, style) {
  for (const [name, value] of Object.entries(style)) node.style.setProperty(name, value);
}

/** Makes `old` like `next` and returns the node that is now in place. */
export function patch(old, next) {
  if (old === next) return old;
  if (old.nodeName !== next.nodeName || old.key !== next.key) {
    old.replaceWith(next);
    return next;
  }
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return old;
  }
  patchAttributes(old, next);
  patchChildren(old, [...next.childNodes]);
  return old;
}

// What the person did to an element themselves, or what goes through the object model.
const THEIRS = new Set(["style", "open"]);

function patchAttributes(old, next) {
  for (const { name } of [...old.attributes])
    if (!THEIRS.has(name) && !next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes)
    if (!THEIRS.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
  if (old.style.cssText !== next.style.cssText) old.style.cssText = next.style.cssText;
  for (const name of old.handlers ?? []) old[name] = null;
  for (const name of next.handlers ?? []) old[name] = next[name];
  old.handlers = next.handlers;
}

function patchChildren(parent, wanted) {
  const keys = new Set(wanted.map((node) => node.key).filter(Boolean));
  const keyed = new Map();
  for (const node of [...parent.childNodes]) {
    if (keys.has(node.key)) keyed.set(node.key, node);
    else if (node.key) node.remove();
  }
  let here = parent.firstChild;
  for (const next of wanted) {
    const old = next.key ? keyed.get(next.key) : here?.key ? null : here;
    if (!old) {
      parent.insertBefore(next, here);
    } else if (old === here) {
      here = patch(old, next).nextSibling;
    } else {
      parent.insertBefore(old, here);
      patch(old, next);
    }
  }
  while (here) {
    const gone = here;
    here = here.nextSibling;
    gone.remove();
  }
}

/**
 * Makes the children of `parent` show `items`, one element each.
 *
 * `key(item)` tells them apart, `build(item, i)` makes one. An item that reads as before, with the
 * same `sight(item, i)` (what else its looks depend on), is not built again.
 */
export function list(parent, items, { key, build, sight = () => "" }) {
  const there = new Map([...parent.children].map((node) => [node.key, node]));
  const wanted = new Set(items.map(key));
  for (const [name, node] of there) if (!wanted.has(name)) node.remove();
  let here = parent.firstElementChild;
  items.forEach((item, i) => {
    const seen = JSON.stringify(item) + sight(item, i);
    let node = there.get(key(item));
    const inPlace = node && node === here;
    if (node?.seen !== seen) {
      const next = build(item, i);
      next.key = key(item);
      node = node ? patch(node, next) : next;
      node.seen = seen;
    }
    if (!inPlace) parent.insertBefore(node, here);
    here = node.nextElementSibling;
  });
}
