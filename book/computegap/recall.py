"""Calls that a notebook made, and what they gave: so that a build can ask whether they still do.

A build keeps an executed notebook as long as what it used is the same. Of a quantity that is its
value, not the files behind it: a cell of a table that moves no value executes nothing. While a
build watches, each outermost call of a quantity is told to it (`sys.audit`) with its arguments and
a digest of its value; later the build hands the calls back to this module, as a program:

    python -m computegap.recall < calls.json > digests.json

Calls whose arguments or values cannot be written down are not told; what they read counts as read
by the notebook itself.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

# Set in kernels by book/_ext/run/recorder.py.
WATCHED = "BOOK_IS_WATCHED"
_PLAIN = (str, int, float, bool, type(None))


def is_watched() -> bool:
    """Whether a build listens to this process."""
    return WATCHED in os.environ


def told(function: Callable, args: tuple, kwargs: dict, value: object) -> str:
    """A call and a digest of what it gave, as JSON; "" for one that cannot be written down."""
    digest = digest_of(value)
    try:
        arguments = [[_written(one) for one in args], {k: _written(v) for k, v in kwargs.items()}]
    except TypeError:
        return ""
    call = [function.__module__, function.__qualname__, *arguments]
    return json.dumps({"by": __name__, "call": call, "digest": digest}) if digest else ""


def _written(value: Any) -> Any:
    """An argument as JSON can hold it."""
    if isinstance(value, pd.Timestamp):
        return {"day": value.isoformat()}
    if isinstance(value, tuple):
        return {"tuple": [_written(one) for one in value]}
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, _PLAIN):
        return value
    raise TypeError(type(value).__name__)


def _read(value: Any) -> Any:
    if isinstance(value, dict):
        return pd.Timestamp(value["day"]) if "day" in value else tuple(map(_read, value["tuple"]))
    return value


def digest_of(value: object) -> str:
    """A hash of a value that is the same in every process; "" for a kind that has none."""
    found = hashlib.sha256()
    try:
        for part in _parts(value):
            found.update(part + b"\0")
    except TypeError:
        return ""
    return found.hexdigest()


def _parts(value: Any) -> Iterator[bytes]:
    """The bytes that make a value, piece by piece. Raises `TypeError` for what has none."""
    yield type(value).__name__.encode()
    if isinstance(value, pd.DataFrame):
        yield from _parts(list(map(str, value.columns)))
        yield from _parts([str(kind) for kind in value.dtypes])
        yield pd.util.hash_pandas_object(value, index=True).to_numpy().tobytes()
    elif isinstance(value, pd.Series):
        yield f"{value.name} {value.dtype}".encode()
        yield pd.util.hash_pandas_object(value, index=True).to_numpy().tobytes()
    elif isinstance(value, np.ndarray):
        yield f"{value.dtype} {value.shape}".encode()
        yield np.ascontiguousarray(value).tobytes()
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _parts(one)
    elif isinstance(value, dict):
        yield from _parts(list(map(list, value.items())))
    elif isinstance(value, (pd.Timestamp, np.generic, *_PLAIN)):
        yield repr(value).encode()
    elif hasattr(value, "_repr_markdown_"):
        yield value._repr_markdown_().encode()
    else:
        raise TypeError(type(value).__name__)


def _again(call: list) -> str:
    """The digest of a call made anew; "" where it cannot be made, or fails."""
    module, name, args, kwargs = call
    try:
        function = getattr(import_module(module), name)
        return digest_of(function(*map(_read, args), **{k: _read(v) for k, v in kwargs.items()}))
    except Exception:
        # Whatever it is, the notebook will say it better.
        return ""


def main() -> None:
    calls = json.load(sys.stdin)
    print(json.dumps([_again(call) for call in calls]))


if __name__ == "__main__":
    main()
