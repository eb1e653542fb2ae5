"""The rules of the house: who may import whom, what is exported, what is shipped, and that README speaks the truth."""

from __future__ import annotations

import ast
import doctest
import email
import importlib
import os
import subprocess
import sys
import venv
import zipfile
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from packaging.requirements import Requirement  # which pytest brings

import autograd
import nn
import optim
from benchmarks import chain, convolution, digits, dot_products, mnist_sized, operators, w1, w2, w4
from benchmarks.race import check

EXPORTED: list[str] = vars(autograd)["__all__"]  # which is made at run time, of the table
ROOT = Path(__file__).parents[1]
ELSEWHERE = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # where this tree is not found

# Up to `backward()`: what a student reads, in half an hour.
CORE = ["primitives", "primitive", "numbers", "value", "program"]
# The wings of autograd, and which of the others each may know. All know the files around the core.
WINGS = {
    "formulas": set[str](),
    "compiling": {"formulas"},
    "viz": {"formulas"},
    "lesson": {"formulas", "compiling", "viz"},
}
LONGEST, CORE_LINES = 400, 900


def wing(module: str) -> str | None:
    """Which wing of autograd a module is in; None for the core and what stands around it."""
    part = module.split(".")[1] if "." in module else ""
    return part if part in WINGS else None


def imports(path: Path) -> set[str]:
    """The dotted names of the project's modules that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] in ("autograd", "nn", "optim", "demos", "benchmarks")}


def known_modules() -> dict[str, set[str]]:
    """Each module of autograd but the package itself, and which of the others it imports."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (ROOT / "autograd").rglob("*.py")
    }
    del paths["autograd"]
    return {module: (imports(path) & set(paths)) - {module} for module, path in paths.items()}


def test_autograd_imports_nothing_of_its_users() -> None:
    for path in (ROOT / "autograd").rglob("*.py"):
        assert {name.split(".")[0] for name in imports(path)} <= {"autograd"}, path


def test_autograds_wings_know_the_core_and_no_wing_that_they_should_not() -> None:
    for module, imported in known_modules().items():
        own = wing(module)
        allowed = {own, None} | (WINGS[own] if own else set())
        for other in imported:
            assert wing(other) in allowed, f"{module} imports {other}"


def test_imports_go_in_no_circle() -> None:
    TopologicalSorter(known_modules()).prepare()  # raises CycleError, which names the circle


def test_a_student_can_finish_the_core_and_files_are_short() -> None:
    lines = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for package in ("autograd", "nn", "optim", "demos", "benchmarks", "tests")
        for path in (ROOT / package).rglob("*.py")
    }
    core = sum(lines[f"autograd/{name}.py"] for name in CORE)
    assert core <= CORE_LINES, "move what a student can do without to a file around the core"
    too_long = {path: count for path, count in lines.items() if count > LONGEST}
    assert not too_long, "one file, one idea: what is the second one here?"


def test_no_wing_is_called_as_a_public_name_is() -> None:
    assert not set(WINGS) & set(EXPORTED)
    assert autograd.noise is importlib.import_module("autograd.noise").noise  # though a file is


@pytest.mark.parametrize("package", ["nn", "optim"])
def test_nn_and_optim_use_autograds_public_names_and_not_each_other(package: str) -> None:
    for path in (ROOT / package).rglob("*.py"):
        for name in imports(path):
            top, *rest = name.split(".")
            assert top in ("autograd", package), f"{path} imports {name}"
            if top == "autograd":
                assert len(rest) < 2, f"{path} imports {name}: use autograd's public names"
                assert not rest or rest[0] in EXPORTED, f"{path} imports {name}"


def test_to_compute_neither_graphviz_nor_matplotlib_is_imported() -> None:
    program = "import sys, autograd, nn, optim; print([m for m in ('graphviz', 'matplotlib') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_exported_names() -> None:
    for package in (autograd, nn, optim):
        assert len(set(vars(package)["__all__"])) == len(vars(package)["__all__"])
        for name in vars(package)["__all__"]:
            assert getattr(package, name) is not None
    assert set(autograd.PRIMITIVES) <= set(EXPORTED)
    assert not {"POSITIVE", "Any", "copyreg", "by_name"} & set(dir(autograd))  # the table's own tools stay with it
    assert {"exp", "tanh", "affine", "Value", "draw", "detect_anomaly"} <= set(EXPORTED)


