
"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const pairs = byId("book").children;
  const form = byId("settings"), popup = byId("word"), resumed = byId("resumed"), opener = byId("open-settings");
  const CHOICES = {
    layout: ["beside", "below"], first: ["en", "zh"], translation: ["shown", "hidden"], pinyin: ["off", "on"],
    size: ["1", "2", "3", "4"], theme: ["auto", "light", "dark"],
  };
  let current = null;  // the pair that the keys act on
  let top = 0;  // the number of the pair at the top of the window
  let word = null;  // the word that is explained

  // What is remembered: looks for all books, the rest for this text. A browser may refuse; then nothing is.
  const OF_ALL_BOOKS = ["layout", "size", "theme"];
  const keyOf = (name) => OF_ALL_BOOKS.includes(name) ? "aligner." + name : "aligner." + data.key + "." + name;
  const recall = (name) => { try { return localStorage.getItem(keyOf(name)); } catch { return null; } };
  const remember = (name, value) => { try { localStorage.setItem(keyOf(name), value); } catch { /* not remembered */ } };

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  function apply(name, value) {
    const place = pairs[top];
    const before = place ? place.getBoundingClientRect().top : 0;
    root.dataset[name] = value;
    form.elements[name].value = value;
    if (name === "first") reorder();
    if (name === "translation") for (const pair of pairs) pair.classList.remove("revealed");
    closeWord();
    if (place) scrollBy(0, place.getBoundingClientRect().top - before);  // stay at the same pair
  }
  function choose(name, value) { apply(name, value); remember(name, value); }
  function next(name, step = 1) {
    const values = CHOICES[name];
    choose(name, values[(values.indexOf(root.dataset[name]) + step + values.length) % values.length]);
  }

  // A pair is put in order, and its words are marked up, when it comes near the window: a long book opens at once.
  function prepare(pair) {
    watcher.unobserve(pair);
    const first = pair.querySelector("." + root.dataset.first);
    if (pair.firstElementChild !== first) pair.prepend(first);
    if (!isMarkedUp(pair)) markUp(pair);
  }
  function reorder() {
    for (let number = Math.max(0, top - 20); number < Math.min(top + 40, pairs.length); number++) prepare(pairs[number]);
    for (const pair of pairs) watcher.observe(pair);
  }
  function markUp(pair) {
    const reveal = element("button", "reveal", "Show");
    reveal.type = "button";
    reveal.setAttribute("aria-label", "Show the translation");
    pair.append(reveal);
    const chinese = pair.querySelector(".zh");
    const characters = [...chinese.textContent];
    const marked = document.createDocumentFragment();
    let start = 0;
    for (const number of data.texts[numberOf(pair)]) {
      const length = number < 0 ? -number : [...data.words[number][0]].length;
      const piece = characters.slice(start, start += length).join("");
      marked.append(number < 0 ? piece : ruby(piece, number));
    }
    if (start === characters.length) chinese.replaceChildren(marked);
  }
  function ruby(text, number) {
    const made = element("ruby", "w", text), pinyin = element("rt", "", data.words[number][1]);
    pinyin.lang = "zh-Latn-pinyin";
    made.dataset.word = number;
    if (pinyin.textContent) made.append(pinyin);
    return made;
  }
  const numberOf = (pair) => Number(pair.id.slice(1)) - 1;
  const watcher = new IntersectionObserver(
    (seen) => { for (const entry of seen) if (entry.isIntersecting) prepare(entry.target); }, { rootMargin: "1000px 0px" });
  const isMarkedUp = (pair) => Boolean(pair.querySelector(".reveal"));

  function explain(chosen) {
    closeWord();
    word = chosen;
    word.classList.add("looked-up");
    const [text, pinyin, numbers] = data.words[word.dataset.word];
    const title = element("h2", "", text);
    title.lang = root.dataset.zhCode || "zh";
    title.append(" ", element("small", "", pinyin));
    title.lastChild.lang = "zh-Latn-pinyin";
    const close = element("button", "close", "×");
    close.type = "button";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", closeWord);
    popup.replaceChildren(close, title, ...numbers.flatMap((number) => explained(text, pinyin, data.entries[number])));
    if (!numbers.length) popup.append(element("p", "unknown", "Not in the dictionary."));
    popup.hidden = false;
    placePopup();
  }
  function explained(text, pinyin, [written, also, spoken, glosses]) {
    const meaning = element("p", "", glosses.join("; "));
    const bare = (sound) => sound.toLowerCase().replace(/[\s']/g, "");
    if (written === text && bare(spoken) === bare(pinyin) && !also) return [meaning];
    const title = element("h3", "", written + (also ? "（" + also + "）" : ""));
    title.append(" ", element("small", "", spoken));
    return [title, meaning];
  }
  function placePopup() {
    const place = word.getBoundingClientRect(), above = place.top - 64, under = innerHeight - place.bottom - 16;
    popup.style.maxHeight = Math.max(above, under) + "px";
    const width = popup.offsetWidth, height = popup.offsetHeight;
    const left = Math.max(12, Math.min(place.left + place.width / 2 - width / 2, root.clientWidth - width - 12));
    const below = height <= under || under >= above;
    popup.style.left = left + scrollX + "px";
    popup.style.top = (below ? place.bottom + 8 : place.top - height - 8) + scrollY + "px";
    const hidden = place.bottom - popup.getBoundingClientRect().top;  // on a phone the sheet may lie over the word
    if (getComputedStyle(popup).position === "fixed" && hidden > -12) scrollBy(0, hidden + 24);
  }
  function closeWord() {
    if (word) word.classList.remove("looked-up");
    word = null;
    popup.hidden = true;
  }

  function makeCurrent(pair) {
    if (current) current.classList.remove("current");
    current = pair;
    pair.classList.add("current");
    pair.tabIndex = -1;
    pair.focus({ preventScroll: true });
  }
  function go(step) {
    closeWord();
    const number = current ? numberOf(current) + step : top;
    const pair = pairs[Math.max(0, Math.min(number, pairs.length - 1))];
    if (!pair) return;
    makeCurrent(pair);
    pair.scrollIntoView({ block: "nearest" });
  }
  function goToWord(step) {
    if (!current) go(0);
    if (!current) return;
    prepare(current);
    const hidden = root.dataset.translation === "hidden" && !current.classList.contains("revealed");
    const words = hidden && root.dataset.first === "en" ? [] : [...current.querySelectorAll("ruby.w")];
    const place = word && current.contains(word) ? words.indexOf(word) + step : step > 0 ? 0 : words.length - 1;
    if (words[place]) explain(words[place]);
    else closeWord();
  }
  function toggle(pair) {
    if (root.dataset.translation === "hidden") pair.classList.toggle("revealed");
    closeWord();
  }

  function showSettings(open) {
    form.hidden = !open;
    opener.setAttribute("aria-expanded", open);
    if (open) form.querySelector(":checked").focus();
    else if (form.contains(document.activeElement)) opener.focus();
  }

  // Where the reader is: the pair right under the bar.
  function findTop() {
    const bar = document.querySelector(".bar").offsetHeight;
    for (let y = bar + 4; y < innerHeight; y += 24) {
      const pair = document.elementFromPoint(root.clientWidth / 2, y)?.closest(".pair");
      if (pair) return numberOf(pair);
    }
    return top;
  }
  let waiting = 0;
  function onScroll() {
    if (waiting) return;
    waiting = setTimeout(() => { waiting = 0; notePlace(); }, 150);
  }
  function notePlace() {
    if (!pairs.length) return;
    if (popup.hidden && form.hidden) top = findTop();
    const atEnd = innerHeight + scrollY >= root.scrollHeight - 2;
    const reached = atEnd && scrollY > 0 ? pairs.length : top + 1;
    byId("place").textContent = reached + " / " + pairs.length;
    byId("progress").style.transform = "scaleX(" + reached / pairs.length + ")";
    remember("place", scrollY < 8 ? 0 : top);
  }
  function resume() {
    const place = Number(recall("place"));
    if (!(place > 0 && place < pairs.length) || location.hash) return;
    const move = () => pairs[place].scrollIntoView();
    move();
    requestAnimationFrame(move);  // once more, when the heights around it are known
    resumed.firstChild.textContent = "Resumed at " + (place + 1) + " of " + pairs.length + ".";
    resumed.hidden = false;
    setTimeout(() => { resumed.hidden = true; }, 7000);
  }

  const KEYS = {
    j: () => go(1), k: () => go(-1), ArrowRight: () => goToWord(1), ArrowLeft: () => goToWord(-1),
    p: () => next("pinyin"), t: () => next("translation"), l: () => next("layout"), o: () => next("first"),
    "+": () => resize(1), "=": () => resize(1), "-": () => resize(-1), "−": () => resize(-1),
    d: () => choose("theme", isDark() ? "light" : "dark"),
    "?": () => showSettings(form.hidden),
    Escape: () => { closeWord(); showSettings(false); resumed.hidden = true; },
  };
  const resize = (step) => choose("size", String(Math.max(1, Math.min(4, Number(root.dataset.size) + step))));
  const isDark = () =>
    root.dataset.theme === "dark" || (root.dataset.theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const inForm = form.contains(event.target);
    if (inForm && event.key.startsWith("Arrow")) return;
    if (event.key === "Enter" && current && event.target === current) toggle(current);
    else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
    else return;
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const at = event.target;
    if (popup.contains(at)) return;
    if (!form.hidden && !form.contains(at) && !opener.contains(at)) showSettings(false);
    const pair = at.closest(".pair");
    if (!pair || !getSelection().isCollapsed) { closeWord(); return; }
    const chosen = at.closest("ruby.w");
    makeCurrent(pair);
    if (chosen && chosen === word) closeWord();
    else if (chosen) explain(chosen);
    else toggle(pair);
  });
  opener.addEventListener("click", () => showSettings(form.hidden));
  form.addEventListener("change", (event) => choose(event.target.name, event.target.value));
  form.addEventListener("submit", (event) => event.preventDefault());
  resumed.querySelector("button").addEventListener("click", () => { resumed.hidden = true; scrollTo(0, 0); });
  addEventListener("scroll", onScroll, { passive: true });
  addEventListener("pagehide", notePlace);
  addEventListener("resize", () => { if (word) placePopup(); });
  addEventListener("beforeprint", () => { for (const pair of pairs) prepare(pair); });

  const initial = {
    layout: matchMedia("(min-width: 50em)").matches ? "beside" : "below", first: root.dataset.first, translation: "shown",
    pinyin: root.dataset.pinyin, size: "2", theme: "auto",
  };
  if ("scrollRestoration" in history) history.scrollRestoration = "manual";
  for (const [name, value] of Object.entries(initial)) {
    const kept = recall(name);
    apply(name, CHOICES[name].includes(kept) ? kept : value);
  }
  opener.hidden = false;
  resume();
  notePlace();
})();
