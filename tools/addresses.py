"""The published addresses: add those of the built book to tests/anchors.txt; none is taken out."""

from pathlib import Path

from release import anchors

LIST = Path(__file__).resolve().parents[1] / "tests" / "anchors.txt"


def published() -> set[str]:
    return set(LIST.read_text(encoding="utf-8").split()) if LIST.exists() else set()


if __name__ == "__main__":
    known = published()
    both = known | anchors(LIST.parents[1] / "_build" / "html")
    LIST.write_text("\n".join(sorted(both)) + "\n", encoding="utf-8")
    print(f"{len(both) - len(known)} addresses added to tests/{LIST.name}, {len(both)} in all")
