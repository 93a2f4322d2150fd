"""The package as it is installed: what importing it loads, what it carries, what its lists of versions may say."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
import typer

import straits
from straits.cli import COMMANDS, app

ROOT = Path(__file__).parents[1]
HEAVY = ("pandas", "numpy", "scipy", "highspy", "networkx", "pydantic", "jinja2", "xlsxwriter", "rich")
#: Extras for other machines or purposes than the tests: too large for every checkout.
NOT_LOCKED = ("bench", "objects", "scale", "russian", "parse")
#: Module to the project that provides it, where the names differ.
PROVIDERS = {
    "ahocorasick": "pyahocorasick",
    "python_calamine": "python-calamine",
    "ruamel": "ruamel-yaml",
}
LOCKS = ("requirements.lock", "requirements-dev.lock")


def loaded_after(code: str) -> set[str]:
    """Run code in a fresh interpreter and give the names of the top-level modules that it loaded."""
    program = f"{code}\nimport sys\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    return {name.partition(".")[0] for name in done.stdout.split()}


def test_sections_of_docstrings_have_lines_of_their_own() -> None:
    """Proves: what follows the name of a section is a line of dashes, in every module.
    Without it: a heading that was wrapped with its text would be no heading for any reader of docstrings."""
    run_in = re.compile(r"\b(Parameters|Returns|Raises|Attributes|Notes) -{3,}|^ *-{3,} \w", re.M)
    sources = sorted((ROOT / "src" / "straits").rglob("*.py"))
    assert [str(p) for p in sources if run_in.search(p.read_text(encoding="utf-8"))] == []
    assert run_in.search("    Notes ----- Selten 1965.") and not run_in.search("    Notes\n    -----\n")


def test_import_is_light() -> None:
    """Proves: `import straits` loads none of the heavy libraries, which come with the first use of a name.
    Without it: one import at the top of a module would make every command wait."""
    loaded = loaded_after("import straits")
    assert "straits" in loaded
    assert not loaded & set(HEAVY)


def test_command_line_is_light() -> None:
    """Proves: the commands load without pandas, scipy and the solver, so that `--help` answers at once.
    Without it: help and shell completion would wait for what they do not use."""
    loaded = loaded_after("import straits.cli")
    assert "typer" in loaded
    assert not loaded & {"pandas", "scipy", "highspy", "networkx", "xlsxwriter"}


def test_checking_a_case_is_light() -> None:
    """Proves: `straits check` of a sound case loads no pandas, scipy or solver: it goes by rows and cells, and makes no frame.
    Without it: half of the time it takes would be imports of what it does not need."""
    loaded = loaded_after("from straits.cli import app; app(['check', 'two-routes'], standalone_mode=False)")
    assert "numpy" in loaded
    assert not loaded & {"pandas", "scipy", "highspy", "networkx", "xlsxwriter"}


def test_a_solve_imports_what_it_needs() -> None:
    """Proves: `straits solve` imports no batches, no comparisons of scenarios and no pandas, and runs neither numpy's compiler of
    Fortran nor its tools for tests, which scipy would take with it; they run when they are used. Without it: each solve would
    wait for what it does not need.
    """
    solved = "from straits.cli import app; app(['solve', 'two-routes'], standalone_mode=False)"
    loaded = "import sys; print('LOADED', *sys.modules)"
    used = "import numpy.f2py, numpy.testing; print(numpy.f2py.get_include() > '', callable(numpy.testing.assert_allclose))"
    done = subprocess.run(
        [sys.executable, "-c", f"{solved}\n{loaded}\n{used}"], check=True, capture_output=True, text=True
    )
    names, _, rest = done.stdout.partition("LOADED ")[2].partition("\n")
    assert rest == "True True\n"
    assert "scipy.sparse" in names.split() and "straits.engine.solve" in names.split()
    assert not set(names.split()) & {"straits.engine.batch", "straits.stress.comparison", "pandas"}
    # Versions of scipy for numpy 1 use the tools for tests as they are imported.
    if int(np.__version__.split(".")[0]) > 1:
        assert not set(names.split()) & {"numpy.f2py.f2py2e", "numpy.testing._private"}


def test_a_command_that_ends_looks_for_no_unused_objects() -> None:
    """Proves: what a command made is put aside before the interpreter ends, after all else that is to be done at the end.
    Without it: Python would look through all of it again, and again, a fifth of the time of a solve."""
    code = "import atexit, gc; atexit.register(lambda: print(gc.get_freeze_count() > 1000)); from straits.cli import app"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "True\n"


def test_help_and_version_load_no_command() -> None:
    """Proves: the list of commands and the version are told without importing any command.
    Without it: one import at the top of `straits.cli` would make every command wait for all others."""
    for asked, told in (("--help", "Collect every error"), ("--version", f"straits {straits.__version__}\n")):
        program = (
            f"import sys; from straits.cli import app; sys.argv[1:] = ['{asked}']\n"
            "try: app()\n"
            "finally: print(*(name for name in sys.modules if name.startswith('straits.')), file=sys.stderr)"
        )
        done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        assert told in done.stdout
        assert {name for name in done.stderr.split() if name.startswith("straits.cli.")} == {
            "straits.cli.shared",
            "straits.cli.shared.groups",
        }


@pytest.mark.parametrize("name", COMMANDS)
def test_list_of_commands_tells_what_each_tells(name: str) -> None:
    """Proves: what the list of commands says of each is the first paragraph of its own help, and under its own name.
    Without it: one text would be mended and the other stay."""
    listed = typer.main.get_command(app).commands[name]
    command = listed.load()
    assert command.name == name and not command.hidden
    assert listed.help == " ".join(command.help.split("\n\n")[0].split())


def test_every_public_name_is_there() -> None:
    """Proves: every name that the package promises can be had from it, and no other.
    Without it: a moved function would leave a name that fails at first use."""
    for name in straits.__all__:
        assert getattr(straits, name) is not None
    assert set(straits.__all__) <= set(dir(straits))
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        _ = straits.solv


def test_version_is_one() -> None:
    """Proves: package, project file, citation and changes speak of the same version.
    Without it: a release could be cited under another's number."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in settings["project"]["dynamic"]
    assert settings["tool"]["hatch"]["version"]["path"] == "src/straits/__init__.py"
    assert f"\nversion: {straits.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\n## {straits.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_wheel_carries_data(tmp_path: Path) -> None:
    """Proves: the wheel holds every file of the source tree: cases, borders, templates, the marker of typed packages, and the
    page of the app as it was built, but not the page's own source.
    Without it: straits would work from a checkout and fail where it is installed."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; `make test` installs it")
    from hatchling.builders.wheel import WheelBuilder

    built = next(WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"]))
    import zipfile

    inside = set(zipfile.ZipFile(built).namelist())
    source = ROOT / "src"
    page = source / "straits" / "app" / "web"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "straits").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.is_relative_to(page)
    }
    assert expected <= inside
    assert not any(name.startswith("straits/app/web/") for name in inside)
    assert {"straits/py.typed", "straits/cases/caspian/links.csv"} <= expected


def test_bundled_cases_are_found() -> None:
    """Proves: the bundled cases are data of the installed package.
    Without it: `load_case("caspian")` would depend on the current folder."""
    cases = resources.files("straits.cases")
    assert {"caspian", "two-routes"} <= {entry.name for entry in cases.iterdir() if entry.is_dir()}


def projects(requirements: list[str]) -> set[str]:
    """Give the normal names of the projects in a list of requirements."""
    found = (re.match(r"[A-Za-z0-9._-]+", text) for text in requirements)
    return {re.sub(r"[._-]+", "-", match[0].lower()) for match in found if match}


def test_imports_are_declared() -> None:
    """Proves: the source imports nothing but the standard library, straits and what the project declares.
    Without it: a library that happens to be on a developer's machine would be missing from everybody else's.
    """
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = content["optional-dependencies"].values()
    declared = projects([*content["dependencies"], *(item for extra in extras for item in extra)])
    undeclared = set()
    for path in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"straits"}:
                if PROVIDERS.get(top, top) not in declared:
                    undeclared.add((path.relative_to(ROOT).as_posix(), top))
    assert not undeclared


@pytest.mark.parametrize("name", LOCKS)
def test_locked_lists_name_no_index(name: str) -> None:
    """Proves: each pinned package has hashes, and the lists name no index, folder or address.
    Without it: an installation could fetch something else than what was tested, or from where its user cannot reach."""
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in text
    assert "--index" not in text and "--extra-index" not in text and "--find-links" not in text
    entries = re.split(r"\n(?=[a-z])", text.split("\n", 1)[1])
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==\S+", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_locked_lists_hold_what_the_project_needs() -> None:
    """Proves: every dependency of the project is pinned, the same way in both lists.
    Without it: a new dependency would be missing from the environment that `make` builds."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    run, develop = (
        {*re.findall(r"^([a-z0-9.-]+==\S+)", (ROOT / n).read_text(encoding="utf-8"), re.M)} for n in LOCKS
    )
    groups, extras = content["dependency-groups"], content["project"]["optional-dependencies"]
    needed = projects(content["project"]["dependencies"] + groups["build"])
    assert needed <= {pin.partition("==")[0] for pin in run}
    more = projects(
        groups["dev"] + [item for name, items in extras.items() if name not in NOT_LOCKED for item in items]
    )
    assert more <= {pin.partition("==")[0] for pin in develop}
    assert run <= develop


@pytest.mark.parametrize(
    "init", sorted(Path(straits.__file__).parent.glob("**/__init__.py")), ids=lambda p: p.parent.name
)
def test_names_loaded_on_first_use_have_types(init):
    """Proves: every name that a room loads on first use is also imported for type checkers, from the same module.
    Without it: mypy and editors would take it for anything at all.
    """
    tree = ast.parse(init.read_text(encoding="utf-8"))
    lazy = {
        key.value: value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_HOME"
        for key, value in zip(node.value.keys, node.value.values, strict=True)
    }
    typed = {
        alias.asname or alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert lazy.items() <= typed.items()
