// The page: what is chosen and shown, and what every command does.

import { Export, isOpen, showHelp } from "./dialogs.js";
import { COMMANDS, commandOf, keyName } from "./keys.js";
import { List } from "./list.js";
import { drawRow, editRow, isDoubtful, make } from "./row.js";
import { COMMENT, CONFIDENCE, DROPPED, EN, ID, STATE, Store, ZH } from "./store.js";
import { Strip } from "./strip.js";

const byId = (id) => document.getElementById(id);
const TOAST = 5000, LOOKED = 200;  // milliseconds that a message stays, and after which somebody looks at a row

const AT_ONCE = new Set(["search", "filter", "help", "theme"]), OPENING = new Set(["edit", "comment", "export"]);

const FILTERS = {
  all: ["All rows", () => true],
  doubtful: ["Doubtful", (row) => isDoubtful(row, threshold)],
  open: ["Not looked at", (row) => !row[STATE] && !row[DROPPED]],
  right: ["Confirmed", (row) => row[STATE] === "right"],
  wrong: ["Marked wrong", (row) => row[STATE] === "wrong"],
  dropped: ["Dropped", (row) => row[DROPPED]],
  comments: ["With a comment", (row) => row[COMMENT] !== ""],
  edited: ["Edited", (row) => row[EN].some((n) => store.edited.has("en" + n)) || row[ZH].some((n) => store.edited.has("zh" + n))],
  single: ["No counterpart", (row) => !row[EN].length || !row[ZH].length],
  several: ["Several sentences", (row) => row[EN].length > 1 || row[ZH].length > 1],
};

const store = new Store();
let threshold = 0.7, query = "", filter = "all";
let current = -1, side = "en", editing = null;
let pinned = new Set();  // rows that were changed since the filter was set: they stay in sight
const chosen = new Set();
const drawn = new WeakMap();

const list = new List(byId("scroller"), byId("rows"), draw, guess);
const strip = new Strip(byId("strip"), store, (place) => goTo(nearest(place)));
const exporting = new Export(store, told);

function view(id) {
  return { store, query, threshold, side, current: id === current, chosen: chosen.has(id) };
}

function draw(id, element) {
  if (editing?.id === id && element.classList.contains("editing")) return;
  const row = store.row(id), how = view(id);
  element.ariaPosInSet = list.place(id) + 1;
  element.ariaSetSize = list.ids.length;
  const texts = [...row[EN].map((n) => store.edited.get("en" + n)), ...row[ZH].map((n) => store.edited.get("zh" + n))];
  const now = JSON.stringify([row, texts, query, threshold, how.current && side, how.current, how.chosen]);
  if (drawn.get(element) === now) return;
  drawn.set(element, now);
  drawRow(element, row, how);
}

// About how high a row will be: English takes about 7 pixels a letter, Chinese 17.
function guess(id) {
  const row = store.row(id), width = Math.max(120, byId("scroller").clientWidth / 2 - 90);
  const lines = (field, name, letter) => row[field].reduce((sum, n) => sum + Math.ceil(store.text(name, n).length * letter / width), 0);
  return 26 + 27 * Math.max(1, lines(EN, "en", 8), lines(ZH, "zh", 18));
}

function matches(row) {
  if (pinned.has(row[ID])) return true;
  if (!FILTERS[filter][1](row)) return false;
  if (!query) return true;
  const holds = (text) => text.toLowerCase().includes(query);
  return row[EN].some((n) => holds(store.text("en", n))) || row[ZH].some((n) => holds(store.text("zh", n))) || holds(row[COMMENT]);
}

function show() {
  list.kept = current;
  list.ids = store.rows.filter(matches).map((row) => row[ID]);
  byId("empty").hidden = list.ids.length > 0;
  summarise();
  strip.threshold = threshold;
  strip.draw();
}

