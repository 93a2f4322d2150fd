"""What can be spoiled in a module: one expression at a time, by what it is in the syntax tree."""

from __future__ import annotations

import ast
import random
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

TURNED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
REVERSED = {ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt}
SWAPPED = {"min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "any": "all", "all": "any",
           "argmin": "argmax", "argmax": "argmin", "floor": "ceil", "ceil": "floor",
           "left": "right", "right": "left"}  # fmt: skip
ARITHMETIC = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}


@dataclass(frozen=True)
class Spoiling:
    """One change of one module: characters `begin` to `end` of the source become `text`."""

    module: str
    function: str
    line: int
    begin: int
    end: int
    text: str
    kind: str

    def apply(self, source: str) -> str:
        return source[: self.begin] + self.text + source[self.end :]

    def told(self, source: str) -> str:
        """Say the line before and after."""
        first = source.rfind("\n", 0, self.begin) + 1
        last = source.find("\n", self.end)
        before = source[first:last]
        after = source[first : self.begin] + self.text + source[self.end : last]
        return f"{' '.join(before.split())} -> {' '.join(after.split())}"


class Places(ast.NodeVisitor):
    """Find what can be spoiled in a module."""

    def __init__(self, source: str, module: str) -> None:
        self.source, self.module = source, module
        self.lines = [0]
        for line in source.splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.found: list[Spoiling] = []
        self.function, self.inside = "", ""

    def at(self, line: int, column: int) -> int:
        text = self.source[self.lines[line - 1] : self.lines[line]]
        return self.lines[line - 1] + len(text.encode()[:column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return self.at(node.lineno, node.col_offset), self.at(node.end_lineno, node.end_col_offset)

    def text(self, node: ast.AST) -> str:
        begin, end = self.span(node)
        return self.source[begin:end]

    def put(self, node: ast.AST, text: str, kind: str) -> None:
        begin, end = self.span(node)
        if self.function:
            self.found.append(Spoiling(self.module, self.function, node.lineno, begin, end, text, kind))

    # words and types are left alone

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pass

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg not in ("strict", "dtype", "frozen", "repr", "copy"):
            self.visit(node.value)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        before, self.inside = self.inside, f"{self.inside}{node.name}."
        self.generic_visit(node)
        self.inside = before

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if node.name in ("__repr__", "__str__", "_headline") or node.name.startswith("_repr"):
            return
        before = self.function, self.inside
        # As Python calls it (`co_qualname`).
        self.function = f"{self.inside}{node.name}"
        self.inside = f"{self.function}.<locals>."
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        for statement in node.body:
            self.visit(statement)
        self.function, self.inside = before

    # what can be spoiled

    def visit_Compare(self, node: ast.Compare) -> None:
        if len(node.ops) == 1:
            kinds = [TURNED] + ([REVERSED] if type(node.ops[0]) in REVERSED else [])
            for kind in kinds:
                other = ast.unparse(ast.Compare(ast.Name("x"), [kind[type(node.ops[0])]()], [ast.Name("y")]))[
                    2:-2
                ]
                self.put(
                    node, f"({self.text(node.left)} {other} {self.text(node.comparators[0])})", "comparison"
                )
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        if type(node.op) in ARITHMETIC and not _text(node):
            left, right = f"({self.text(node.left)})", f"({self.text(node.right)})"
            other = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}[ARITHMETIC[type(node.op)]]
            self.put(node, f"({left} {other} {right})", "arithmetic")
            self.put(node, left, "term left out")
            if isinstance(node.op, (ast.Add, ast.Mult)):
                self.put(node, right, "term left out")
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        word = " or " if isinstance(node.op, ast.And) else " and "
        self.put(node, "(" + word.join(f"({self.text(v)})" for v in node.values) + ")", "and/or")
        for left_out in range(len(node.values)):
            rest = [f"({self.text(v)})" for i, v in enumerate(node.values) if i != left_out]
            self.put(
                node, "(" + (" and " if word == " or " else " or ").join(rest) + ")", "condition left out"
            )
        self.generic_visit(node)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> None:
        if isinstance(node.op, (ast.USub, ast.Not, ast.Invert)):
            self.put(node, f"({self.text(node.operand)})", "sign")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.put(node, repr(not node.value), "flag")
        elif isinstance(node.value, (int, float)):
            self.put(node, f"({node.value!r} + 1)" if node.value >= 0 else f"({node.value!r} - 1)", "number")
        elif node.value in ("left", "right"):
            self.put(node, repr(SWAPPED[node.value]), "side")

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SWAPPED and name not in ("left", "right"):
            end = self.span(node.func)[1]
            start = end - len(name)
            if self.function and self.source[start:end] == name:
                self.found.append(
                    Spoiling(self.module, self.function, node.lineno, start, end, SWAPPED[name], "least/most")
                )
        if name in ("sorted", "abs", "clip", "unique", "cumsum") and node.args:
            self.put(node, f"({self.text(node.args[0])})", "call left out")
        self.generic_visit(node)

    def visit_If(self, node: ast.If) -> None:
        guards = len(node.body) == 1 and isinstance(node.body[0], ast.Raise)
        self.put(node.test, "True", "branch") if not guards else None
        self.put(node.test, "False", "branch")
        self.generic_visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> None:
        self.put(node, f"({self.text(node.body)})", "branch")
        self.put(node, f"({self.text(node.orelse)})", "branch")
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        for test in node.ifs:
            self.put(test, "True", "filter")
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if type(node.op) in ARITHMETIC:
            other = {ast.Add: "-=", ast.Sub: "+=", ast.Mult: "/=", ast.Div: "*="}[type(node.op)]
            self.put(node, f"{self.text(node.target)} {other} {self.text(node.value)}", "arithmetic")
        self.put(node, "pass", "statement left out")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.put(node, "pass", "statement left out")
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)


def _text(node: ast.BinOp) -> bool:
    return any(
        isinstance(side, ast.JoinedStr) or (isinstance(side, ast.Constant) and isinstance(side.value, str))
        for n in ast.walk(node) for side in [n]
    )  # fmt: skip


def by_lines(path: Path, root: Path = ROOT) -> dict[tuple[str, int], list[Spoiling]]:
    """Give all spoilings of a module by its lines."""
    source = (root / path.relative_to(ROOT)).read_text()
    places = Places(source, path.relative_to(ROOT).as_posix())
    places.visit(ast.parse(source))
    by_line: dict[tuple[str, int], list[Spoiling]] = {}
    for spoiling in sorted(places.found, key=lambda one: one.line):
        by_line.setdefault((spoiling.module, spoiling.line), []).append(spoiling)
    return by_line


def drawn(by_line: dict[tuple[str, int], list[Spoiling]], count: int, seed: str) -> list[Spoiling]:
    """Draw `count` spoilings evenly over lines, at most one of each; of a larger count the first are the same."""
    chance = random.Random(seed)
    lines = sorted(by_line)
    chance.shuffle(lines)
    return [chance.choice(by_line[line]) for line in lines[:count]]
