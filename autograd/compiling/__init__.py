"""The compiling wing: the same program as code for a batch of examples.

`compile` is the front door. A function is run once on values without numbers (`trace`); nodes of one level that do the
same are put together (`groups`), and each group becomes one line on arrays (`array_code`), written for NumPy
(`numpy_code`) or JAX (`jax_code`). `straight_lines` writes a line a node instead, on plain floats. `compiled` calls the
code with data.
"""
