// The project as the page knows it, and the requests that change it: one after the other, each answered before the next.

export const ID = 0, EN = 1, ZH = 2, CONFIDENCE = 3, STATE = 4, DROPPED = 5, COMMENT = 6;
const REFRESH = 10000;  // milliseconds between looks at whether another program has changed the project

export class Store extends EventTarget {
  rows = [];
  texts = { en: [], zh: [] };
  edited = new Map();
  revision = -1;
  #places = new Map();
  #queue = Promise.resolve();
  #channel = new BroadcastChannel("aligner " + location.pathname);

  constructor() {
    super();
    this.#channel.onmessage = () => this.refresh();
    addEventListener("focus", () => this.refresh());
    setInterval(() => { if (!document.hidden) this.refresh(); }, REFRESH);
  }

  place(id) { return this.#places.get(id) ?? -1; }

  row(id) { return this.rows[this.place(id)]; }

  original(side, number) { return this.texts[side][number]; }

  text(side, number) { return this.edited.get(side + number) ?? this.texts[side][number]; }

  async load() {
    const state = await this.#ask("project");
    this.edited = new Map(state.edited.map(([side, number, text]) => [side + number, text]));
    delete state.edited;
    Object.assign(this, state);
    this.#index();
    this.#tell("loaded", {});
  }

  // Loads the project again if another window has changed it.
  async refresh() {
    return this.#after(async () => {
      const { revision } = await this.#ask("revision");
      if (revision !== this.revision) {
        await this.load();
        this.#tell("told", { message: "Changed in another window; shown as it is now." });
      }
    }).catch(() => {});
  }

  // Does an action and returns what it changed, or null where it was refused; the reason is told.
  async act(action, details = {}) {
    return this.#after(async () => {
      try {
        const change = await this.#ask("act", { action, revision: this.revision, ...details });
        this.#apply(change);
        this.#channel.postMessage(change.revision);
        return change;
      } catch (problem) {
        if (problem.status === 409) await this.load();
        if (problem.status) this.#tell("told", { message: problem.message, problem: true });
        return null;
      }
    });
  }

  // Lets the server prepare for aligning around a row that somebody looks at.
  warm(id) { this.#ask("warm", { row: id }).catch(() => {}); }

  async export(format, least) {
    const answer = await this.#fetch("export", { format, least });
    const name = decodeURIComponent(answer.headers.get("Content-Disposition").split("''")[1]);
    return { name, blob: await answer.blob(), written: Number(answer.headers.get("X-Written")), notes: decodeURIComponent(answer.headers.get("X-Notes")) };
  }

  #after(work) {
    const done = this.#queue.then(work);
    this.#queue = done.catch(() => {});
    return done;
  }

  #apply(change) {
    this.rows.splice(change.at, change.removed, ...change.inserted);
    for (const [side, number, text] of change.edits) {
      if (text === null) this.edited.delete(side + number);
      else this.edited.set(side + number, text);
    }
    Object.assign(this, { revision: change.revision, undo: change.undo, redo: change.redo });
    this.#index();
    this.#tell("changed", change);
  }

  #index() { this.#places = new Map(this.rows.map((row, place) => [row[ID], place])); }

  #tell(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail })); }

  async #ask(path, body) { return (await this.#fetch(path, body)).json(); }

  async #fetch(path, body) {
    const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    let answer;
    try {
      answer = await fetch(path, options);
    } catch (problem) {
      this.#tell("stopped", {});
      throw problem;
    }
    this.#tell("reached", {});
    if (!answer.ok) {
      const text = await answer.text();
      let message = text;
      try { message = JSON.parse(text).message; } catch { /* plain text */ }
      throw Object.assign(new Error(message), { status: answer.status });
    }
    return answer;
  }
}
