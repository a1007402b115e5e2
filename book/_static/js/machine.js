/* Python beside the page, in a Worker of the book's own: starts it, asks it, ends it. */
window.BookMachine = class {
  constructor(book) {
    this.book = new URL(book, document.baseURI);
    this.live = new URL("_live/", this.book);
    this.asked = new Map();
    this.count = 0;
  }

  /* What can be loaded and how large it is; the one thing that is asked for before a button. */
  async parts() {
    this.list ??= await this.json("_live/parts.json");
    return this.list;
  }

  async json(path) {
    const answer = await fetch(new URL(path, this.book), { cache: "no-cache" });
    if (!answer.ok) throw new Error(`${path} could not be loaded (${answer.status})`);
    return answer.json();
  }

  async start(tell) {
    const { loaded, other } = await this.parts();
    const address = new URL(`worker.js?${other["worker.js"].sha256.slice(0, 16)}`, this.live);
    this.worker = new Worker(address);
    this.worker.addEventListener("message", ({ data }) => this.hear(data));
    this.worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.failAll(new Error(event.message || "the Worker could not be started"));
    });
    this.about = await this.ask({ act: "start", loaded }, tell);
    return this.about;
  }

  ask(said, tell) {
    if (!this.worker) return Promise.reject(new Error("stopped"));
    const id = ++this.count;
    return new Promise((resolve, reject) => {
      this.asked.set(id, { resolve, reject, tell });
      this.worker.postMessage({ ...said, id });
    });
  }

  /* A function of runner.py. */
  call(name, ...given) {
    return this.ask({ act: "call", name, given });
  }

  /* All chapters, one after the other; `each` is told of one that is done. */
  async runAll(tell, each) {
    const cells = JSON.parse(await this.call("cells"));
    const whole = Object.values(cells).reduce((sum, one) => sum + one.length, 0);
    let done = 0;
    const outcomes = [];
    for (const [page, own] of Object.entries(cells)) {
      const outcome = await this.ask({ act: "run", page, cells: own }, ({ cell, of }) => tell((done + cell) / whole, page, cell, of));
      done += own.length;
      outcomes.push(outcome);
      await each?.(outcome, own.length);
    }
    return outcomes;
  }

  /* What makes a published figure live, as JSON that may hold NaN; "" where there is none. */
  async figure(label) {
    const answer = await fetch(new URL(`_figures/${label}.js`, this.book), { cache: "no-cache" });
    if (!answer.ok) return "";
    const text = await answer.text();
    return text.slice(text.indexOf("{"), text.lastIndexOf(");"));
  }

  async isDrawnAs(label, parts) {
    const there = await this.figure(label);
    return Boolean(there) && this.call("same_drawing", parts, there);
  }

  hear({ id, done, failed, ...told }) {
    const one = this.asked.get(id);
    if (!one) return;
    if (done === undefined && failed === undefined) {
      one.tell?.(told);
      return;
    }
    this.asked.delete(id);
    if (failed === undefined) one.resolve(done);
    else one.reject(new Error(failed));
  }

  failAll(error) {
    for (const { reject } of this.asked.values()) reject(error);
    this.asked.clear();
  }

  stop() {
    this.worker?.terminate();
    this.worker = null;
    this.failAll(new Error("stopped"));
  }
};

/* An element with attributes and children, in the words of the DOM. */
window.bookElement = (name, given = {}, ...children) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key in made && key !== "list") made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined));
  return made;
};

window.bookBytes = (count) => `${(count / 1e6).toFixed(count < 1e7 ? 1 : 0)} MB`;

/* A table in a box that scrolls; a cell is text or an element. */
window.bookTable = (head, rows, name) => {
  const el = window.bookElement;
  const cell = (value, at) => {
    const made = el(at ? "td" : "th", at ? {} : { scope: "row" });
    made.append(value instanceof Node ? value : String(value));
    return made;
  };
  const made = el(
    "table",
    { className: name },
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col", textContent: text })))),
    el("tbody", {}, ...rows.map((row) => el("tr", {}, ...row.map(cell)))),
  );
  const box = el("div", { className: "live-box", tabIndex: 0 }, made);
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", head[0]);
  return box;
};
