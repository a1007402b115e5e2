"""Draws per second and peak memory of the compute-gap model; fails unless both grow linearly.

Time is processor time, so that other work on the machine does not count.

    python tools/bench/model.py
"""

import json
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

SIZES = (100_000, 1_000_000, 10_000_000)
# A draw may take at most this many times as long among ten times as many, and memory exceed the
# size of the results by at most this factor: growth faster than linear would be near ten.
TOLERANCE = 2


def measure(n: int) -> dict[str, float]:
    """Seconds, peak bytes and bytes of the results of n draws, in this process."""
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "book"))
    from computegap import assumptions, model, scenarios

    inputs = scenarios.lag_inputs(assumptions.table())
    model.simulate(inputs, model.lags, 1000)  # the first call pays for imports
    start = time.process_time()
    results = model.simulate(inputs, model.lags, n)
    seconds = time.process_time() - start
    size = sum(values.nbytes for values in results.values())
    del results
    # A second run, because tracing takes time of its own.
    tracemalloc.start()
    model.simulate(inputs, model.lags, n)
    return {"seconds": seconds, "bytes": tracemalloc.get_traced_memory()[1], "results": size}


def main() -> int:
    print(f"{'draws':>12} {'draws/s':>14} {'peak MB':>10} {'bytes/draw':>12}")
    found = {}
    for n in SIZES:
        # A process of its own each, so that one size leaves nothing to the next.
        command = [sys.executable, __file__, str(n)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found[n] = row = json.loads(done.stdout)
        print(
            f"{n:>12,} {n / row['seconds']:>14,.0f} {row['bytes'] / 1e6:>10.1f} "
            f"{row['bytes'] / n:>12.1f}"
        )
    *_, middle, large = SIZES
    slower = found[large]["seconds"] / found[middle]["seconds"] / (large / middle)
    held = found[large]["bytes"] / found[large]["results"]
    print(f"time per draw, {large:,} over {middle:,}: {slower:.2f}")
    print(f"peak memory over the size of the results: {held:.2f}")
    return 0 if slower < TOLERANCE and held < TOLERANCE else 1


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(measure(int(sys.argv[1]))))
    else:
        sys.exit(main())
