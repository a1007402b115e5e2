"""What a value came through: the quantities that were called and the tables that were opened.

A quantity that is called says who it is, and so does `load`. In a notebook each cell is watched
while it runs (`watch`): a value takes on what the expression behind it called and what the names
in it stood for; a name that is assigned anew forgets what it stood for. Parts of a dictionary,
list or tuple that is written out have trails of their own. Nothing is guessed from source: where
nobody watched, as outside IPython, a trail is unknown, and unknown is not claimed.

Values are followed, not branches: which of two values a condition picked is no part of a trail.
"""

import ast
import builtins
import re
import sys
from collections import deque
from dataclasses import dataclass
from functools import wraps
from types import ModuleType
from typing import Any

from computegap import recall

# Values that Python shares between places, so that their identity says nothing.
_SHARED = (int, str, bytes, type(None), type, ModuleType)
# The name of the watch in a notebook, and of the function that is handed conditions.
_NAME, _CONDITION = "__lineage__", "holds"
# How the names begin that hold a value until its cell has told of it.
_HELD = "_lineage_"


@dataclass(frozen=True)
class Trail:
    """The quantities that the notebook itself called, and all tables that were opened."""

    quantities: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    # False where a part comes from a cell that nobody watched.
    is_known: bool = True

    def __or__(self, other: "Trail") -> "Trail":
        return Trail(
            self.quantities | other.quantities,
            self.tables | other.tables,
            self.is_known and other.is_known,
        )


_NOTHING = Trail()
_UNKNOWN = Trail(is_known=False)


