/* The way to the same page in another edition. The list of editions lies beside them, in
   editions.js, so that a later edition changes no byte of an earlier one. */
(() => {
  const place = document.querySelector("nav.edition");
  const known = window.bookEditions;
  if (!place || !known) return;
  const { edition, root, page } = place.dataset;
  const newest = known[0].version;

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
})();
