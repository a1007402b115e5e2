"""What cells say and what pages show of it: the words that both sides agree on.

Chapters state facts, claims and conditions in kernels; the build shows them, in another process.
Names that both need stand here and nowhere else. Imports nothing heavy.
"""

# A fact's payload is a dictionary: value, type (int, float, str, date), unit, source (tables and
# ids of sources), measures (what each quantity says of itself, by its name; None where nobody
# watched the cell), cell (its number).
FACT_MIME = "application/vnd.computegap.fact+json"
# A condition's payload: words (of the page), holds, condition (its text), values (what its sides
# came to, by their text), cell.
CONDITION_MIME = "application/vnd.computegap.condition+json"
# The source of a number that this book sets itself: a number of draws, a margin of its rule.
OWN = "this-book"
# MyST-NB takes outputs with this prefix out of the page and into the notebook's glue data.
GLUE = "application/papermill.record/"

# A sign beside each word, so that colour is never alone; the order is that of charts and tables.
SIGNS = {
    "supported": "\N{CHECK MARK}",
    "right number, wrong meaning": "\N{NOT EQUAL TO}",
    "partly supported": "\N{CIRCLE WITH LEFT HALF BLACK}",
    "contradicted": "\N{BALLOT X}",
    "outdated": "\N{ANTICLOCKWISE OPEN CIRCLE ARROW}",
    "unproven": "\N{HORIZONTAL ELLIPSIS}",
    "cannot tell": "?",
    "not checkable": "\N{EN DASH}",
}
# The parts of the article in reading order, as claims.csv names them and as a reader sees them.
SECTIONS = {
    "abstract": "Abstract",
    "constraint": "Constraint",
    "generations": "Generations",
    "domestic-chips": "Domestic chips",
    "summary": "Summary",
    "questions": "Questions",
    "related-reads": "Related reads",
}


# Places on pages


def verdict_class(word: str) -> str:
    """The class of what shows a verdict: claim-cannot-tell."""
    return f"claim-{word.replace(',', '').replace(' ', '-')}"


def claim_anchor(claim_id: str) -> str:
    """The place of a claim: claim-c028 for C028."""
    return f"claim-{claim_id.lower()}"


def claim_of(anchor: str) -> str:
    """The claim of a place: C028 for claim-c028."""
    return anchor.removeprefix("claim-").upper()


def finding_anchor(slug: str) -> str:
    """The place of a finding: finding-ratio for ratio."""
    return f"finding-{slug}"


def fact_anchor(key: str) -> str:
    """The place of the cell that states a fact."""
    return f"fact-{key}"


def table_anchor(table: str) -> str:
    """The place of a table on the page of data: data-chip-owners for chip_owners."""
    return f"data-{table.replace('_', '-')}"


def source_anchor(source_id: str) -> str:
    """The place of a source on the page of references."""
    return f"source-{source_id}"
