// The overlay of keys and the export.

import { COMMANDS, keyName } from "./keys.js";
import { CONFIDENCE, DROPPED, EN, STATE, ZH } from "./store.js";
import { make } from "./row.js";

const byId = (id) => document.getElementById(id);

export function isOpen() { return document.querySelector("dialog[open]") !== null; }

for (const closer of document.querySelectorAll("[data-close]")) {
  closer.addEventListener("click", () => closer.closest("dialog").close());
}

export function showHelp() {
  if (!byId("help-keys").childElementCount) fillHelp();
  byId("help-dialog").showModal();
}

function fillHelp() {
  for (const group of new Set(COMMANDS.map((command) => command.group))) {
    const section = make("section");
    const list = make("dl");
    for (const command of COMMANDS.filter((one) => one.group === group)) {
      const keys = make("dt");
      command.keys.forEach((key) => keys.append(make("kbd", "", keyName(key)), " "));
      const entry = make("div");
      entry.append(keys, make("dd", "", command.help));
      list.append(entry);
    }
    section.append(make("h3", "", group), list);
    byId("help-keys").append(section);
  }
}

// The dialog of the export; ``told`` shows what was written.
export class Export {
  #store; #told;

  constructor(store, told) {
    [this.#store, this.#told] = [store, told];
    byId("export-least").addEventListener("input", () => this.#count());
    byId("export-least").addEventListener("focus", () => { this.#which = "sure"; });
    byId("export-dialog").querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); this.#write(); });
  }

  show() {
    const choice = byId("export-format");
    if (!choice.options.length) {
      for (const { suffix, description } of this.#store.formats) choice.add(new Option(`${suffix}  ${description}`, suffix));
      choice.value = ".tmx";
      byId("export-least").value = Math.round(this.#store.least * 100);
    }
    byId("export-problem").hidden = true;
    this.#count();
    byId("export-dialog").showModal();
  }

  get #least() { return Math.min(100, Math.max(0, Number(byId("export-least").value))) / 100; }

  get #which() { return document.querySelector("input[name=which]:checked").value; }

  set #which(value) { document.querySelector(`input[name=which][value=${value}]`).checked = true; }

  #count() {
    const pairs = this.#store.rows.filter((row) => row[EN].length && row[ZH].length && !row[DROPPED] && row[STATE] !== "wrong");
    const confirmed = pairs.filter((row) => row[STATE] === "right").length;
    const sure = pairs.filter((row) => row[STATE] !== "right" && row[CONFIDENCE] !== null && row[CONFIDENCE] >= this.#least).length;
    byId("count-confirmed").value = confirmed.toLocaleString("en");
    byId("count-sure").value = (confirmed + sure).toLocaleString("en");
  }

  async #write() {
    try {
      const { name, blob, written, notes } = await this.#store.export(byId("export-format").value, this.#which === "sure" ? this.#least : null);
      const link = make("a");
      link.href = URL.createObjectURL(blob);
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      byId("export-dialog").close();
      this.#told(`Exported ${written.toLocaleString("en")} to ${name}.${notes ? ` Note: ${notes}.` : ""}`);
    } catch (problem) {
      byId("export-problem").textContent = problem.status ? problem.message : "The editor does not answer.";
      byId("export-problem").hidden = false;
    }
  }
}
