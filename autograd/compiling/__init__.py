"""The compiling wing: the same program as code. Its files, in the order in which to read them:

`compile` is the front door. `trace` runs a function of one example once, on values without numbers, to learn what it
computes; what is learned is a `Trace`.

A *writer* is a function that makes a `Source` of a trace: text, and the modules and arrays that it refers to. A target
that is only read is a writer and nothing else. `source` is what all writers use. For a batch of examples, `groups` puts
nodes of one level that do the same together, and each group becomes one line on arrays: `slices` are places in an array
as a person would write them, `array_expressions` are what a row of the primitive table becomes, `variables` the arrays,
`array_reads` writes what reads them, `array_code` the forward and the backward pass, and `array_functions` makes
functions of the lines. `numpy_code` and `jax_code` say what is each one's own. `straight_lines` is another writer: a
line a node, on plain floats, written from the exact expressions of the formula wing; `lines` names what they share.
`javascript` writes rows, programs and update rules for a page.

A *runner* has a writer write, and calls the code with data. `compiled` is what all of them have in common;
`compiled_numpy`, `compiled_jax` and `compiled_python` are the targets.
"""