function summarise() {
  const settled = store.rows.filter((row) => row[STATE] || row[DROPPED]).length;
  const doubtful = store.rows.filter((row) => isDoubtful(row, threshold)).length;
  const count = (number) => number.toLocaleString("en");
  byId("progress").textContent = `${count(doubtful)} doubtful · ${count(settled)} of ${count(store.rows.length)} settled` +
    (list.ids.length < store.rows.length ? ` · ${count(list.ids.length)} shown` : "");
  for (const name of ["undo", "redo"]) {
    byId(name).disabled = !store[name];
    byId(name).title = store[name] ? `${name === "undo" ? "Undo" : "Redo"}: ${store[name]}` : `Nothing to ${name}`;
  }
}

// The row that is shown nearest to a place among all rows.
function nearest(place) {
  for (let distance = 0; distance < store.rows.length; distance++) {
    for (const row of [store.rows[place + distance], store.rows[place - distance]]) {
      if (row && list.place(row[ID]) >= 0) return row[ID];
    }
  }
  return -1;
}

let looking = 0;
function goTo(id) {
  if (id < 0 || id === undefined) return;
  if (editing && editing.id !== id) stopEditing();
  current = list.kept = id;
  list.update();
  list.reveal(id);
  location.replace(`#${id}`);
  clearTimeout(looking);
  looking = setTimeout(() => store.warm(id), LOOKED);
}

function step(by) {
  const place = list.place(current);
  goTo(list.ids[place < 0 ? 0 : Math.max(0, Math.min(list.ids.length - 1, place + by))]);
}

function page(direction) {
  const [first, last] = list.visible.map((id) => list.place(id));
  step(direction * Math.max(1, last - first - 1));
}

function findDoubtful(direction) {
  const count = list.ids.length, from = list.place(current);
  for (let n = 1; n <= count; n++) {
    const id = list.ids[(from + direction * n + 2 * count) % count];
    if (id !== current && isDoubtful(store.row(id), threshold)) return id;
  }
  return -1;
}

function goToDoubtful(direction) {
  const id = findDoubtful(direction);
  if (id >= 0) goTo(id);
  else told("No other row is doubtful.");
}

async function act(action, details) {
  const change = await store.act(action, details);
  if (change) told(`${change.label[0].toUpperCase()}${change.label.slice(1)}: stored`, true);
  return change;
}

// An action on the chosen row, told by its id.
function onRow(action, details = {}) {
  return current < 0 ? null : act(action, { row: current, ...details });
}

async function decide(state) {
  const row = store.row(current);
  if (!row) return;
  const again = row[STATE] === state;
  if (again && state === "right") { goToDoubtful(1); return; }
  const next = findDoubtful(1);
  if (await onRow("mark", { state: again ? "" : state }) && !again && next >= 0) goTo(next);
}

function give(which, edge, way) { return onRow("move", { side: which, edge, way }); }

async function link() {
  const rows = [...new Set([...chosen, current])].filter((id) => store.place(id) >= 0).sort((one, other) => store.place(one) - store.place(other));
  if (await act("link", { rows: rows.map((row) => ({ row })) })) chosen.clear();
  list.update();
}

function choose() {
  if (!chosen.delete(current)) chosen.add(current);
  step(1);
  list.update();
}

function startEditing(what, pick = () => false) {
  const element = list.element(current);
  if (!element || editing) return;
  editing = { id: current };
  const row = store.row(current);
  const fields = editRow(element, row, store, what, async (entries) => {
    stopEditing();
    if (!entries) return;
    if (what === "comment") { await act("comment", { row: row[ID], text: entries[0].text }); return; }
    const texts = entries.filter((entry) => entry.text !== store.text(entry.side, entry.number));
    if (texts.length) await act("edit", { row: row[ID], texts });
  });
  list.update();
  const target = fields.find(pick) ?? fields.find((entry) => entry.side === side) ?? fields[0];
  target.field.focus();
  target.field.setSelectionRange(target.field.value.length, target.field.value.length);
}

