"""Where a mistake can be made: for each kind, a function that finds the sites in a program, by its operations alone.

Names and numbers decide nothing, so that a site stays one whatever is typed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from autograd import primitives
from autograd.lesson.events import handed_on, parameters, paths
from autograd.lesson.mistake import Site
from autograd.primitive import Primitive
from autograd.program import Node, Program

SQUASHING = (primitives.sigmoid, primitives.tanh)  # whose derivative the slides write in terms of the output
RECTIFIERS = (primitives.relu, primitives.relu6)
ACTIVATIONS = (
    *(*SQUASHING, *RECTIFIERS, primitives.leaky_relu, primitives.elu),
    *(primitives.gelu, primitives.softplus, primitives.arctan),
)
MOST_EVENTS = 10_000  # of a backward pass that runs down every path


def of_rows(*rows: Primitive) -> Callable[[Program], list[Site]]:
    """The nodes of one of these rows, for what concerns their first input."""

    def sites(program: Program) -> list[Site]:
        return [Site(node.index, (0,)) for node in program if node.op in rows and _varies(program, node.parents[0])]

    return sites


def squares(program: Program) -> list[Site]:
    """Where something is squared: (t - o)^2 in one row, or as a power."""
    powers = [Site(node.index, (0,)) for node in program if _is_square(program, node)]
    errors = [Site(node.index) for node in program if node.op is primitives.squared_error]
    return sorted([*powers, *errors], key=_node)


def losses(program: Program) -> list[Site]:
    """Where an error is taken, for what concerns the outputs, which are its first input."""
    found = of_rows(primitives.squared_error, primitives.half_squared_error, primitives.binary_cross_entropy)(program)
    for node in program:
        if node.op is primitives.cross_entropy and any(_varies(program, p) for p in _probabilities(node)):
            found.append(Site(node.index, tuple(range(len(_probabilities(node))))))
        elif _is_square(program, node) and program.nodes[node.parents[0]].op is primitives.sub:
            found.append(Site(node.index, (0,)))
    return sorted(found, key=_node)


def meetings(program: Program) -> list[Site]:
    """Where several paths meet: a node that is used more than once."""
    return [Site(i) for i, count in enumerate(paths(program)) if count > 1 and _varies(program, i)]


def downstream(program: Program) -> list[Site]:
    """What is handed its gradient by a node whose own is not the 1 of the output."""
    below = {parent for node in program.nodes[:-1] for parent in node.parents}
    return [Site(i) for i in sorted(below) if _varies(program, i)]


def weighted(program: Program) -> list[Site]:
    """Where parameters are factors: net inputs, for what concerns the weights."""
    weights, found = {*parameters(program)}, []
    for node in program:
        edges = sorted({k for k, _ in _factors(node) if node.parents[k] in weights})
        if edges:
            found.append(Site(node.index, tuple(edges)))
    return found


def biased(program: Program) -> list[Site]:
    """Net inputs with a bias that is no constant."""
    units = [node for node in program if node.op is primitives.affine and _varies(program, node.parents[-1])]
    return [Site(node.index, (len(node.parents) - 1,)) for node in units]


def updates(program: Program) -> list[Site]:
    """The parameters."""
    return [Site(i) for i in parameters(program)]


def handing_weights(program: Program) -> list[Site]:
    """Weights by which a gradient is still to be handed on when their own is complete."""
    last = {parent: node for node in reversed(program.nodes) for parent in node.parents}  # to hand them their gradient
    found = []
    for i in parameters(program):
        node = last.get(i)
        others = [node.parents[other] for k, other in _factors(node) if node.parents[k] == i] if node else []
        if any(_varies(program, other) and other != i for other in others):
            found.append(Site(i))
    return found


def all_numbers(program: Program) -> list[Site]:
    """Every number that is computed."""
    return [Site(node.index) for node in program if node.op is not None or node.kind != "constant"]


def square_layers(program: Program) -> list[Site]:
    """Units of a layer that has as many as it has inputs: its weights can be taken by columns in place of rows."""
    found = []
    for inputs, units in _layers(program).items():
        if len(units) != len(inputs):
            continue
        for k, unit in enumerate(units):
            column = [other.parents[k] for other in units]
            edges = [len(inputs) + j for j, x in enumerate(inputs) if program.nodes[x].op is not None]
            if edges:
                found.append(Site(unit.index, tuple(edges), (*column, *unit.parents[len(inputs) :])))
    return sorted(found, key=_node)


def layers(program: Program) -> list[Site]:
    """The layers that have more than one weight, each at its first unit; all its units are read.

    A layer that is used for several examples is one.
    """
    found: dict[tuple[int, ...], list[Node]] = {}
    for inputs, units in _layers(program).items():
        if len(inputs) * len(units) > 1:
            found.setdefault(units[0].parents[: len(inputs)], units)
    return sorted(
        [Site(units[0].index, reads=tuple([unit.index for unit in units])) for units in found.values()], key=_node
    )


def squashed_inputs(program: Program) -> list[Site]:
    """The given numbers of a net input that goes through a sigmoid or tanh."""
    weights, found = {*parameters(program)}, set()
    for node in program:
        if node.op in SQUASHING:
            net = program.nodes[node.parents[0]]
            found |= {net.parents[x] for w, x in _factors(net) if net.parents[w] in weights}
    return [Site(i) for i in sorted(found - weights) if program.nodes[i].op is None]


def rectified_biases(program: Program) -> list[Site]:
    """The biases of relu units, whose net inputs are read."""
    biases, found = {*parameters(program)}, dict[int, tuple[int, ...]]()
    for node in program:
        if node.op is primitives.relu:
            net = program.nodes[node.parents[0]]
            if net.op is primitives.affine and net.parents[-1] in biases:
                found[net.parents[-1]] = (*found.get(net.parents[-1], ()), net.index)
    return [Site(bias, reads=nets) for bias, nets in sorted(found.items())]


def logits(program: Program) -> list[Site]:
    """The net inputs of a softmax whose cross-entropy is taken; all of them are read."""
    wanted = {parent for node in program if node.op is primitives.cross_entropy for parent in _probabilities(node)}
    found: dict[int, tuple[int, ...]] = {}
    for node in program:
        if node.op is primitives.softmax_cross_entropy:
            read = tuple(node.op.unflatten(node.parents)[0])
        elif node.op is primitives.softmax and node.index in wanted:
            read = tuple(sorted(node.parents))
        else:
            continue
        found.update({i: read for i in read if _varies(program, i)})
    return [Site(i, reads=(i, *read)) for i, read in sorted(found.items())]


def classified(program: Program) -> list[Site]:
    """Sigmoids whose cross-entropy is taken."""
    outputs = {node.parents[0] for node in program if node.op is primitives.binary_cross_entropy}
    return [site for site in of_rows(primitives.sigmoid)(program) if site.node in outputs]


def early(program: Program) -> list[Site]:
    """The first node that has a gradient to hand on and gets it in pieces; none, where there are too many paths."""
    arrivals = [0] * (len(program) - 1) + [1]  # of gradients, if each is handed on as it comes
    found, count = [], 0
    for node in reversed(program.nodes):
        handed = handed_on(program, node.index)
        count += arrivals[node.index] * len(handed)
        if arrivals[node.index] > 1 and handed:
            found.append(Site(node.index))
        for event in handed:
            arrivals[node.parents[event.edge]] += arrivals[node.index]
    return found[:1] if count <= MOST_EVENTS else []


def _node(site: Site) -> int:
    return site.node


def _varies(program: Program, index: int) -> bool:
    return program.nodes[index].kind != "constant"


def _is_square(program: Program, node: Node) -> bool:
    if node.op is not primitives.pow:
        return False
    base, exponent = [program.nodes[parent] for parent in node.parents]
    return exponent.kind == "constant" and exponent.data == 2 and base.kind != "constant"


def _factors(node: Node) -> Iterator[tuple[int, int]]:
    """The positions of a factor among a node's parents and of what it is multiplied by."""
    if node.op in (primitives.mul, primitives.dot, primitives.affine):
        n = len(node.parents) // 2
        yield from [(k, (k + n) % (2 * n)) for k in range(2 * n)]


def _probabilities(node: Node) -> tuple[int, ...]:
    """Those of a cross-entropy."""
    return node.parents[: len(node.parents) // 2]


def _children(program: Program, index: int) -> list[Node]:
    return [node for node in program if index in node.parents]


def _layers(program: Program) -> dict[tuple[int, ...], list[Node]]:
    """Units that read the same inputs, each by weights of its own, by these inputs."""
    weights, found = {*parameters(program)}, dict[tuple[int, ...], list[Node]]()
    for node in program:
        if node.op in (primitives.affine, primitives.dot):
            n = len(node.parents) // 2
            units = found.setdefault(node.parents[n : 2 * n], [])
            own, taken = {*node.parents[:n]}, {w for unit in units for w in unit.parents[:n]}
            if len(own) == n and own <= weights - taken and all(unit.op is node.op for unit in units):
                units.append(node)
    return {inputs: units for inputs, units in found.items() if units}
