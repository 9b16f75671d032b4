"""What the pages on security say of the code as a whole: calls that are made nowhere in it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = (
    *("schemas", "journey", "producers", "consumers"),
    *("dashboard", "gateway", "stack", "joinedup"),
)
BEGINS_LIKE_SQL = re.compile(
    r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH|COPY|ALTER|CREATE|DROP|GRANT|LISTEN|SET LOCAL)\b"
)
OF_OUR_OWN = {
    "producers/memory.py": {"runs", "which"},  # of two texts that stand above the call
    "consumers/audit/evidence.py": {"table", "columns"},
    "consumers/store/writing.py": {"table"},
}
"""Names, in statements that are put together, which are no constant and hold nothing given."""


Nodes = list[tuple[str, ast.AST]]


@pytest.fixture(scope="module")
def every() -> Nodes:
    """Each node of the code that a promise is about, with its file; read when it is asked for."""
    return [
        (file.relative_to(ROOT).as_posix(), node)
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call | ast.JoinedStr | ast.Import | ast.ImportFrom)
    ]


def test_nothing_given_is_made_part_of_a_statement_to_a_database(every: Nodes) -> None:
    found = set()
    for file, node in every:
        if not isinstance(node, ast.JoinedStr) or not node.values:
            continue
        first = node.values[0]
        if not (isinstance(first, ast.Constant) and BEGINS_LIKE_SQL.match(str(first.value))):
            continue
        put_in = [
            ast.unparse(one.value) for one in node.values if isinstance(one, ast.FormattedValue)
        ]
        loose = {name for name in put_in if not any(map(str.isupper, re.findall(r"\w\w+", name)))}
        found |= {f"{file}: {name}" for name in loose - OF_OUR_OWN.get(file, set())}
    assert found == set()


@pytest.mark.parametrize(
    "call",
    ["eval", "exec", "compile", "os.system", "os.popen", "pickle.loads", "yaml.load"],
)
def test_nothing_that_is_read_is_run_as_code(every: Nodes, call: str) -> None:
    made = [
        f"{file}:{node.lineno}"
        for file, node in every
        if isinstance(node, ast.Call) and ast.unparse(node.func) == call
    ]
    assert made == []


@pytest.mark.parametrize(
    ("name", "value"), [("shell", "True"), ("verify", "False"), ("follow_redirects", "True")]
)
def test_no_shell_is_used_no_certificate_passed_over_and_no_redirect_followed(
    every: Nodes, name: str, value: str
) -> None:
    made = [
        f"{file}:{node.lineno}"
        for file, node in every
        if isinstance(node, ast.Call)
        for given in node.keywords
        if given.arg == name and ast.unparse(given.value) == value
    ]
    assert made == []


def test_chance_that_can_be_foreseen_makes_nothing_but_invented_people_and_ports(
    every: Nodes,
) -> None:
    using = {
        file
        for file, node in every
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "random" in (getattr(node, "module", None), *(one.name for one in node.names))
    }
    invented = ("producers/simulate/", "joinedup/bench/")  # years, and loads on them
    assert {file for file in using if not file.startswith(invented)} == {"stack/ports.py"}


@pytest.mark.parametrize(
    "way",
    [
        r"__proto__|prototype\s*[\[.]|\bconstructor\b|Object\.(assign|defineProperty|setPrototypeOf)",
        r"\w\s*\[[^\]\"']+\]\s*=[^=]",
        r"\beval\b|\bFunction\s*\(|setTimeout\(\s*[\"'`]",
        r"\.(innerHTML|outerHTML|insertAdjacentHTML|srcdoc)\b|document\.write",
        r"\bpostMessage\b|localStorage|sessionStorage|document\.cookie",
    ],
)
def test_the_script_of_the_pages_names_nothing_by_a_value_and_makes_none_code_or_markup(
    way: str,
) -> None:
    script = (ROOT / "dashboard/static/dashboard.js").read_text("utf-8")
    assert re.findall(way, script) == []
    assert [file.name for file in (ROOT / "dashboard/static").glob("*.js")] == ["dashboard.js"]
