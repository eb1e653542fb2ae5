"""Where operations are defined, as JavaScript: what a page asks before it takes a number.

Code that computes is not asked (it gives NaN or infinity there); a page on which someone types a number says what the
engine would say.
"""

from __future__ import annotations

from autograd import domains
from autograd.domains import Domain
from autograd.formulas.languages import literal
from autograd.program import Program

# Of each domain its test as a function of the inputs, laid out flat. The tests hold it to Python's.
TESTS: dict[Domain, str] = {
    domains.POSITIVE: "([x]) => x > 0",
    domains.NOT_NEGATIVE: "([x]) => x >= 0",
    domains.ABOVE_MINUS_ONE: "([x]) => x > -1",
    domains.DIVISIBLE: "([a, b]) => b !== 0",
    domains.POWER: "([a, b]) => a > 0 || (a === 0 && b >= 0) || (a < 0 && Number.isInteger(b))",
    domains.NOT_EMPTY: "(x) => x.length > 0",
    domains.PROBABILITY: (
        "([p, y]) => (0 < p && p < 1 && 0 <= y && y <= 1) || (p === 0 && y === 0) || (p === 1 && y === 1)"
    ),
    domains.PROBABILITIES: (
        "(x) => x.length > 0 && x.slice(0, x.length / 2).every((p, k) => "
        "((y) => (0 < p && p <= 1 && 0 <= y && y <= 1) || (p === 0 && y === 0))(x[x.length / 2 + k]))"
    ),
}
UNKNOWN = "(x, y) => !Number.isNaN(y)"  # of somebody's own domain: by its output y


def domains_javascript(program: Program) -> str:
    """An object: of each row of the program that is not defined everywhere, by its name and how many inputs it takes.

    Each is ``{needs, inputs, together, contains}``: the beginning of what a DomainError says, the names of the inputs,
    whether these are sequences, and a test ``contains(inputs, output)``.
    """
    entries = []
    for row, count in dict.fromkeys([(node.op, len(node.parents)) for node in program if node.op is not None]):
        if row.domain is None:
            continue
        names = ", ".join([literal(name) for name in row.names])
        pieces = [
            f"needs: {literal(f'{row.signature} needs {row.domain.text}')}",
            f"inputs: [{names}]",
            f"together: {str(row.n_ary).lower()}",
            f"contains: {TESTS.get(row.domain, UNKNOWN)}",
        ]
        entries.append(f"  {literal(f'{row.name}/{count}')}: {{{', '.join(pieces)}}},")
    return "\n".join(["{", *entries, "}"])
