"""The formula wing: the same program in symbols, for the blackboard.

`expression` is an exact tree, made by evaluating a row of the table on `SYMBOLS`; a `notation` writes it as text, in
ASCII, in LaTeX or in MathML, with `names` and `digits` as they are written there, and one of the `languages` as code;
`tidying` leaves it as a lecturer does, and a `template` says what becomes of its choices. `nodes` says what the
quantities of a program are called and what each is computed by; and `explanation` is the chain rule, factor by
factor, along the `paths` of a program, with a word on why a factor is 0 or small, from `because`.
"""

from autograd.formulas.expression import SYMBOLS as SYMBOLS
from autograd.formulas.expression import Expression as Expression
from autograd.formulas.expression import Name as Name
from autograd.formulas.expression import Number as Number
from autograd.formulas.languages import JAVASCRIPT as JAVASCRIPT
from autograd.formulas.languages import PYTHON as PYTHON
from autograd.formulas.languages import Language as Language
from autograd.formulas.notation import ASCII as ASCII
from autograd.formulas.notation import LATEX as LATEX
from autograd.formulas.notation import MATHML as MATHML
from autograd.formulas.notation import TEXT as TEXT
from autograd.formulas.notation import Notation as Notation