function stopEditing() {
  const element = list.element(editing?.id);
  editing = null;
  if (element) {
    element.classList.remove("editing");
    drawn.delete(element);
  }
  byId("scroller").focus({ preventScroll: true });
  list.update();
}

async function align() {
  const before = new Set(store.rows.map((row) => row[ID]));
  const change = await store.act("align", { row: current });
  if (change) {
    const fresh = change.inserted.filter((row) => !before.has(row[ID])).length;
    told(fresh ? `Aligned again: ${fresh} new ${fresh === 1 ? "row" : "rows"}` : "Aligned again: the rows stay as they are", true);
  }
}

async function takeBack(action, words) {
  const change = await store.act(action);
  if (change) told(`${words}: ${change.label}`, true);
}

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  try { localStorage.setItem("aligner.theme", theme); } catch { /* not remembered */ }
  strip.draw();
}

function isDark() {
  const theme = document.documentElement.dataset.theme;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

const DO = {
  right: () => decide("right"),
  wrong: () => decide("wrong"),
  drop: () => onRow("drop", { dropped: !store.row(current)[DROPPED] }),
  comment: () => startEditing("comment"),
  merge: () => onRow("merge"),
  mergeUp: () => { const above = store.rows[store.place(current) - 1]; if (above) act("merge", { row: above[ID] }); },
  split: () => onRow("split"),
  takeEnglish: () => give("en", "end", "in"),
  giveEnglish: () => give("en", "end", "out"),
  takeChinese: () => give("zh", "end", "in"),
  giveChinese: () => give("zh", "end", "out"),
  giveUp: () => give(side, "start", "out"),
  giveDown: () => give(side, "end", "out"),
  left: () => { side = "en"; list.update(); },
  other: () => { side = "zh"; list.update(); },
  unlink: () => onRow("unlink"),
  link,
  choose,
  edit: () => startEditing("texts"),
  align,
  undo: () => takeBack("undo", "Undone"),
  redo: () => takeBack("redo", "Done again"),
  nextDoubtful: () => goToDoubtful(1),
  previousDoubtful: () => goToDoubtful(-1),
  next: () => step(1),
  previous: () => step(-1),
  pageDown: () => page(1),
  pageUp: () => page(-1),
  first: () => goTo(list.ids[0]),
  last: () => goTo(list.ids.at(-1)),
  search: () => byId("search").select(),
  filter: () => byId("filter").focus(),
  clear,
  export: () => exporting.show(),
  theme: () => setTheme(isDark() ? "light" : "dark"),
  help: showHelp,
};

// Commands are done one after the other: a key that follows an action at once acts on what the action made. What is
// typed before a field has opened is not taken for commands.
let doing = Promise.resolve(), opening = false;
function run(name) {
  if (AT_ONCE.has(name)) { DO[name](); return; }
  opening ||= OPENING.has(name);
  doing = doing.then(() => DO[name]())
    .catch((problem) => { if (!problem.status) throw problem; })
    .finally(() => { if (OPENING.has(name)) opening = false; });
}

function clear() {
  chosen.clear();
  [query, filter] = ["", "all"];
  byId("search").value = "";
  byId("filter").value = "all";
  sift();
}

function sift() {
  pinned = new Set();
  show();
  if (list.place(current) >= 0) list.reveal(current);
  else byId("scroller").scrollTop = 0;
}

let toast = 0;
function told(message, quiet = false) {
  const element = byId("toast");
  element.textContent = message;
  element.classList.toggle("quiet", quiet);
  element.hidden = false;
  clearTimeout(toast);
  toast = setTimeout(() => { element.hidden = true; }, quiet ? TOAST / 3 : TOAST);
}

store.addEventListener("loaded", () => {
  document.title = `${store.title} – aligner review`;
  byId("title").textContent = store.title;
  byId("title").title = `${store.file}. ${store.left_out} lines of the input were left out before sentences were made of it.`;
  if (editing) stopEditing();
  if (store.place(current) < 0) current = nearest(0);
  show();
});
store.addEventListener("changed", ({ detail }) => {
  for (const row of detail.inserted) pinned.add(row[ID]);
  if (detail.focus >= 0) {
    pinned.add(detail.focus);
    current = detail.focus;
  }
  show();
  goTo(store.place(current) >= 0 ? current : nearest(detail.at));
});
store.addEventListener("told", ({ detail }) => told(detail.message));
store.addEventListener("stopped", () => {
  byId("stopped").textContent = `The editor has stopped. All that was stored is in ${store.file ?? "the project"}; start it again with aligner review.`;
  byId("stopped").hidden = false;
});
store.addEventListener("reached", () => { byId("stopped").hidden = true; });

list.onscroll = () => {
  const [first, last] = list.visible.map((id) => store.place(id));
  if (first >= 0) strip.show(first, last);
};

document.addEventListener("keydown", (event) => {
  const inField = event.target.matches("input, select, textarea");
  if (isOpen()) return;
  if (inField && event.key === "Escape") { event.target.blur(); byId("scroller").focus(); if (event.target.id === "search") clear(); return; }
  if (inField && event.key === "Enter") { byId("scroller").focus(); if (list.place(current) < 0) goTo(list.ids[0]); return; }
  if (inField || (event.target.matches("button") && (event.key === "Enter" || event.key === " "))) return;
  const command = commandOf(event);
  if (!command && !opening) return;
  event.preventDefault();
  if (!opening) run(command);
});

byId("rows").addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row || row.classList.contains("editing")) return;
  const id = Number(row.dataset.id), data = event.target.closest("[data-do]")?.dataset;
  if (event.ctrlKey || event.metaKey) { current = id; choose(); return; }
  if (data?.do === "split") { onRow("split", { side: data.side, count: Number(data.count) }); return; }
  if (data?.do === "move") { give(data.side, data.edge, "out"); return; }
  side = event.target.closest(".cell")?.dataset.side ?? side;
  goTo(id);
});
byId("rows").addEventListener("dblclick", (event) => {
  const data = event.target.closest(".sentence")?.dataset;
  if (data) startEditing("texts", (entry) => entry.side === data.side && entry.number === Number(data.number));
});