def test_readme_and_docstrings_speak_the_truth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = ROOT / "README.md"
    monkeypatch.chdir(tmp_path)  # its example writes a picture
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 150
    results = doctest.testfile(str(readme), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert results.attempted > 5
    assert results.failed == 0
    for path in (path for package in ("autograd", "nn", "optim") for path in (ROOT / package).rglob("[a-z]*.py")):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        assert doctest.testmod(module).failed == 0, path


@pytest.mark.parametrize("page", ["recipes", "classroom"])
def test_what_the_documents_show_is_what_happens(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if page == "classroom":
        pytest.importorskip("matplotlib").use("Agg")
        pytest.importorskip("sklearn")
    monkeypatch.chdir(tmp_path)
    results = doctest.testfile(str(ROOT / "docs" / f"{page}.md"), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert results.attempted > 10
    assert results.failed == 0


@pytest.mark.parametrize(
    "workload",
    [operators, w1, w2, w4, mnist_sized, convolution, chain, dot_products],
    ids=lambda workload: workload.__name__,
)
def test_benchmarks_race_contestants_that_agree(workload: object) -> None:
    check([c for c in workload.contestants() if c.name != "micrograd, collector off"])  # type: ignore[attr-defined]


def test_benchmarks_race_trainings_that_agree_and_learn() -> None:
    check(list(digits.contestants(epochs=2)))
    loop = digits.numpy_by_hand(digits.EPOCHS)
    loop.step()
    assert digits.test_accuracy(loop.gradient()) >= 0.97


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        env=ELSEWHERE,
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_three_packages_and_no_tests(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"autograd", "nn", "optim"}
    sources = {
        str(path.relative_to(ROOT)) for top in ("autograd", "nn", "optim") for path in (ROOT / top).rglob("*.py")
    }
    pages = {f"autograd/lesson/page/{path.name}" for path in (ROOT / "autograd/lesson/page").iterdir()}
    pages |= {"autograd/compiling/runtime.js"}
    assert sources | pages | {"autograd/py.typed", "nn/py.typed", "optim/py.typed"} <= set(names)


@pytest.mark.parametrize(
    ("sys_platform", "platform_machine", "drawn"),
    [
        *[("linux", "x86_64", True), ("linux", "aarch64", True), ("linux", "armv7l", False), ("linux", "i686", False)],
        *[("linux", "armv6l", False), ("linux", "ppc64le", False), ("linux", "riscv64", False)],
        *[("win32", "AMD64", True), ("win32", "ARM64", True), ("win32", "x86", False)],
        *[("darwin", "arm64", True), ("darwin", "x86_64", True)],
        *[("emscripten", "wasm32", False), ("freebsd14", "amd64", False), ("android", "aarch64", False)],
    ],
)
def test_the_wheel_asks_for_a_dot_only_where_pip_has_one(
    wheel: Path, sys_platform: str, platform_machine: str, drawn: bool
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (metadata,) = [archive.read(name) for name in archive.namelist() if name.endswith("/METADATA")]
    wanted = [Requirement(text) for text in email.message_from_bytes(metadata).get_all("Requires-Dist", [])]
    here = {"sys_platform": sys_platform, "platform_machine": platform_machine, "extra": ""}
    names = [wish.name for wish in wanted if wish.marker is None or wish.marker.evaluate(here)]
    assert names == ["numpy", "graphviz", *["graphviz-pure"] * drawn]


def test_the_wheel_installs_and_draws_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True, env=ELSEWHERE)
    program = """
import autograd, nn, optim
y = nn.MLP(2, [2, 1])([1.0, 2.0])
y.backward()
assert autograd.draw(y).pipe(format="svg", encoding="utf-8").count("<svg") == 1
print(autograd.__file__)
"""
    command = [str(python), "-c", program]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, env=ELSEWHERE)
    assert str(tmp_path) in ran.stdout
