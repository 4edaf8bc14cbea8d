// Slash commands as the box needs them: a flat list, lines out of values, values out of lines.

const SUB = 1;
const GROUP = 2;
const BOOLEAN = 5;

/** Every runnable command: {name: "queue add", description, options: […]}, by name. */
export function runnable(commands) {
  const walk = ({ name, description, options = [] }, before = "") => {
    const full = before + name;
    const nested = options.filter(({ type }) => type === SUB || type === GROUP);
    return nested.length
      ? nested.flatMap((option) => walk(option, `${full} `))
      : [{ name: full, description, options }];
  };
  return commands
    .filter(({ type = 1 }) => type === 1)
    .flatMap((command) => walk(command))
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** Commands for what is typed after the slash: names that begin so first, then that hold it. */
export function matching(commands, typed) {
  const wanted = typed.toLowerCase();
  const rank = ({ name, description }) =>
    name.startsWith(wanted)
      ? 0
      : name.includes(wanted)
        ? 1
        : description.toLowerCase().includes(wanted)
          ? 2
          : 3;
  return commands
    .map((command) => ({ command, at: rank(command) }))
    .filter(({ at }) => at < 3)
    .sort((a, b) => a.at - b.at)
    .map(({ command }) => command);
}

/** The line that says: this command with these values, a list of [option name, value]. */
export const line = (command, values) =>
  [`/${command.name}`, ...values.map(([name, value]) => `${name}:${value}`)].join(" ");

/**
 * A typed line as {command, values: Map}, or null where no command begins it.
 *
 * Bare words belong to the first option; "type:" inside them begins another one.
 */
export function parse(text, commands) {
  const said = text.replace(/^\//, "");
  const command = commands
    .filter(({ name }) => said === name || said.startsWith(`${name} `))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!command) return null;
  const values = new Map();
  let current = command.options[0]?.name;
  for (const word of said.slice(command.name.length).trim().split(/(\s+)/)) {
    const named = command.options.find(
      (it) => word.startsWith(`${it.name}:`) && !values.has(it.name),
    );
    if (named) values.set((current = named.name), word.slice(current.length + 1));
    else if (current && word) values.set(current, (values.get(current) ?? "") + word);
  }
  return { command, values };
}

/** The choices that an option has by itself, as {name, value}; null where it is free. */
export function ownChoices(option) {
  if (option.choices?.length) return option.choices;
  if (option.type === BOOLEAN)
    return [true, false].map((value) => ({ name: value ? "True" : "False", value }));
  return null;
}
