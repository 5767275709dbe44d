"""The house style, as far as a machine can see it. Each check is shown a broken twin that it must catch."""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ("common", "staff", "customers", "sales", "bigaccounts", "reception", "reports", "exchange", "crm", "ops")
TEXT = {".py", ".md", ".toml", ".yml", ".html", ".css", ".js", ".po", ".txt", ".svg", ".json", ".webmanifest", ""}
OWN_SCHEMA = "tests/data/compose-spec.json"
FORBIDDEN_NAMES = {"services.py", "utils.py", "helpers.py"}
FILE_LIMIT, MEDIAN_LIMIT, FUNCTION_LIMIT, TEMPLATE_LIMIT = 400, 80, 30, 120
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|<script(?![^>]*\bsrc\s*=)|javascript:|hx-on|hx-vals=.js:", re.I
)
MACHINE = re.compile(
    r"/(?:home|Users|root|work)/\w|\bpypi\.org|files\.pythonhosted|registry\.npmjs|index-url|extra-index|deb\.debian\.org",
    re.I,
)
WRITES_NO_HISTORY = ("update", "bulk_update", "bulk_create")


def tracked() -> list[Path]:
    """The files that the repository keeps, or would keep."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if done.returncode == 0 and done.stdout:
        return [path for name in done.stdout.splitlines() if (path := ROOT / name).is_file()]
    parts = {path: path.relative_to(ROOT).parts for path in ROOT.rglob("*") if path.is_file()}
    hidden = [path for path, names in parts.items() if names[0] in ("var", ".git") or names[0].startswith(".venv")]
    caches = [
        path
        for path, names in parts.items()
        if any(name.startswith(("__pyc", ".py", ".mypy", ".ruff", ".hyp")) for name in names)
    ]
    return sorted(set(parts) - set(hidden) - set(caches))


FILES = tracked()


def sources() -> list[Path]:
    """The product's own modules, without migrations."""
    python = [path for path in FILES if path.suffix == ".py" and path.relative_to(ROOT).parts[0] in PRODUCT]
    return [path for path in python if "migrations" not in path.parts]


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def length(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def long_functions(source: str) -> Iterator[str]:
    """Functions of more lines than the house allows, docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            head = body[0].lineno - node.lineno if not ast.get_docstring(node) else 1
            lines = (node.end_lineno or 0) - body[0].lineno + 1 + head
            if lines > FUNCTION_LIMIT:
                yield f"{node.name} ({lines} lines)"


def undocumented(source: str) -> Iterator[str]:
    """Public functions and classes at the top of a module that say nothing about themselves."""
    for node in ast.parse(source).body:
        if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
            continue
        if ast.get_docstring(node) is None and not is_self_explaining(node):
            yield node.name


def is_self_explaining(node: ast.FunctionDef | ast.ClassDef) -> bool:
    """Django's own shapes need no sentence: an app's configuration, a management command."""
    return isinstance(node, ast.ClassDef) and (node.name == "Command" or node.name.endswith("Config"))


def silent_writes(source: str, with_history: set[str]) -> Iterator[str]:
    """Calls like ``Model.objects….update(…)`` or ``bulk.insert(Model, …)`` on models whose every change is to be kept."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("bulk.") and node.args:
            name = ast.unparse(node.args[0])
            if name in with_history:
                yield f"{ast.unparse(node.func)}({name}) in line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES_NO_HISTORY:
            inner: ast.expr = node.func.value
            while isinstance(inner, ast.Call | ast.Attribute):
                inner = inner.func if isinstance(inner, ast.Call) else inner.value
            if isinstance(inner, ast.Name) and inner.id in with_history:
                yield f"{inner.id}…{node.func.attr}() in line {node.lineno}"


def models_with_history() -> set[str]:
    """Names of the models that simple-history follows."""
    return {model.__name__ for model in apps.get_models() if hasattr(model, "history") and not is_history(model)}


def is_history(model: type) -> bool:
    return model.__name__.startswith("Historical")


def faults(paths: list[Path], check: Callable[[str], Iterator[str]]) -> dict[str, list[str]]:
    """What ``check`` finds, by file."""
    found = {name_of(path): list(check(path.read_text(encoding="utf-8"))) for path in paths}
    return {name: list_of for name, list_of in found.items() if list_of}


def test_no_module_is_too_long():
    assert {name_of(path): lines for path in sources() if (lines := length(path)) > FILE_LIMIT} == {}
    filled = [lines for path in sources() if (lines := length(path))]
    assert statistics.median(filled) < MEDIAN_LIMIT


def test_no_function_is_too_long():
    assert faults(sources(), long_functions) == {}


def test_what_is_public_says_what_it_is_for():
    assert faults(sources(), undocumented) == {}


def test_modules_are_named_after_the_business():
    assert [name_of(path) for path in sources() if path.name in FORBIDDEN_NAMES] == []


def test_no_change_bypasses_the_history():
    names = models_with_history()
    assert names
    assert faults(sources(), lambda source: silent_writes(source, names)) == {}


def templates() -> list[Path]:
    return [path for path in FILES if path.suffix == ".html"]


def test_templates_are_short_and_have_nothing_inline():
    assert templates()
    assert {name_of(path): lines for path in templates() if (lines := length(path)) > TEMPLATE_LIMIT} == {}
    assert faults(templates(), lambda text: iter(INLINE.findall(text))) == {}


def test_migrations_have_names():
    numbered = [path for path in FILES if "migrations" in path.parts and path.name[:4].isdigit()]
    assert [
        name_of(path) for path in numbered if "_auto_" in path.name or not re.match(r"\d{4}_[a-z]\w+\.py$", path.name)
    ] == []


def test_nothing_names_a_machine_or_a_package_source():
    readable = [
        path for path in FILES if path.suffix in TEXT and name_of(path) not in (OWN_SCHEMA, name_of(Path(__file__)))
    ]
    assert faults(readable, lambda text: iter(MACHINE.findall(text))) == {}


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b|pytest\.mark\.skip|pytest\.skip\(|NotImplementedError")
    python = [path for path in FILES if path.suffix == ".py" and path != Path(__file__)]
    assert faults(python, lambda text: iter(words.findall(text))) == {}


def test_apps_are_listed_from_the_top_down():
    ours = [name for name in settings.INSTALLED_APPS if name in PRODUCT]
    assert ours == sorted(ours, key=PRODUCT.index, reverse=True)


@pytest.mark.parametrize(
    ("check", "broken"),
    [
        (long_functions, "def f():\n" + "    x = 1\n" * 31),
        (undocumented, "def f():\n    return 1"),
        (undocumented, "class A:\n    x = 1"),
        (lambda text: silent_writes(text, {"Customer"}), "Customer.objects.filter(pk=1).update(owner=None)"),
        (lambda text: silent_writes(text, {"Customer"}), "Customer.objects.bulk_update([], ['x'])"),
        (lambda text: silent_writes(text, {"Customer"}), "bulk.insert(Customer, ['x'], [])"),
        (lambda text: iter(INLINE.findall(text)), '<p style="color:red">'),
        (lambda text: iter(INLINE.findall(text)), "<script>alert(1)</script>"),
        (lambda text: iter(INLINE.findall(text)), '<button onclick="go()">'),
        (lambda text: iter(MACHINE.findall(text)), "see /home/" + "me/project"),
    ],
)
def test_the_checks_catch_a_broken_twin(check, broken):
    assert list(check(broken)) != []


def test_the_checks_let_good_code_pass():
    good = 'def f():\n    """Why."""\n    return Notice.objects.filter(pk=1).update(read_at=None)\n'
    assert list(undocumented(good)) == list(long_functions(good)) == list(silent_writes(good, {"Customer"})) == []
    assert INLINE.findall('<script src="/static/a.js" defer></script><p class="style">') == []