for (const command of COMMANDS.filter((one) => one.bar)) {
  const button = make("button");
  button.type = "button";
  button.title = `${command.help} (${command.keys.map(keyName).join(" or ")})`;
  button.append(make("span", "sign", command.sign), make("span", "", command.bar), make("kbd", "", keyName(command.keys[0])));
  button.dataset.command = command.name;
  button.addEventListener("click", () => { byId("scroller").focus({ preventScroll: true }); run(command.name); });
  byId("actions").append(button);
}
for (const name of ["undo", "redo", "theme", "help", "export"]) byId(name).addEventListener("click", () => run(name));
for (const [name, [label]] of Object.entries(FILTERS)) byId("filter").add(new Option(label, name));
byId("filter").addEventListener("change", () => { filter = byId("filter").value; sift(); });
byId("search").addEventListener("input", () => { query = byId("search").value.trim().toLowerCase(); sift(); });
byId("threshold").addEventListener("change", () => {
  threshold = Math.min(100, Math.max(1, Number(byId("threshold").value) || 70)) / 100;
  byId("threshold").value = Math.round(threshold * 100);
  sift();
});
try { const theme = localStorage.getItem("aligner.theme"); if (theme) document.documentElement.dataset.theme = theme; } catch { /* as the system has it */ }

await store.load();
threshold = store.doubtful;
byId("threshold").value = Math.round(threshold * 100);
const wanted = Number(location.hash.slice(1));
current = location.hash && store.place(wanted) >= 0 ? wanted : nearest(0);
show();
byId("scroller").focus({ preventScroll: true });
if (!location.hash && store.rows.length && !isDoubtful(store.row(current), threshold)) goTo(findDoubtful(1) >= 0 ? findDoubtful(1) : current);
else goTo(current);
