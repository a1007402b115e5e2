"""The score of a build: every step of this book's own, in the order in which they happen.

A step stands under the event of Sphinx that calls it; its place in the list is its priority. In
each list the steps of other extensions happen at `THEIRS`, but for a few that they put late,
which happen at `LATE`. Those places are the only priorities of the book.
"""

from _ext import sphinx_patches as patches
from _ext.cite import addresses, citations, metadata, references
from _ext.page import (
    claims,
    conditions,
    data_page,
    figures,
    findings,
    frame,
    head,
    ledger,
    overview,
    provenance,
    quotes,
    verify,
)
from _ext.publish import (
    assets,
    door,
    downloads,
    fair,
    lineage,
    live,
    machines,
    markdown,
    proofs,
    search,
    swap,
)
from _ext.run import datacheck, freshness

# Places of other extensions: Sphinx's default priority, and the latest that one of ours uses.
THEIRS, LATE = 500, 900

STEPS = {
    "config-inited": [
        # Before anything is read or written: one build at a time, apart from the readers' book.
        swap.take_turn,
        # Before extensions that read the address when they start.
        citations.settle_address,
        door.settle,
        THEIRS,
        patches.use_all_cores,
        datacheck.check,
        freshness.prepare,
        downloads.settle_epub,
        live.settle,
        LATE,
        # After all settings of the bibliography are known.
        references.write_bib,
        # After Sphinx has put the year of SOURCE_DATE_EPOCH there.
        citations.settle_year,
    ],
    "builder-inited": [
        THEIRS,
        patches.share_evenly,
        patches.keep_templates,
        swap.mark,
        freshness.load_store,
        assets.write,
        search.instead,
    ],
    "env-get-outdated": [THEIRS, freshness.find_outdated, freshness.forget_removed_pages],
    "env-before-read-docs": [THEIRS, freshness.execute_missing],
    "env-purge-doc": [THEIRS, freshness.forget_references, patches.forget_outline],
    "source-read": [THEIRS, data_page.write_sections],
    "doctree-read": [
        THEIRS,
        freshness.note_references,
        quotes.collect_facts,
        conditions.check,
        findings.collect,
        addresses.label_claims,
        # After all that gives ids to figures.
        patches.keep_outline,
    ],
    "env-merge-info": [THEIRS, freshness.merge_references, patches.merge_outlines],
    "env-updated": [
        # Before the citations are made anew.
        patches.keep_formatted,
        THEIRS,
        # Before facts: it tells them which numbers stand in quoted findings.
        findings.rewrite_stale,
        quotes.rewrite_stale,
        ledger.rewrite_ledger,
        references.rewrite,
        metadata.rewrite_stale,
        provenance.rewrite_stale,
    ],
    "env-get-updated": [
        THEIRS,
        # After all that numbers pages, sections and figures; at env-updated, figures have no
        # numbers yet when all pages were read, and the next build would write all pages for them.
        freshness.find_affected,
    ],
    "doctree-resolved": [
        THEIRS,
        references.add_links_back,
        # After all numbers are in their places, before citations are added.
        metadata.keep_digest,
        search.keep,
        citations.add_controls,
        provenance.add_provenance,
        # Last: what comes before knows figures, tables and claims as docutils has them.
        figures.frame,
        frame.stand,
        overview.stand,
        # Of the page as it is written.
        live.note_quotes,
    ],
    "html-page-context": [
        downloads.offer,
        downloads.lead_within_epub,
        references.mark_links,
        door.offer,
        metadata.add_tags,
        fair.add_links,
        assets.offer,
        verify.offer,
        figures.offer_bundle,
        frame.name_cells,
        head.place,
        # Of the whole page.
        markdown.write,
        THEIRS,
    ],
    "html-collect-pages": [
        THEIRS,
        downloads.start_packing,
    ],
    "build-finished": [
        data_page.copy_data,
        metadata.write_files,
        machines.write,
        lineage.write,
        proofs.write,
        search.write,
        THEIRS,
        LATE,
        assets.drop_foreign,
        downloads.finish_packing,
        downloads.even_epub,
        # Of all files that were written.
        fair.write,
        # After all that writes pages.
        live.write,
        # Last of what writes: the built folder takes its place.
        swap.finish,
        patches.free_nothing_at_the_end,
    ],
}


def take_part(app) -> None:
    """Enter the book's settings, nodes, roles, domains and steps into a build."""
    for name, default, rebuild in (*citations.SETTINGS, *freshness.SETTINGS, *live.SETTINGS):
        app.add_config_value(name, default, rebuild)
    patches.apply(app)
    references.register(app)
    quotes.register(app)
    claims.register(app)
    findings.register(app)
    frame.register(app)
    overview.register(app)
    verify.register(app)
    app.add_directive("ledger", ledger.LedgerDirective)
    app.add_transform(figures.FinishCells)
    app.add_transform(addresses.StableIds)
    app.add_node(figures.figure_tools, **figures.VISITORS)
    app.add_node(citations.cite_control, html=(citations.visit_control, None))
    for event, steps in STEPS.items():
        for priority, step in _placed(steps):
            app.connect(event, step, priority=priority)


def _placed(steps: list):
    """Each step with the priority that its place in the list gives it."""
    priority = 1
    for step in steps:
        if isinstance(step, int):
            priority = step + 1
        else:
            yield priority, step
            priority += 1
