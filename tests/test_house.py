"""The rules of the house: who may import whom, what is exported, what is shipped, and that README speaks the truth."""

from __future__ import annotations

import ast
import doctest
import importlib
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

import autograd
import nn
import optim
from benchmarks import chain, convolution, digits, mnist_sized, w1, w2, w4
from benchmarks.race import check

EXPORTED: list[str] = vars(autograd)["__all__"]  # which is made at run time, of the table
ROOT = Path(__file__).parents[1]

# Each module of autograd may import the ones to its left, and nothing else of the project.
ORDER = [
    "arguments",
    *["files", "namespaces", "row", "primitives", "value", "graph", "formula", "functional", "checks"],
    *["code", "indexing", "arrays", "trace", "grouping", "lowering", "lowered", "straightline"],
    *["compiled", "compiled_jax", "compiled_python", "targets", "blackboard", "explain", "viz"],
]
# ... with one exception: a notebook asks a Value for its picture.
AGAINST_THE_GRAIN = {("value", "viz")}


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


def test_autograds_imports_run_one_way() -> None:
    for path in (ROOT / "autograd").rglob("*.py"):
        module = path.relative_to(ROOT / "autograd").with_suffix("").parts[0]
        if module == "__init__":
            continue
        assert module in ORDER, f"say in ORDER where {module} belongs"
        for name in imports(path):
            package, *rest = name.split(".")
            assert package == "autograd", f"{path} imports {name}"
            imported = rest[0] if rest and rest[0] in ORDER else None
            if imported is not None and (module, imported) not in AGAINST_THE_GRAIN:
                assert ORDER.index(imported) <= ORDER.index(module), f"{module} imports {imported}"


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


@pytest.mark.parametrize(
    "workload", [w1, w2, w4, mnist_sized, convolution, chain], ids=lambda workload: workload.__name__
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
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)], check=True, capture_output=True
    )
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_three_packages_and_no_tests(wheel: Path) -> None:
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]
    assert {name.split("/")[0] for name in names} == {"autograd", "nn", "optim"}
    sources = {
        str(path.relative_to(ROOT)) for top in ("autograd", "nn", "optim") for path in (ROOT / top).rglob("*.py")
    }
    pages = {f"autograd/viz/page.{kind}" for kind in ("html", "css", "js")}
    assert sources | pages | {"autograd/py.typed", "nn/py.typed", "optim/py.typed"} <= set(names)


def test_the_wheel_installs_and_draws_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin") / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", str(wheel)], check=True, capture_output=True)
    program = """
import autograd, nn, optim
y = nn.MLP(2, [2, 1])([1.0, 2.0])
y.backward()
assert autograd.draw(y).pipe(format="svg", encoding="utf-8").count("<svg") == 1
print(autograd.__file__)
"""
    ran = subprocess.run([python, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert str(tmp_path) in ran.stdout
