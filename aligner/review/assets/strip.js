// The overview: the whole text as one strip of colours, the worst row of each pixel shown, and where the window is.

import { kindOf } from "./row.js";

const WORST = ["dropped", "sure", "right", "fair", "wrong", "doubtful"];  // the later one wins

export class Strip {
  #element; #canvas; #viewport; #store;
  threshold = 0.7;

  // ``go(place)`` is called with the row that was clicked.
  constructor(element, store, go) {
    [this.#element, this.#store] = [element, store];
    [this.#canvas, this.#viewport] = element.children;
    const jump = (event) => {
      const { top, height } = element.getBoundingClientRect();
      const place = Math.floor((event.clientY - top) / height * store.rows.length);
      if (store.rows.length) go(Math.max(0, Math.min(store.rows.length - 1, place)));
    };
    element.addEventListener("pointerdown", (event) => { element.setPointerCapture(event.pointerId); jump(event); });
    element.addEventListener("pointermove", (event) => { if (event.buttons) jump(event); });
    new ResizeObserver(() => this.draw()).observe(element);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  draw() {
    const scale = devicePixelRatio || 1;
    const width = this.#canvas.width = Math.max(1, Math.round(this.#element.clientWidth * scale));
    const height = this.#canvas.height = Math.max(1, Math.round(this.#element.clientHeight * scale));
    const style = getComputedStyle(this.#element);
    const colours = WORST.map((kind) => style.getPropertyValue(`--strip-${kind}`));
    const rows = this.#store.rows, worst = new Int8Array(height).fill(-1);
    rows.forEach((row, place) => {
      const rank = WORST.indexOf(kindOf(row, this.threshold));
      const first = Math.floor(place * height / rows.length), last = Math.max(first + 1, Math.floor((place + 1) * height / rows.length));
      for (let y = first; y < last; y++) if (rank > worst[y]) worst[y] = rank;
    });
    const context = this.#canvas.getContext("2d");
    for (let y = 0; y < height; y++) {
      if (worst[y] < 0) continue;
      context.fillStyle = colours[worst[y]];
      context.fillRect(0, y, width, 1);
    }
  }

  // Shows which rows are in the window, by their places.
  show(first, last) {
    const count = Math.max(1, this.#store.rows.length);
    this.#viewport.style.top = `${100 * first / count}%`;
    this.#viewport.style.height = `${Math.max(0.5, 100 * (last + 1 - first) / count)}%`;
  }
}
