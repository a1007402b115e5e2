/* Says of a picture that a reader drops which figure it is, whether it was altered, and whether its
   numbers still hold. What figures are known by is in pictures.js of each edition
   (book/_ext/publish/proofs.py); the picture is read here and sent nowhere. */
(() => {
  const place = document.getElementById("check");
  const source = document.currentScript?.dataset.pictures ?? document.querySelector("script[data-pictures]").dataset.pictures;
  const [COLUMNS, ROWS] = [48, 36];
  /* Of 255. Measured on all figures: one of another size differs by less than the first on average
     and the second in any cell; two figures differ by more than the third on average. */
  const OURS = "Source, licence, citation and data in the file are ours.";
  const [MEAN, CELL, OTHER] = [1, 8, 4];

  /* What figures are known by */

  const load = (address) =>
    new Promise((resolve) => {
      const script = document.createElement("script");
      Object.assign(script, { src: address, onload: resolve, onerror: resolve });
      document.head.append(script);
    });

  /* Of this edition and of those beside it; newest first, each figure with its edition. */
  async function known() {
    const nav = document.querySelector("nav.edition");
    const { edition, root } = nav?.dataset ?? {};
    await load(source);
    const others = (window.bookEditions ?? []).map(({ version }) => version).filter((one) => one !== edition);
    await Promise.all(others.map((version) => load(`${root}${version}/pictures.js`)));
    const order = (one) => one.edition.split(/\D+/).map(Number);
    const newestFirst = (a, b) => order(b)[0] - order(a)[0] || order(b)[1] - order(a)[1];
    const editions = (window.bookPictures ?? []).sort(newestFirst);
    const home = (one) => (nav && one !== edition ? `${root}${one}/` : source.replace("pictures.js", ""));
    return editions.flatMap(({ edition: of, figures }) =>
      Object.entries(figures).map(([label, figure]) => ({ ...figure, label, edition: of, href: home(of) + figure.address })),
    );
  }

  /* SHA-256, since pages over plain HTTP have no crypto.subtle. Its constants are the fractions of
     roots of primes. */
  const PRIMES = [];
  for (let n = 2; PRIMES.length < 64; n++) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
  const fraction = (root) => ((root % 1) * 2 ** 32) | 0;
  const K = PRIMES.map((prime) => fraction(Math.cbrt(prime)));

  function sha256(bytes) {
    const state = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
    const whole = bytes.length & ~63;
    const rest = new Uint8Array(bytes.length - whole < 56 ? 64 : 128);
    rest.set(bytes.subarray(whole));
    rest[bytes.length - whole] = 128;
    const view = new DataView(rest.buffer);
    view.setUint32(rest.length - 8, Math.floor(bytes.length / 2 ** 29));
    view.setUint32(rest.length - 4, bytes.length * 8);
    const words = new Int32Array(64);
    const turned = (word, by) => (word >>> by) | (word << (32 - by));
    for (const [part, end] of [[bytes, whole], [rest, rest.length]]) {
      for (let at = 0; at < end; at += 64) {
        for (let i = 0; i < 16; i++) {
          const o = at + 4 * i;
          words[i] = (part[o] << 24) | (part[o + 1] << 16) | (part[o + 2] << 8) | part[o + 3];
        }
        for (let i = 16; i < 64; i++) {
          const [x, y] = [words[i - 15], words[i - 2]];
          const s0 = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
          words[i] = words[i - 16] + s0 + words[i - 7] + (turned(y, 17) ^ turned(y, 19) ^ (y >>> 10));
        }
        let [a, b, c, d, e, f, g, h] = state;
        for (let i = 0; i < 64; i++) {
          const one = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + words[i]) | 0;
          const two = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
          [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
        }
        [a, b, c, d, e, f, g, h].forEach((word, i) => (state[i] = (state[i] + word) | 0));
      }
    }
    return state.map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
  }

  const UTF8 = new TextEncoder();
  const shaOf = (text) => sha256(UTF8.encode(text));

  /* An SVG: what it draws, and what is written in it */

  const spaced = (text) => text.replace(/[ \t\r\n]+/g, " ").replace(/^ | $/g, "");
  const SPOKEN = ["metadata", "title", "desc"];
  const byCode = (a, b) => {
    const [x, y] = [Array.from(a), Array.from(b)];
    for (let i = 0; i < Math.min(x.length, y.length); i++) {
      if (x[i] !== y[i]) return x[i].codePointAt(0) - y[i].codePointAt(0);
    }
    return x.length - y.length;
  };

  function* linesOf(node, isRoot = false) {
    if (SPOKEN.includes(node.localName)) return;
    const left = isRoot ? ["width", "height"] : [];
    const attributes = [...node.attributes]
      .filter((one) => !/^xmlns(:|$)/.test(one.name) && !left.includes(one.localName))
      .map((one) => `${one.localName}=${spaced(one.value)}`)
      .sort(byCode);
    yield [`<${node.localName}`, ...attributes].join(" ");
    let text = "";
    for (const child of node.childNodes) {
      if (child.nodeType === 3 || child.nodeType === 4) text += child.data;
      if (child.nodeType !== 1) continue;
      if (spaced(text)) yield spaced(text);
      text = "";
      yield* linesOf(child);
    }
    if (spaced(text)) yield spaced(text);
    yield ">";
  }

  function readSvg(text) {
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root.localName !== "svg") return null;
    return {
      kind: "svg",
      drawn: shaOf([...linesOf(root, true)].join("\n")),
      texts: [...root.getElementsByTagNameNS("*", "text")].map((one) => spaced(one.textContent)).filter(Boolean),
      words: [...root.children].filter((one) => SPOKEN.includes(one.localName)).map((one) => spaced(one.textContent)).join("\n"),
      about: parsed(root.querySelector("metadata")?.textContent),
    };
  }

  function parsed(text) {
    try {
      const said = JSON.parse(text);
      return said && typeof said === "object" ? said : {};
    } catch {
      return {};
    }
  }

  /* A picture of pixels */

  /* Its text chunks, with the bytes of all of them in one. */
  function textsOf(bytes) {
    const found = { words: [], about: {} };
    if (String.fromCharCode(...bytes.subarray(1, 4)) !== "PNG") return found;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
      if (String.fromCharCode(...bytes.subarray(at + 4, at + 8)) !== "iTXt") continue;
      const content = bytes.subarray(at + 8, at + 8 + view.getUint32(at));
      if (found.words.length) found.words.push(10);
      for (const byte of content) found.words.push(byte);
      const [key, text] = [content.subarray(0, 10), content.subarray(10)];
      if (String.fromCharCode(...key) === "About\0\0\0\0\0") found.about = parsed(new TextDecoder().decode(text));
    }
    return found;
  }

  async function readPixels(file, bytes) {
    const bitmap = await createImageBitmap(file, { colorSpaceConversion: "none", premultiplyAlpha: "none" });
    const { width, height } = bitmap;
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, width, height);
    return { kind: "png", width, height, data, pixels: sha256(asLines(data, width, height)), ...textsOf(bytes) };
  }

  /* As PNG has lines of pixels with filter 1: each byte less that of the pixel before. */
  function asLines(data, width, height) {
    const lines = new Uint8Array(height * (4 * width + 1));
    for (let y = 0, o = 0, i = 0; y < height; y++) {
      lines[o++] = 1;
      for (let x = 0; x < 4 * width; x++, i++) lines[o++] = x < 4 ? data[i] : data[i] - data[i - 4];
    }
    return lines;
  }

  function gridOf({ data, width, height }) {
    const share = (cells, size) => {
      const parts = [];
      for (let cell = 0; cell < cells; cell++) {
        const [from, to] = [(cell * size) / cells, ((cell + 1) * size) / cells];
        for (let at = Math.floor(from); at < to; at++) {
          parts.push([cell, at, (Math.min(to, at + 1) - Math.max(from, at)) / (to - from)]);
        }
      }
      return parts;
    };
    const across = new Float64Array(COLUMNS * height);
    const columns = share(COLUMNS, width);
    for (let y = 0; y < height; y++) {
      for (const [cell, x, part] of columns) {
        const i = 4 * (y * width + x);
        /* What is clear shows the page behind it, which is white where pictures are shown. */
        const solid = data[i + 3] / 255;
        const light = 0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2];
        across[y * COLUMNS + cell] += part * (light * solid + 255 * (1 - solid));
      }
    }
    const found = new Float64Array(COLUMNS * ROWS);
    for (const [row, y, part] of share(ROWS, height)) {
      for (let x = 0; x < COLUMNS; x++) found[row * COLUMNS + x] += part * across[y * COLUMNS + x];
    }
    return found;
  }

  function distance(grid, figure) {
    const other = Uint8Array.from(atob(figure.grid), (sign) => sign.charCodeAt(0));
    let [sum, most] = [0, 0];
    grid.forEach((value, i) => {
      const apart = Math.abs(value - other[i]);
      sum += apart;
      most = Math.max(most, apart);
    });
    return { mean: sum / grid.length, most };
  }

  /* The answer: { word, figure, why } */

  function judged(read, sum, figures) {
    const exact = figures.find((one) => one.svg === sum || one.png === sum);
    if (exact) return { word: "The file as it was published", figure: exact, why: "Every byte is the same." };
    if (!read) return { word: "No picture", why: "The file cannot be read as an SVG or as a picture of pixels; it may be damaged." };
    return read.kind === "svg" ? judgedSvg(read, figures) : judgedPixels(read, figures);
  }

  function judgedSvg(read, figures) {
    const same = figures.find((one) => one.drawn === read.drawn);
    if (same) return { word: "The same picture", figure: same, why: "All that it draws is the same." };
    const mine = new Set(read.texts.map((text) => shaOf(text).slice(0, 8)));
    const share = (one) => {
      const theirs = one.texts.match(/.{8}/g) ?? [];
      return theirs.filter((text) => mine.has(text)).length / Math.max(theirs.length, mine.size, 1);
    };
    const named = (one) => (one.label === labelOf(read.about) ? 0.2 : 0);
    const [best] = figures.map((one) => [share(one) + named(one), one]).sort((a, b) => b[0] - a[0]);
    if (!best || best[0] < 0.5) return { word: "Unknown", why: "No figure here has its words and its drawing." };
    const words = read.texts.filter((text) => !best[1].texts.includes(shaOf(text).slice(0, 8)));
    const told = words.length ? ` Words that are not ours: ${words.slice(0, 5).join("; ")}.` : " Its words are ours, its drawing is not.";
    return { word: "Altered", figure: best[1], why: `It was made from this figure and differs from it.${told}` };
  }

  function judgedPixels(read, figures) {
    const same = figures.find((one) => one.pixels === read.pixels);
    if (same) return { word: "The same picture", figure: same, why: "Every pixel is the same." };
    const grid = gridOf(read);
    const [best] = figures.map((one) => [distance(grid, one), one]).sort((a, b) => a[0].mean - b[0].mean);
    if (!best || best[0].mean > OTHER) return { word: "Unknown", why: "No figure here looks like it." };
    const [{ mean, most }, figure] = best;
    const [width, height] = figure.size;
    const isSize = read.width === width && read.height === height;
    /* A file that loses nothing has every pixel, or was changed. */
    if (isSize && read.isLossless) {
      return { word: "Altered", figure, why: "It has the size of this figure, and some of its pixels differ." };
    }
    if (mean < MEAN && most < CELL) {
      const how = isSize ? "It was packed with losses" : `It has ${read.width} by ${read.height} pixels, not ${width} by ${height}`;
      const word = isSize ? "Looks the same, packed anew" : "Looks the same at another size";
      return { word, figure, why: `${how}, so what is as small as a letter could differ unseen.` };
    }
    return { word: "Altered", figure, why: "It looks like this figure, and a part of it differs." };
  }

  const labelOf = (about) => String(about.address ?? "").split("#")[1];

  function aboutInside(read, figure) {
    if (!read.words.length) return "Source, licence, citation and data are not in the file any more.";
    const sum = read.kind === "svg" ? shaOf(read.words) : sha256(Uint8Array.from(read.words));
    if (sum === figure.words[read.kind]) return OURS;
    const isData = shaOf(String(read.about.csv ?? "")) === figure.csv;
    return `What is written in the file is not what we wrote${isData ? "; the data in it are ours" : ", the data in it included"}.`;
  }

  function stillHolds(figure, figures) {
    const newest = figures[0].edition;
    const now = figures.find((one) => one.label === figure.label && one.edition === newest);
    if (!now) return [`Edition ${newest}, the newest here, does not have this figure any more.`];
    if (now.csv === figure.csv) return [`Its numbers are still those of the newest edition here, ${newest}.`];
    return [`Its numbers have changed since: `, linked(`the figure in edition ${newest}`, now.href), "."];
  }

  function linked(words, href) {
    return Object.assign(document.createElement("a"), { textContent: words, href });
  }

  /* The page */

  async function check(file) {
    if (file.size > 5e7) {
      answer.replaceChildren(line("p", "The file is larger than any picture of this report.", "check-word"));
      return;
    }
    answer.replaceChildren(line("p", "Looking at it …"));
    const figures = await known();
    const bytes = new Uint8Array(await file.arrayBuffer());
    let read = null;
    try {
      const isText = /^[\s\uFEFF]*</.test(new TextDecoder().decode(bytes.subarray(0, 64)));
      read = isText ? readSvg(new TextDecoder().decode(bytes)) : await readPixels(file, bytes);
      if (read?.kind === "png") read.isLossless = bytes[0] === 0x89;
    } catch {
      /* What the browser cannot read is said below. */
    }
    const sum = sha256(bytes);
    const { word, figure, why } = judged(read, sum, figures);
    const parts = [line("p", word, "check-word")];
    if (figure) {
      const which = line("p", "");
      which.append(linked(`${figure.name}, edition ${figure.edition}`, figure.href), `: ${figure.title}`);
      parts.push(which);
    }
    parts.push(line("p", why));
    if (figure) {
      const isWhole = word === "The file as it was published";
      const inside = isWhole ? OURS : aboutInside(read, figure);
      const holds = line("p", "");
      holds.append(...stillHolds(figure, figures));
      parts.push(line("p", inside), holds);
    }
    parts.push(line("p", `${file.name}, SHA-256 ${sum}`, "check-sum"));
    answer.replaceChildren(...parts);
    answer.dataset.word = word;
  }

  function line(tag, text, name = "") {
    return Object.assign(document.createElement(tag), { textContent: text, className: name });
  }

  const input = Object.assign(document.createElement("input"), { type: "file", id: "check-file", accept: "image/*,.svg" });
  const label = line("label", "Choose a picture, or drop it here");
  label.htmlFor = input.id;
  const zone = line("div", "", "check-zone");
  zone.append(label, input);
  const answer = line("div", "", "check-answer");
  answer.setAttribute("role", "status");
  place.replaceChildren(zone, answer);
  const take = (files) => {
    delete answer.dataset.word;
    if (files.length) check(files[0]);
  };
  input.addEventListener("change", () => take(input.files));
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => {
      event.preventDefault();
      zone.classList.toggle("is-over", kind === "dragover");
      if (kind === "drop") take(event.dataTransfer.files);
    });
  }
})();