class _Watch:
    """The trails of this process: of expressions that are open, of objects, and of names."""

    def __init__(self):
        # Expressions and quantities that are being worked out, innermost last.
        self.open: list[Trail] = []
        # How many of them are quantities: only the outermost says its name.
        self.depth = 0
        # id -> the object, held so that no other one gets its id, and its trail
        self.objects: dict[int, tuple[object, Trail]] = {}
        # name -> what it stood for when it was given, and its trail
        self.names: dict[str, tuple[object, Trail]] = {}
        # Classes and coroutines of the notebook, which are not watched: what they give is unknown.
        self.opaque: dict[int, object] = {}
        # The sides of the comparisons of the condition that is being worked out, by their text.
        self.sides: dict[str, object] = {}
        # The last values with their trails, for functions that ask what they were handed.
        self.last: deque[tuple[object, Trail]] = deque(maxlen=32)

    # What quantities and tables say

    def note(self, trail: Trail) -> None:
        if self.open:
            self.open[-1] |= trail

    def call(self, name: str, function, args: tuple, kwargs: dict):
        self.open.append(_NOTHING)
        self.depth += 1
        try:
            return function(*args, **kwargs)
        finally:
            self.depth -= 1
            trail = self.open.pop()
            said = frozenset({name}) if name and not self.depth else frozenset()
            self.note(trail | Trail(said))

    # What a watched cell says; `_Instrument` writes these calls into it

    def begin(self, *names: str, of: tuple[str, ...] = (), turn: tuple = ()) -> int:
        """An expression is about to be worked out from these names.

        In a comprehension, `turn` has the values of this turn, and `of` the names of what they
        are taken from, which stand for the values where their own trails are not known.
        """
        frame = sys._getframe(1)
        own = [trail for trail in map(self.of_object, turn) if trail]
        names = names if own else (*names, *of)
        self.open.append(_all([*own, *(self.of_name(name, frame) for name in names)]))
        return len(self.open)

    def end(self, level: int, value):
        """The expression has been worked out, to this value."""
        trail = self.open[level - 1]
        # An error that the cell caught leaves inner expressions open.
        del self.open[level - 1 :]
        # An object that is only handed on keeps its own trail, which is the closer one.
        trail = self.of_object(value) or trail
        self.note(trail)
        self.keep(value, trail)
        self.last.append((value, trail))
        return value

    def bind(self, source, *names: str) -> None:
        """Names have been given to a value, or to parts of it."""
        frame = sys._getframe(1)
        whole = self.of_value(source) or _NOTHING
        for name in names:
            value, key = self._look_up(name, frame)
            self.names[key] = (value, self.of_object(value) or whole)

    def name(self, value, name: str):
        """A name has been given inside of an expression, which goes on with the value."""
        found, key = self._look_up(name, sys._getframe(1))
        self.names[key] = (found, self.of_value(value) or _NOTHING)
        return value

    def grow(self, source, name: str) -> None:
        """What a name stands for has been made of what it stood for before, and of the source."""
        value, key = self._look_up(name, sys._getframe(1))
        before = self.names.get(key, (None, _NOTHING))[1]
        trail = before | (self.of_object(value) or _NOTHING) | (self.of_value(source) or _NOTHING)
        self.names[key] = (value, trail)
        self.keep(value, trail)

    def hide(self, name: str) -> None:
        """A class, or a function that is awaited, has been defined, and is not watched."""
        value, _ = self._look_up(name, sys._getframe(1))
        self.opaque[id(value)] = value

    def put(self, source, *names: str):
        """A value has been put into what these names stand for; hands it on, as it may be shown."""
        self._add(source, names, sys._getframe(1))
        return source

    def add(self, source, *names: str) -> None:
        """The same, where nothing is shown."""
        self._add(source, names, sys._getframe(1))

    def _add(self, source, names: tuple[str, ...], frame) -> None:
        for name in names:
            value, key = self._look_up(name, frame)
            trail = self.of_name(name, frame) | (self.of_value(source) or _NOTHING)
            self.names[key] = (value, trail)
            self.keep(value, trail)

    def enter(self, *names: str) -> None:
        """A function of the notebook begins with these arguments.

        One whose trail is not known stands for all that the call was handed.
        """
        frame = sys._getframe(1)
        handed = self.open[-1] if self.open else _NOTHING
        for name in names:
            value, key = self._look_up(name, frame)
            self.names[key] = (value, self.of_object(value) or handed)

    def see(self, text: str, value):
        """A side of a comparison in a condition, as the cell writes it, and its value."""
        self.sides[text] = value
        return value

    def start_cell(self, *_) -> None:
        """Close what an error left open, and let go of objects that nobody else holds."""
        self.open.clear()
        self.last.clear()
        self.sides.clear()
        self.depth = 0
        for key in [key for key, held in self.objects.items() if sys.getrefcount(held[0]) <= 2]:
            del self.objects[key]

    # Asking

    def keep(self, value, trail: Trail) -> None:
        if not isinstance(value, _SHARED):
            self.objects[id(value)] = (value, trail)

    def of_object(self, value) -> Trail | None:
        """The trail of an object, by its identity; None for one that is not known or is shared."""
        known = self.objects.get(id(value))
        return known[1] if known and known[0] is value else None

    def of_value(self, value) -> Trail | None:
        """The trail of an object, or of a shared value that was worked out just now."""
        known = self.of_object(value)
        recent = (trail for other, trail in reversed(self.last) if other is value)
        return next(recent, None) if known is None else known

    def of_name(self, name: str, frame) -> Trail:
        value, key = self._look_up(name, frame)
        if trail := self.of_object(value):
            return trail
        if isinstance(value, ModuleType) or callable(value):
            return _UNKNOWN if self.opaque.get(id(value)) is value else _NOTHING
        stood_for, trail = self.names.get(key, (value, _NOTHING))
        # Given by other means than those that a cell tells of, as by `exec`.
        return trail if stood_for is value else _UNKNOWN

    def _look_up(self, name: str, frame) -> tuple[object, str]:
        """What a name stands for, and the key of its trail: names of functions are their own."""
        code = frame.f_code
        if frame.f_locals is frame.f_globals or name not in frame.f_locals:
            return frame.f_globals.get(name, getattr(builtins, name, None)), name
        owner, is_free = code.co_qualname, name in code.co_freevars
        # A name of a function around this one: the nearest that gave it.
        while is_free and "." in owner and f"{owner}.{name}" not in self.names:
            owner = owner.rpartition(".<locals>.")[0]
        return frame.f_locals[name], f"{owner}.{name}"


def _all(trails) -> Trail:
    whole = _NOTHING
    for trail in trails:
        whole |= trail
    return whole


_watch = _Watch()


def note_table(name: str) -> None:
    """A table is opened: what is being worked out comes through it."""
    _watch.note(Trail(tables=frozenset({name})))


