/* The way to the same page in another edition. The list of editions lies beside them, in
   editions.js, so that a later edition changes no byte of an earlier one. */
(() => {
  const place = document.querySelector("nav.edition");
  const known = window.bookEditions;
  if (!place || !known) return;
  const { edition, root, page } = place.dataset;
  const newest = known[0].version;
  withdraw((known.find((one) => one.version === edition) ?? {}).withdrawn ?? []);

  const fold = document.createElement("details");
  const summary = document.createElement("summary");
  summary.textContent = edition === newest ? `Edition ${edition}` : `Edition ${edition} (newest: ${newest})`;
  const list = document.createElement("ul");
  for (const { version, date, pages } of known) {
    const link = document.createElement("a");
    const there = pages.includes(page);
    link.textContent = `${version} of ${date}${there ? "" : ", without this page"}`;
    link.href = `${root}${version}/${there ? page : "index.html"}`;
    if (version === edition) link.setAttribute("aria-current", "page");
    else if (there) link.addEventListener("click", () => { link.hash = location.hash; });
    const item = document.createElement("li");
    item.append(link);
    list.append(item);
  }
  fold.append(summary, list);
  place.replaceChildren(fold);

  /* Said beside the editions, as of a whole one or of a number; the page itself stays as it was. */
  function withdraw(notices) {
    for (const { number, date, reason } of notices) {
      const links = [...document.querySelectorAll(`a.fact-link[href$="#fact-${number}"]`)];
      if (number && !links.length) continue;
      const what = number ? `The number ${links[0].textContent} (${number})` : "This edition";
      const line = document.createElement("p");
      line.className = "withdrawn";
      line.setAttribute("role", "note");
      line.textContent = `${what} was withdrawn on ${date}. ${reason}`;
      document.querySelector("article").prepend(line);
      for (const link of links) link.classList.add("is-withdrawn");
    }
  }
})();
