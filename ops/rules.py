"""``make docs``: docs/rules.md, which says for every rule where it is kept and which tests prove it.

A rule is kept where a docstring names it or a refusal carries it; a test proves it by ``@pytest.mark.rule("OWN-06")``.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "rules.md"
PRODUCT = ("common", "staff", "customers", "sales", "bigaccounts", "reception", "reports", "exchange", "crm")
NAMED = re.compile(r"\b(?!UTF-)([A-Z]{2,5})-(\d\d)(?:\.\.(?:[A-Z]{2,5}-)?(\d\d))?\b")
HEAD = """# Rules, code, tests

Made by `make docs`; do not edit. Where each rule of the rulebook is kept, and which tests prove it.

| rule | kept in | proven by |
|---|---|---|
"""
Places = dict[str, dict[Path, list[str]]]


def named_in(text: str) -> Iterator[str]:
    """The rules that a text names; ``REC-02..05`` names four."""
    for prefix, first, last in NAMED.findall(text):
        for number in range(int(first), int(last or first) + 1):
            yield f"{prefix}-{number:02}"


def kept(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """(rule, name of the function or class) for what a module says it keeps."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            strings = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
            text = "\n".join(value for value in strings if isinstance(value, str))
            yield from ((rule, node.name) for rule in sorted(set(named_in(text))))


def proven(tree: ast.AST, above: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
    """(rule, name of the test) for what a module of tests proves; the marks of a class hold for its tests."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from proven(node, above | marked(*node.decorator_list))
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield from ((rule, node.name) for rule in sorted(above | marked(*node.decorator_list)))
        elif isinstance(node, ast.Assign) and "pytestmark" in ast.unparse(node.targets[0]):
            above |= marked(node.value)


def marked(*nodes: ast.expr) -> frozenset[str]:
    """The rules of ``pytest.mark.rule(…)`` anywhere in ``nodes``."""
    calls = [part for node in nodes for part in ast.walk(node) if isinstance(part, ast.Call)]
    marks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr == "rule"]
    return frozenset(word.value for call in marks for word in call.args if isinstance(word, ast.Constant))


def gather() -> tuple[Places, Places]:
    """Where each rule is kept and proven, by file."""
    code: Places = defaultdict(lambda: defaultdict(list))
    tests: Places = defaultdict(lambda: defaultdict(list))
    for folders, places, find in ((PRODUCT, code, kept), (("tests",), tests, proven)):
        files = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
        for path in files:
            if "migrations" not in path.parts:
                for rule, name in find(ast.parse(path.read_text(encoding="utf-8"))):
                    places[rule][path].append(name)
    return code, tests


def cell(places: dict[Path, list[str]]) -> str:
    """Files as links with the names found in them."""
    lines = []
    for path, names in places.items():
        name = path.relative_to(ROOT).as_posix()
        lines.append(f"[{name}](../{name}): {', '.join(f'`{each}`' for each in dict.fromkeys(names))}")
    return "<br>".join(lines) or "—"


def table(code: Places, tests: Places) -> str:
    """The document."""
    rows = [f"| {rule} | {cell(code[rule])} | {cell(tests[rule])} |" for rule in sorted(set(code) | set(tests))]
    return HEAD + "\n".join(rows) + "\n"


def main() -> int:
    """Write the document, and say which rules are kept without a proof."""
    code, tests = gather()
    unproven = sorted(set(code) - set(tests))
    TABLE.write_text(table(code, tests), encoding="utf-8")
    print(f"{len(tests)} rules are proven; kept without a test of their own: {', '.join(unproven) or 'none'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