def call(name: str, function, args: tuple, kwargs: dict):
    """The value of a quantity: what is being worked out comes through it and through its tables.

    A build that watches is told of an outermost call and of what it gave. A function without a
    name is told of likewise, and is no quantity.
    """
    if _watch.depth or not recall.is_watched():
        return _watch.call(name, function, args, kwargs)
    sys.audit("book.call", "")
    told = ""
    try:
        value = _watch.call(name, function, args, kwargs)
        told = recall.told(function, args, kwargs, value)
    finally:
        sys.audit("book.called", told)
    return value


def recalled(function):
    """Let a build keep what a function gave, as it keeps the values of quantities."""

    @wraps(function)
    def call_it(*args, **kwargs):
        return call("", function, args, kwargs)

    return call_it


def trail_of(value) -> Trail | None:
    """What a value came through that a watched cell handed to the caller; None if unknown."""
    trail = _watch.of_value(value)
    return trail if trail and trail.is_known else None


def take_sides() -> dict[str, object]:
    """The sides of the comparisons of the condition that was just worked out; once."""
    sides = dict(_watch.sides)
    _watch.sides.clear()
    return sides


def watch() -> None:
    """Watch the cells of this notebook from the next one on; outside IPython nothing happens."""
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None or _NAME in shell.user_ns:
        return
    shell.push({_NAME: _watch}, interactive=False)
    shell.ast_transformers.append(_Instrument())
    shell.events.register("pre_run_cell", _watch.start_cell)
    shell.events.register("post_run_cell", _start_after)


def _start_after(result) -> None:
    """What the cell that called `watch` has left is of unknown origin, but for what is code."""
    from IPython import get_ipython

    shell = get_ipython()
    shell.events.unregister("post_run_cell", _start_after)
    for name, value in shell.user_ns.items():
        if not name.startswith("_") and not isinstance(value, ModuleType) and not callable(value):
            _watch.names[name] = (value, _UNKNOWN)


# Writing the watch into a cell


class _Instrument(ast.NodeTransformer):
    """Puts `begin` and `end` around the expressions of a cell, and reports what gets a name.

    `x = f(y)` becomes `x = end(begin("f", "y"), f(y))` and `bind(x, "x")`.
    """

    def visit_FunctionDef(self, node):
        given = [
            one.arg for one in (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
        ]
        self.generic_visit(node)
        if given:
            words = ", ".join(map(repr, given))
            # After the docstring, which has to stay first.
            at = 1 if ast.get_docstring(node) else 0
            node.body.insert(at, _placed(ast.parse(f"{_NAME}.enter({words})").body[0], node))
        return node

    def visit_AsyncFunctionDef(self, node):
        """Left alone, as classes are: what they give is not known."""
        return [node, _say(node, "hide", repr(node.name), [])]

    visit_ClassDef = visit_AsyncFunctionDef

    def visit_Return(self, node):
        if node.value:
            node.value = _watched(node.value)
        return node

    def visit_Assign(self, node):
        if pairs := _pairs(node):
            return self._at_once(node, *pairs)
        node.value, held = _held(_wholly_watched(node.value), node)
        return [node, *(_report(node, held, target) for target in node.targets)]

    def _at_once(self, node, targets: list[ast.expr], values: list[ast.expr]):
        """`x, y = f(), g()`: each value by itself."""
        said = []
        for at, (target, value) in enumerate(zip(targets, values, strict=True)):
            node.value.elts[at], held = _held(_wholly_watched(value), node, at)
            said.append(_report(node, held, target))
        return [node, *said]

    def visit_AnnAssign(self, node):
        if node.value is None:
            return node
        node.value, held = _held(_wholly_watched(node.value), node)
        return [node, _report(node, held, node.target)]

    def visit_AugAssign(self, node):
        node.value, held = _held(_wholly_watched(node.value), node)
        what = "grow" if isinstance(node.target, ast.Name) else "add"
        return [node, _say(node, what, held, _roots(node.target))]

    def visit_NamedExpr(self, node):
        return _named(node)

    def visit_With(self, node):
        given = []
        for at, item in enumerate(node.items):
            if item.optional_vars:
                item.context_expr, held = _held(_wholly_watched(item.context_expr), node, at)
                given.append(_report(node, held, item.optional_vars))
        inside = ast.Module(node.body, [])
        node.body = [*given, *self.generic_visit(inside).body]
        return node

    def visit_Match(self, node):
        node.subject, held = _held(_wholly_watched(node.subject), node)
        for case in node.cases:
            parts = ast.walk(case.pattern)
            names = [name for part in parts for name in _captured(part)]
            self.generic_visit(case)
            if names:
                case.body.insert(0, _say(node, "bind", held, names))
        return node

    def visit_For(self, node):
        node.iter, held = _held(_watched(node.iter), node)
        first = _say(node, "bind", held, _names(node.target))
        self.generic_visit(node)
        node.body.insert(0, first)
        return node

    def visit_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Yield) and call.value:
            call.value = _watched(call.value)
        if not isinstance(call, ast.Call):
            return self.generic_visit(node)
        if isinstance(call.func, ast.Name) and call.func.id == _CONDITION and len(call.args) == 2:
            call.keywords.append(ast.keyword("text", ast.Constant(ast.unparse(call.args[1]))))
            call.args[1] = _Sides().visit(call.args[1])
            return _placed(node, node)
        # `fact(key, value, …)` asks for the trail of what it was handed.
        call.args = [
            _between([], argument) if isinstance(argument, ast.Constant) else _watched(argument)
            for argument in call.args
        ]
        if isinstance(call.func, ast.Name):
            node.value = _watched(call)
            return node
        # `rows.append(x)`: what is put in is a part of `rows` from now on.
        # One expression, since a notebook shows the value of the last one.
        put = _say(node, "put", "0", _roots(call.func))
        put.value.args[0] = _watched(call)
        return put


