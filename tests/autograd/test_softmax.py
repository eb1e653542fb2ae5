"""Softmax and its cross-entropy: as exact as PyTorch's, at any logits, in every reading."""

from __future__ import annotations

import copy
import math
import pickle
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import DomainError, Parameter, Primitive, Program, Value, softmax
from autograd.formulas.nodes import ProgramFormulas

row: Primitive = autograd.PRIMITIVES["softmax"]
shifts = st.sampled_from([0.0, 1e6, -1e9, 1e16, -1e16])
logits = st.tuples(shifts, st.lists(st.floats(-40, 40), min_size=2, max_size=5)).map(
    lambda drawn: [drawn[0] + x for x in drawn[1]]
)
extreme = st.lists(st.floats(-1e308, 1e308) | st.sampled_from([1e16, -1e16, 0.0, 745.0]), min_size=1, max_size=5)


def named(z: Sequence[float]) -> list[Value]:
    return [Value(x, f"z{k}") for k, x in enumerate(z, start=1)]


def block(z: Sequence[Value]) -> list[Value]:
    p: list[Value] = softmax(z)
    for k, node in enumerate(p, start=1):
        node.name = f"p{k}"
    return p


@given(extreme)
def test_the_probabilities_sum_to_1_at_any_logits(z: list[float]) -> None:
    for p in (softmax(z), [node.data for node in softmax(named(z))]):
        assert math.fsum(p) == pytest.approx(1.0, rel=1e-15)
        assert all(0 <= pk <= 1 for pk in p)


@given(logits)
def test_value_and_jacobian_are_pytorchs(z: list[float]) -> None:
    torch = pytest.importorskip("torch")
    x = torch.tensor(z, dtype=torch.float64)
    p = softmax(named(z))
    np.testing.assert_allclose([node.data for node in p], torch.softmax(x, 0), rtol=1e-14, atol=0)
    jacobian = torch.autograd.functional.jacobian(lambda t: torch.softmax(t, 0), x)
    np.testing.assert_allclose(autograd.jacobian(softmax)(z), jacobian, rtol=1e-13, atol=1e-15)  # 1 - p rounds


@given(logits, st.data())
def test_cross_entropy_of_logits_is_pytorchs(z: list[float], data: st.DataObject) -> None:
    torch = pytest.importorskip("torch")
    t = data.draw(st.integers(0, len(z) - 1))
    x = torch.tensor(z, dtype=torch.float64, requires_grad=True)
    expected = torch.nn.functional.cross_entropy(x, torch.tensor(t))
    expected.backward()
    values = named(z)
    E = nn.cross_entropy(values, t)
    E.backward()
    np.testing.assert_allclose(E.data, expected.item(), rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose([v.grad for v in values], x.grad, rtol=1e-14, atol=1e-15)
    hessian = torch.autograd.functional.hessian(lambda s: torch.nn.functional.cross_entropy(s, torch.tensor(t)), x)
    np.testing.assert_allclose(autograd.hessian(lambda s: nn.cross_entropy(s, t))(z), hessian, rtol=1e-12, atol=1e-15)


def test_third_derivatives_are_jaxs() -> None:
    jax = pytest.importorskip("jax")
    z = np.array([0.5, -1.0, 2.0])
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        ours = autograd.jacobian(autograd.hessian(lambda s: softmax(list(s))[1]))(z)
        theirs = jax.jacobian(jax.hessian(lambda s: jax.nn.softmax(s)[1]))(z)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-14)


TARGETS = ["numpy", "python", "jax"]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("z", [[1e16, 1e16], [1e6, 1e6 + 1, 1e6 - 3], [-1e16, 1e16, 0.0], [800.0, -800.0]])
def test_compiled_it_is_as_exact(target: Any, z: list[float]) -> None:
    if target == "jax":
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
    w = [Parameter(x, f"w{k}") for k, x in enumerate(z, start=1)]
    y = np.eye(len(z))[:1]
    for loss in (
        lambda y: nn.cross_entropy(w, y),
        lambda y: autograd.dot(softmax(w), y),
        lambda y: softmax(w)[0] * y[0],
        lambda y: autograd.logsumexp(w) * y[0],
    ):
        for parameter in w:
            parameter.grad = 0.0
        eager = loss(y[0].tolist())
        eager.backward()
        value, gradient = autograd.compile(loss, w, target=target).value_and_grad(y)
        np.testing.assert_allclose(value, eager.data, rtol=1e-14, atol=1e-16)
        np.testing.assert_allclose(gradient, [parameter.grad for parameter in w], rtol=1e-13, atol=1e-16)


W = [Parameter(x, f"w{k}") for k, x in enumerate([0.5, -1.0, 2.0, 0.25], start=1)]
PROGRAMS: dict[str, Callable[[Any], Any]] = {
    "one": lambda x: autograd.dot(softmax([w * x for w in W]), [1.0, -2.0, 3.0, 0.5]),
    "several": lambda x: autograd.sum([p**2 for w in W for p in softmax([w * x, x * x, v(w)])]),
    "of parameters": lambda x: autograd.dot(softmax(W), [x, 2.0 * x, x * x, 1.0]),
    "with a number": lambda x: autograd.dot(softmax([W[0] * x, 0.5, W[1] * x]), [x, 2.0, 3.0]),
    "a part": lambda x: autograd.sum([p * p for p in softmax([w * x for w in W])[:2]]),
    "one node": lambda x: -autograd.log(softmax([w * x for w in W])[2]),
    "of one": lambda x: softmax([W[0] * x])[0] * W[1],
    "of the same twice": lambda x: autograd.dot(softmax([W[0] * x, W[0] * x, W[1]]), [1.0, 2.0, x]),
    "summed": lambda x: autograd.sum(softmax([w * x for w in W])) * W[0],
    "the way round": lambda x: autograd.dot(softmax([w * x for w in W][::-1]), W),
    "a derivative": lambda x: autograd.grad(lambda q: softmax([q * w for w in W])[1])(x),
    "an overflow that is not chosen": lambda x: autograd.where(
        autograd.greater(x, 50.0), x * W[0], autograd.dot(softmax([autograd.exp(300.0 * x * w) for w in W]), W)
    ),
}


