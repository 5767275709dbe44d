"""The table of rules, code and tests is made from what code and tests say."""

import ast

from ops import rules

CODE = '''
def claim(customer):
    """Claim a customer (OWN-03, OWN-06..08; Civil Code 201)."""
    raise RuleError("No", rule="ACC-01")

class Other:
    """Neither UTF-8 nor UTF-16 is a rule, nor is SHA-256."""
'''
TESTS = """
pytestmark = [pytest.mark.django_db, pytest.mark.rule("OFF-01")]

@pytest.mark.rule("OWN-06", "OWN-07")
def test_one(): ...

@pytest.mark.rule("REC-01")
class TestTwo:
    @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.rule("REC-02"))])
    def test_two(self): ...
    def helper(self): ...
"""


def test_a_function_keeps_the_rules_it_names():
    wanted = ["ACC-01", "OWN-03", "OWN-06", "OWN-07", "OWN-08"]
    assert list(rules.kept(ast.parse(CODE))) == [(rule, "claim") for rule in wanted]


def test_a_test_proves_the_rules_of_its_marks_its_class_and_its_module():
    assert list(rules.proven(ast.parse(TESTS))) == [
        ("OFF-01", "test_one"),
        ("OWN-06", "test_one"),
        ("OWN-07", "test_one"),
        ("OFF-01", "test_two"),
        ("REC-01", "test_two"),
        ("REC-02", "test_two"),
    ]


def test_the_document_has_a_row_for_each_rule():
    code, tests = rules.gather()
    rows = rules.table(code, tests).removeprefix(rules.HEAD).splitlines()
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == sorted(set(code) | set(tests))
    assert (
        "[reception/rotation.py](../reception/rotation.py): `" in rows[sorted(set(code) | set(tests)).index("REC-08")]
    )