class _Sides(ast.NodeTransformer):
    """Notes what the sides of each comparison come to, so that a report can say it."""

    def visit_Compare(self, node):
        node.left = _seen(node.left)
        node.comparators = [_seen(side) for side in node.comparators]
        return node


def _seen(side: ast.expr) -> ast.expr:
    # A number that is written out says its value by itself, a negative one too.
    if not any(isinstance(node, ast.Name) for node in ast.walk(side)):
        return side
    noted: Any = ast.parse(f"{_NAME}.see({ast.unparse(side)!r}, 0)", mode="eval").body
    noted.args[1] = side
    return _placed(noted, side)


def _held(value: ast.expr, at: ast.stmt, part: int = 0) -> tuple[ast.expr, str]:
    """The expression with a name for its value, since a loop's is needed in every turn."""
    name = f"{_HELD}{at.lineno}_{at.col_offset}_{part}"
    target = ast.Name(name, ast.Store())
    return _placed(ast.NamedExpr(target, value), at), name


def _named(node: ast.NamedExpr) -> ast.expr:
    """`(x := f(y))` tells of x."""
    if node.target.id.startswith(_HELD):
        return node
    node.value = _wholly_watched(node.value)
    teller = ast.Attribute(ast.Name(_NAME, ast.Load()), "name", ast.Load())
    told = ast.Call(teller, [node, ast.Constant(node.target.id)], [])
    return _placed(told, node)


def _pairs(node: ast.Assign) -> tuple[list[ast.expr], list[ast.expr]] | None:
    """Targets and values of an assignment that writes out as many of the one as of the other."""
    target, value = node.targets[0], node.value
    if (
        len(node.targets) > 1
        or not isinstance(target, ast.Tuple)
        or not isinstance(value, ast.Tuple)
    ):
        return None
    are_even = len(target.elts) == len(value.elts)
    return (target.elts, value.elts) if are_even and not _has_star(target, value) else None


def _captured(pattern: ast.AST) -> list[str]:
    """The name that a part of a pattern gives to what it finds."""
    name = getattr(pattern, "rest", None) if isinstance(pattern, ast.MatchMapping) else None
    name = pattern.name if isinstance(pattern, ast.MatchAs | ast.MatchStar) else name
    return [name] if name else []


def _report(at: ast.stmt, held: str, target: ast.expr) -> ast.stmt:
    """`x = …` gives a name; `x[…] = …` and `x.y = …` put something into x."""
    if isinstance(target, ast.Subscript | ast.Attribute):
        return _say(at, "add", held, _roots(target))
    return _say(at, "bind", held, _names(target))