def v(w: Value) -> Value:
    return w.tanh()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_programs_agree_with_the_scalar_engine(name: str, target: Any) -> None:
    if target == "jax":
        jax = pytest.importorskip("jax")
        jax.config.update("jax_enable_x64", True)
    f = autograd.compile(PROGRAMS[name], W, target=target, reduction="sum")
    for X in ([0.7, -1.3, 0.1], [100.0]):
        for parameter in W:
            parameter.grad = 0.0
        eager = autograd.sum([PROGRAMS[name](Value(x)) for x in X])
        eager.backward()
        value, gradient = f.value_and_grad(np.array(X))
        np.testing.assert_allclose(value, eager.data, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(gradient, [parameter.grad for parameter in W], rtol=1e-11, atol=1e-14)


def test_a_layers_softmax_is_one_on_arrays() -> None:
    model = nn.MLP(2, [3, 4], "tanh", "softmax", rng=1)
    f = autograd.compile(lambda x, y: nn.cross_entropy_on_probabilities(model(x), y), model.parameters())
    f(np.zeros((1, 2)), np.eye(4)[:1])
    assert "    o2_sum = o2_exp.sum(-1, keepdims=True)\n    o2 = o2_exp / o2_sum\n" in f.source
    assert "    d_i2 = d_o2_weighted - o2 * d_o2_weighted.sum(-1, keepdims=True)\n" in f.source
    assert "places" not in f.source


@given(logits)
def test_what_is_written_out_is_the_row_to_the_last_bit(z: list[float]) -> None:
    values = named(z)
    for k, node in enumerate(softmax(values)):
        same = row(values[k], [*values[k + 1 :], *values[:k]])
        assert node.op is same.op is row
        assert (node.data, node.parents, node.local_derivatives) == (same.data, same.parents, same.local_derivatives)


def test_nodes_of_one_softmax_are_told_by_their_parents() -> None:
    z, others = named([1.0, 2.0, 3.0]), named([1.0, 2.0, 4.0])
    blocks = {frozenset(node.parents) for node in (*softmax(z), *softmax(others))}
    assert blocks == {frozenset(z), frozenset(others)}


def test_it_is_replayed_copied_and_pickled() -> None:
    z = named([1.0, 2.0, 3.0])
    E = nn.cross_entropy_on_probabilities(block(z), 1)
    for twin in (copy.deepcopy(E), pickle.loads(pickle.dumps(E))):
        assert str(Program.of(twin)) == str(Program.of(E))
    z[0].data = 1e6
    fresh = nn.cross_entropy_on_probabilities(block(named([1e6, 2.0 + 1e6, 3.0])), 1)
    z[1].data = 2.0 + 1e6
    assert Program.of(E).nodes[-1].data == fresh.data


def test_numbers_give_numbers_and_arrays_arrays() -> None:
    assert softmax([0.0, 0.0]) == [0.5, 0.5]
    np.testing.assert_allclose(softmax([np.array([0.0, 1e6]), np.array([0.0, 1e6])]), np.full((2, 2), 0.5))
    assert softmax([5.0]) == [1.0]
    with pytest.raises(DomainError, match="at least one number"):
        softmax([])
    with pytest.raises(DomainError, match="at least one number"):
        autograd.softmax_cross_entropy([], [])


def test_formulas_are_the_slides() -> None:
    z = named([1.0, 2.0, 3.0])
    p = block(z)
    program = Program.of(autograd.dot(p, [1.0, 2.0, 3.0]))
    board, node = ProgramFormulas(program), program.nodes[program.index[p[1]]]
    numbers = board.numbers(program)
    result = board.result(node).look(numbers)
    assert result.text() == "e^z2 / (e^z1 + e^z2 + e^z3)"
    assert result.latex() == "\\frac{{e}^{z_{2}}}{{e}^{z_{1}} + {e}^{z_{2}} + {e}^{z_{3}}}"
    assert result.mathml().startswith("<mfrac><mrow><msup><mrow><mi>e</mi></mrow><mrow><msub>")
    assert result.evaluate(numbers) == pytest.approx(p[1].data, rel=1e-15)
    slopes = [slope.look(numbers).text() for slope in board.slopes(node)]
    assert slopes == ["p2 × (1 − p2)", "−p2 × p3", "−p2 × p1"]


def test_with_logits_the_loss_hands_back_p_minus_y() -> None:
    z, y = named([1.0, 2.0, 3.0]), [Value(x, f"y{k}") for k, x in enumerate([0.0, 1.0, 0.0], start=1)]
    E = nn.cross_entropy(z, y)
    program = Program.of(E)
    assert [node.name for node in program if node.op] == ["E"]
    slope = ProgramFormulas(program).slopes(program.nodes[-1])[0].look({})
    assert slope.text() == "e^z1 / (e^z1 + e^z2 + e^z3) − y1"


def test_gradients_are_checked_to_the_complex_step() -> None:
    autograd.check_gradients(lambda z: autograd.dot(softmax(z), [1.0, -2.0, 3.0]), [0.5, 0.5, 2.0])
    autograd.check_gradients(lambda z: nn.cross_entropy(z, 1), [1.0, -0.5, 1.0])
