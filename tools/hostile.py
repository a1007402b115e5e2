"""What the check of the data refuses, kind by kind: python tools/hostile.py [--seed N] [--tries N]

Prints a table in Markdown: of each way to go wrong how many were tried, how many refused, and of
how many the message says the place. Then the CPU seconds that all the checks took.
"""

import argparse
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / folder) for folder in ("tests", "tests/hostile", "book", "tools")]


def main() -> None:
    import test_data
    from mutations import KINDS, NEVER_SEEN, Copy

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=test_data.SEED)
    parser.add_argument("--tries", type=int, default=test_data.TRIES)
    asked = parser.parse_args()
    test_data.SEED, test_data.TRIES = asked.seed, asked.tries
    sums, whole, spent = [0, 0, 0], 0, 0.0
    print("| kind | tried | refused | message right |\n|:---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(ROOT / "data", Path(folder) / "data")
        for name, change in sorted((KINDS | NEVER_SEEN).items()):
            before = time.process_time()
            tried = list(test_data.tries(copy, name, change))
            spent += time.process_time() - before
            refused = sum(bool(found) for _, _, found in tried)
            right = sum(not test_data.faults(copy, *one) for one in tried)
            mark = " (not refused by design)" if name in NEVER_SEEN else ""
            print(f"| {name}{mark} | {len(tried)} | {refused} | {right} |")
            sums = [a + b for a, b in zip(sums, (len(tried), refused, right), strict=True)]
            whole += refused == len(tried)
    kinds = len(KINDS) + len(NEVER_SEEN)
    print(f"| all | {sums[0]} | {sums[1]} | {sums[2]} |")
    print(f"\n{whole} of {kinds} kinds refused in every try; {spent:.1f} CPU s, seed {asked.seed}")


if __name__ == "__main__":
    random.seed(0)
    main()
