// How one row looks: its bead, how sure it is, what was decided, and, where it is chosen, the handles to change it.

import { COMMENT, CONFIDENCE, DROPPED, EN, ID, STATE, ZH } from "./store.js";

export const SURE = 0.95;
const SIDES = [["en", EN, "English"], ["zh", ZH, "Chinese"]];

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

export function isDoubtful(row, threshold) {
  return !row[STATE] && !row[DROPPED] && (row[CONFIDENCE] === null || row[CONFIDENCE] < threshold);
}

// One word for the colour of a row, here and in the overview.
export function kindOf(row, threshold) {
  if (row[DROPPED]) return "dropped";
  if (row[STATE]) return row[STATE];
  if (isDoubtful(row, threshold)) return "doubtful";
  return row[CONFIDENCE] < SURE ? "fair" : "sure";
}

export function percent(confidence) { return `${Math.min(99, Math.round(confidence * 100))}%`; }

function button(className, sign, title, data) {
  const made = make("button", className, sign);
  made.type = "button";
  made.title = title;
  made.tabIndex = -1;
  made.setAttribute("aria-label", title);
  Object.assign(made.dataset, data);
  return made;
}

// Text with what was searched for marked in it.
function marked(element, text, query) {
  if (!query) { element.append(text); return; }
  const folded = text.toLowerCase();
  let from = 0;
  for (let at = folded.indexOf(query); at >= 0 && folded.length === text.length; at = folded.indexOf(query, from)) {
    element.append(text.slice(from, at), make("mark", "", text.slice(at, at + query.length)));
    from = at + query.length;
  }
  element.append(text.slice(from));
}

function badge(row, threshold) {
  const info = make("div", "info");
  info.append(make("span", "kind", `${row[EN].length}-${row[ZH].length}`));
  const signs = { right: ["✓", "Confirmed"], wrong: ["✗", "Marked wrong"], dropped: ["⌫", "Dropped: is not exported"] };
  const kind = kindOf(row, threshold);
  const [sign, title] = signs[kind] ?? [
    row[CONFIDENCE] === null ? "?" : percent(row[CONFIDENCE]),
    row[CONFIDENCE] === null ? "Left behind by a correction: look at it, or align again" : "The probability that this row is right",
  ];
  const mark = make("span", "sign", sign);
  mark.title = title;
  info.append(mark);
  return info;
}

function sentence(view, side, number) {
  const { store, query } = view;
  const paragraph = make("p", "sentence");
  paragraph.dataset.side = side;
  paragraph.dataset.number = number;
  const span = make("span", "text");
  marked(span, store.text(side, number), query);
  paragraph.append(span);
  if (store.edited.has(side + number)) {
    const note = make("span", "edited", "edited");
    note.title = `As it was read: ${store.original(side, number)}`;
    paragraph.append(note);
  }
  return paragraph;
}

function cell(view, row, [side, field, name]) {
  const element = make("div", `cell ${side}`);
  element.lang = view.store.codes[side];
  element.dataset.side = side;
  const numbers = row[field];
  if (!numbers.length) element.append(make("p", "none", `no ${name} counterpart`));
  numbers.forEach((number, n) => {
    if (n && view.current) element.append(button("gap", "✂", "Split here", { do: "split", side, count: n }));
    element.append(sentence(view, side, number));
  });
  if (view.current && numbers.length) {
    const up = button("nudge up", "↑", `Move the first ${name} sentence to the row above`, { do: "move", side, edge: "start" });
    const down = button("nudge down", "↓", `Move the last ${name} sentence to the row below`, { do: "move", side, edge: "end" });
    element.firstChild.append(up);
    element.lastChild.append(down);
  }
  return element;
}

// Fills a row's element; ``view`` holds the store and whether the row is current, marked, and so on.
export function drawRow(element, row, view) {
  const kind = kindOf(row, view.threshold);
  element.className = `row is-${kind}${view.current ? " current" : ""}${view.chosen ? " chosen" : ""}`;
  element.setAttribute("role", "listitem");
  element.toggleAttribute("aria-current", view.current);
  element.dataset.id = row[ID];
  element.dataset.side = view.current ? view.side : "";
  element.replaceChildren(badge(row, view.threshold), ...SIDES.map((side) => cell(view, row, side)));
  if (row[COMMENT]) {
    const comment = make("p", "comment");
    marked(comment, row[COMMENT], view.query);
    element.append(comment);
  }
}

function area(text, label) {
  const field = make("textarea");
  field.value = text;
  field.rows = 1;
  field.setAttribute("aria-label", label);
  const fit = () => { field.style.height = "auto"; field.style.height = `${field.scrollHeight + 2}px`; };
  field.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return field;
}

// Turns a row into fields: its sentences, or its comment. ``done`` gets the new texts, or null where it was given up.
export function editRow(element, row, store, what, done) {
  const fields = [];
  if (what === "comment") {
    const field = area(row[COMMENT], "Comment");
    field.placeholder = "A comment on this row";
    const holder = make("div", "comment");
    holder.append(field);
    element.querySelector(".comment")?.remove();
    element.append(holder);
    fields.push({ field });
  } else {
    for (const paragraph of element.querySelectorAll(".sentence")) {
      const { side, number } = paragraph.dataset;
      const field = area(store.text(side, Number(number)), side === "en" ? "English" : "Chinese");
      paragraph.replaceChildren(field);
      if (store.edited.has(side + number)) paragraph.append(make("small", "", `As it was read: ${store.original(side, Number(number))}`));
      fields.push({ field, side, number: Number(number) });
    }
  }
  const buttons = make("div", "buttons");
  const save = button("strong", "Save", "Save (Enter)", {}), cancel = button("", "Cancel", "Cancel (Esc)", {});
  save.tabIndex = cancel.tabIndex = 0;
  buttons.append(cancel, save);
  element.append(buttons);
  element.classList.add("editing");
  const finish = (keep) => done(keep ? fields.map(({ field, side, number }) => ({ side, number, text: field.value })) : null);
  save.addEventListener("click", () => finish(true));
  cancel.addEventListener("click", () => finish(false));
  for (const { field } of fields) {
    field.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") finish(false);
      else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); finish(true); }
    });
  }
  return fields;
}
