// A list of any length of which only what can be seen is in the document. Rows are as high as their text; heights are
// guessed until a row is shown, and what is on the screen stays where it is when a guess above it turns out wrong.

const BEYOND = 500;  // pixels above and below the window that are drawn as well
const AROUND = 110;  // pixels above and below the chosen row that are to be seen as well
const PASSES = 4;  // drawing, measuring, and drawing what measuring brought in

export class List {
  #scroller; #canvas; #draw; #guess;
  #ids = []; #places = new Map();
  #known = new Map();  // the height of each row, guessed or measured
  #heights = new Float64Array(0); #offsets = new Float64Array(1);  // the same by place, and their sums
  #shown = new Map();
  #pending = false;
  #grown = new ResizeObserver(() => this.refresh());  // a row grows while it is edited
  kept = -1;  // the id of a row that stays in the document wherever it is
  onscroll = () => {};

  // ``draw(id, element)`` fills a row's element, or returns at once where nothing changed; ``guess(id)`` is its height.
  constructor(scroller, canvas, draw, guess) {
    [this.#scroller, this.#canvas, this.#draw, this.#guess] = [scroller, canvas, draw, guess];
    scroller.addEventListener("scroll", () => this.refresh(), { passive: true });
    let width = 0;
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width !== width) this.#known.clear();
      width = entry.contentRect.width;
      this.#measureAll();
    }).observe(scroller);
  }

  get ids() { return this.#ids; }

  place(id) { return this.#places.get(id) ?? -1; }

  set ids(ids) {
    const anchor = this.#anchor();
    this.#ids = ids;
    this.#places = new Map(ids.map((id, place) => [id, place]));
    this.#collect();
    this.#restore(anchor);
    this.update();
  }

  // The rows at the upper and the lower edge of the window.
  get visible() {
    const top = this.#scroller.scrollTop;
    return [this.#at(top), this.#at(top + this.#scroller.clientHeight - 1)].map((place) => this.#ids[place]);
  }

  element(id) { return this.#shown.get(id); }

  refresh() {
    if (this.#pending) return;
    this.#pending = true;
    requestAnimationFrame(() => { this.#pending = false; this.update(); });
  }

  // Scrolls as little as needed to show a row with some of its surroundings, or to the middle if it is far away.
  reveal(id) {
    const place = this.place(id);
    if (place < 0) return;
    for (let pass = 0; pass < PASSES; pass++) {  // what comes into sight is measured, and moves the row
      const { scrollTop, clientHeight } = this.#scroller;
      const around = Math.min(AROUND, clientHeight / 6);
      const top = this.#offsets[place] - around, bottom = this.#offsets[place + 1] + around;
      const far = bottom < scrollTop - clientHeight || top > scrollTop + 2 * clientHeight;
      if (far) this.#scroller.scrollTop = (top + bottom - clientHeight) / 2;
      else if (top < scrollTop) this.#scroller.scrollTop = top;
      else if (bottom > scrollTop + clientHeight) this.#scroller.scrollTop = Math.min(top, bottom - clientHeight);
      if (this.#scroller.scrollTop === scrollTop) break;
      this.update();
    }
  }

  update() {
    for (let pass = 0; pass < PASSES; pass++) if (!this.#pass()) break;
    this.onscroll();
  }

  #pass() {
    const { scrollTop, clientHeight } = this.#scroller;
    const wanted = new Set();
    for (let place = this.#at(scrollTop - BEYOND); place < this.#ids.length && this.#offsets[place] < scrollTop + clientHeight + BEYOND; place++) {
      wanted.add(this.#ids[place]);
    }
    if (this.place(this.kept) >= 0) wanted.add(this.kept);
    for (const [id, element] of this.#shown) {
      if (wanted.has(id)) continue;
      this.#grown.unobserve(element);
      element.remove();
      this.#shown.delete(id);
    }
    for (const id of wanted) {
      let element = this.#shown.get(id);
      if (!element) {
        element = document.createElement("div");
        this.#shown.set(id, element);
        this.#canvas.append(element);
        this.#grown.observe(element);
      }
      this.#draw(id, element);
      element.style.transform = `translateY(${this.#offsets[this.place(id)]}px)`;
    }
    return this.#measure(wanted);
  }

  // Takes the real heights of rows; true where they were not as thought, so that all has to be laid out again.
  #measure(ids) {
    const anchor = this.#anchor();
    let wrong = false;
    for (const id of ids) {
      const height = this.#shown.get(id).offsetHeight, place = this.place(id);
      if (height === this.#heights[place]) continue;
      this.#known.set(id, height);
      this.#heights[place] = height;
      wrong = true;
    }
    if (!wrong) return false;
    this.#layOut();
    this.#restore(anchor);
    return true;
  }

  #measureAll() {
    const anchor = this.#anchor();
    this.#collect();
    this.#restore(anchor);
    this.update();
  }

  // The first row that can be seen, and how far its upper edge is from that of the window.
  #anchor() {
    const place = this.#at(this.#scroller.scrollTop);
    return [this.#ids[place], this.#offsets[place] - this.#scroller.scrollTop];
  }

  #restore([id, distance]) {
    const place = this.place(id);
    if (place >= 0 && this.#scroller.scrollTop > 0) this.#scroller.scrollTop = this.#offsets[place] - distance;
  }

  #collect() {
    this.#heights = Float64Array.from(this.#ids, (id) => {
      let height = this.#known.get(id);
      if (height === undefined) this.#known.set(id, height = this.#guess(id));
      return height;
    });
    this.#layOut();
  }

  #layOut() {
    const heights = this.#heights, count = heights.length, offsets = new Float64Array(count + 1);
    for (let place = 0; place < count; place++) offsets[place + 1] = offsets[place] + heights[place];
    this.#offsets = offsets;
    this.#canvas.style.height = `${offsets[count]}px`;
  }

  // The place of the row that holds a vertical position.
  #at(position) {
    let [low, high] = [0, Math.max(0, this.#ids.length - 1)];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#offsets[middle] <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
