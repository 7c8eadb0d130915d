// Every command with its keys: what the keyboard does, what the buttons say and what the overlay of keys shows.

// ``bar`` is a short name for the row of buttons; commands without one are for keys only.
export const COMMANDS = [
  { name: "right", keys: ["Enter", "y"], group: "Decide", help: "right; go on to the next doubtful row", bar: "Right", sign: "✓" },
  { name: "wrong", keys: ["w"], group: "Decide", help: "wrong: is never exported nor proposed again", bar: "Wrong", sign: "✗" },
  { name: "drop", keys: ["d"], group: "Decide", help: "drop from all exports, or take in again", bar: "Drop", sign: "⌫" },
  { name: "comment", keys: ["c"], group: "Decide", help: "comment", bar: "Comment", sign: "✎" },
  { name: "merge", keys: ["m"], group: "Change", help: "merge with the row below", bar: "Merge", sign: "⤓" },
  { name: "mergeUp", keys: ["M"], group: "Change", help: "merge with the row above" },
  { name: "split", keys: ["s"], group: "Change", help: "split where it is most likely", bar: "Split", sign: "✂" },
  { name: "takeEnglish", keys: ["e"], group: "Change", help: "take the next English sentence from below", bar: "English up", sign: "↑" },
  { name: "giveEnglish", keys: ["E"], group: "Change", help: "give the last English sentence to the row below", bar: "English down", sign: "↓" },
  { name: "takeChinese", keys: ["z"], group: "Change", help: "take the next Chinese sentence from below", bar: "Chinese up", sign: "↑" },
  { name: "giveChinese", keys: ["Z"], group: "Change", help: "give the last Chinese sentence to the row below", bar: "Chinese down", sign: "↓" },
  { name: "giveUp", keys: ["Shift+ArrowUp"], group: "Change", help: "give the first sentence of the chosen side to the row above" },
  { name: "giveDown", keys: ["Shift+ArrowDown"], group: "Change", help: "give the last one to the row below" },
  { name: "left", keys: ["ArrowLeft"], group: "Change", help: "choose the English side" },
  { name: "other", keys: ["ArrowRight"], group: "Change", help: "choose the Chinese side" },
  { name: "unlink", keys: ["x"], group: "Change", help: "unlink: no sentence has a counterpart", bar: "Unlink", sign: "⚯" },
  { name: "link", keys: ["l"], group: "Change", help: "link the marked rows, or a lone sentence with the nearest", bar: "Link", sign: "∞" },
  { name: "choose", keys: ["v", " "], group: "Change", help: "mark a row for linking", bar: "Mark", sign: "◉" },
  { name: "edit", keys: ["i", "F2"], group: "Change", help: "edit the text; the original is kept", bar: "Edit", sign: "I" },
  { name: "align", keys: ["a"], group: "Change", help: "align again around this row, between what is settled", bar: "Align again", sign: "↻" },
  { name: "undo", keys: ["u", "Ctrl+z"], group: "Change", help: "undo" },
  { name: "redo", keys: ["U", "Ctrl+y", "Ctrl+Z"], group: "Change", help: "redo" },
  { name: "nextDoubtful", keys: ["n"], group: "Go", help: "next doubtful row", bar: "Next doubtful", sign: "⇩" },
  { name: "previousDoubtful", keys: ["p"], group: "Go", help: "previous doubtful row" },
  { name: "next", keys: ["j", "ArrowDown"], group: "Go", help: "next row" },
  { name: "previous", keys: ["k", "ArrowUp"], group: "Go", help: "previous row" },
  { name: "pageDown", keys: ["PageDown"], group: "Go", help: "a page down" },
  { name: "pageUp", keys: ["PageUp"], group: "Go", help: "a page up" },
  { name: "first", keys: ["g", "Home"], group: "Go", help: "first row" },
  { name: "last", keys: ["G", "End"], group: "Go", help: "last row" },
  { name: "search", keys: ["/", "Ctrl+f"], group: "Find", help: "search" },
  { name: "filter", keys: ["f"], group: "Find", help: "show only some rows" },
  { name: "clear", keys: ["Escape"], group: "Find", help: "show all rows again" },
  { name: "export", keys: ["o"], group: "Find", help: "export" },
  { name: "theme", keys: ["t"], group: "Find", help: "light or dark" },
  { name: "help", keys: ["?"], group: "Find", help: "these keys" },
];

const BY_KEY = new Map(COMMANDS.flatMap((command) => command.keys.map((key) => [key, command.name])));
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc", " ": "Space", PageDown: "PgDn", PageUp: "PgUp" };

// The command that a key stands for, or undefined.
export function commandOf(event) {
  if (event.altKey) return undefined;
  const held = event.ctrlKey || event.metaKey ? "Ctrl+" : event.shiftKey && event.key.startsWith("Arrow") ? "Shift+" : "";
  return BY_KEY.get(held + event.key);
}

export function keyName(key) { return key.split("+").map((part) => SIGNS[part] ?? part).join(" "); }