def _say(at: ast.stmt, what: str, held: str, names: list[str]) -> Any:
    words = "".join(f", {name!r}" for name in names)
    return _placed(ast.parse(f"{_NAME}.{what}({held}{words})").body[0], at)


def _watched(value: ast.expr, turn: tuple[str, ...] = (), of: frozenset[str] = frozenset()):
    """The expression between `begin` and `end`, and so its written-out parts.

    `turn`: names of the comprehensions around it; `of`: what their values are taken from.
    """
    value = _Parts().visit(value)
    reads = _reads(value)
    is_done = _is_watched(value) or isinstance(value, ast.Starred | ast.Yield | ast.YieldFrom)
    if is_done or (not reads and not any(isinstance(node, ast.Call) for node in ast.walk(value))):
        return value
    _watch_parts(value, turn, of)
    return _between(sorted(reads - set(turn)), value, turn, of)


def _wholly_watched(value: ast.expr) -> ast.expr:
    """The same for what gets a name: a typed number, too, says that it came through nothing."""
    value = _watched(value)
    is_done = _is_watched(value) or isinstance(value, ast.Yield | ast.YieldFrom | ast.Await)
    return value if is_done else _between([], value)


def _between(names, value: ast.expr, turn=(), of=()) -> ast.expr:
    words = [repr(name) for name in names]
    if turn:
        words += [f"of={tuple(sorted(of))!r}", f"turn=({', '.join(turn)},)"]
    whole: Any = ast.parse(f"{_NAME}.end({_NAME}.begin({', '.join(words)}), 0)", mode="eval").body
    whole.args[1] = value
    return _placed(whole, value)


def _watch_parts(value: ast.expr, turn: tuple[str, ...], of: frozenset[str]) -> None:
    if isinstance(value, ast.Dict):
        value.values = [_watched(part, turn, of) for part in value.values]
    elif isinstance(value, ast.Tuple | ast.List) and not _has_star(value):
        value.elts = [_watched(part, turn, of) for part in value.elts]
    elif isinstance(value, ast.DictComp | ast.ListComp | ast.GeneratorExp):
        own = [name for each in value.generators for name in _names(each.target)]
        of = of.union(*(_reads(each.iter) for each in value.generators)) - {*turn, *own}
        part = "value" if isinstance(value, ast.DictComp) else "elt"
        setattr(value, part, _watched(getattr(value, part), (*turn, *own), of))


def _is_watched(value: ast.AST) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(called, ast.Attribute) and getattr(called.value, "id", "") == _NAME


def _has_star(*values) -> bool:
    return any(isinstance(part, ast.Starred) for value in values for part in value.elts)


class _Parts(ast.NodeTransformer):
    """Watches `rows["x"]` by itself, since the part may have a closer trail than the whole."""

    def visit_Subscript(self, node):
        is_part = isinstance(node.value, ast.Name) and isinstance(node.slice, ast.Constant)
        if not is_part or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        return _between([node.value.id], node)

    def visit_Call(self, node):
        return node if _is_watched(node) else self.generic_visit(node)

    def visit_NamedExpr(self, node):
        return _named(node)


def _reads(value: ast.expr) -> set[str]:
    """Names that an expression reads, those in the text of a pandas query (`@name`) too."""
    found: set[str] = set()
    own, rest = {_NAME}, list[ast.AST]([value])
    while rest:
        node = rest.pop()
        if isinstance(node, ast.Name):
            (found if isinstance(node.ctx, ast.Load) else own).add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found |= set(re.findall(r"@([A-Za-z_]\w*)", node.value))
        # A part that is watched by itself says what it came through.
        rest += [] if _is_watched(node) else ast.iter_child_nodes(node)
    return found - own


def _names(target: ast.expr) -> list[str]:
    return [node.id for node in ast.walk(target) if isinstance(node, ast.Name)]


def _roots(target: ast.expr) -> list[str]:
    """`rows` of `rows.loc[3, "x"]`; nothing of what does not begin with a name."""
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Call):
        target = target.func if isinstance(target, ast.Call) else target.value
    return [target.id] if isinstance(target, ast.Name) else []


def _placed(node, at):
    """The node at the place of another one, so that errors name the cell's own lines."""
    for one in ast.walk(node):
        if not hasattr(one, "lineno"):
            ast.copy_location(one, at)
    return ast.fix_missing_locations(node)
