"""The formula wing: the same program in symbols, for the blackboard.

`expression` is a formula as a tree, made by evaluating a row of the table on symbols; `notation` writes it as text, as
LaTeX or as MathML; `nodes` says what the quantities of a program are called and what each is computed by; and
`explanation` is the chain rule, factor by factor.
"""
