"""Update rules and the optimizers that apply them, under PyTorch's names.

`rules` has the formulas, and is where to start reading; `schedules` has learning rates that change.
"""

from optim import rules, schedules
from optim.clipping import clip_by_norm, clip_by_value, clip_grad_norm, clip_grad_value
from optim.descent import gradient_descent, newton
from optim.optimizers import SGD, Adagrad, Adam, AdamW, Lion, Optimizer, RMSprop
from optim.stopping import EarlyStopping, Epochs, Loss, Misclassification, Stopping, WeightChange

__all__ = [
    "SGD",
    "Adagrad",
    "Adam",
    "AdamW",
    "EarlyStopping",
    "Epochs",
    "Lion",
    "Loss",
    "Misclassification",
    "Optimizer",
    "RMSprop",
    "Stopping",
    "WeightChange",
    "clip_by_norm",
    "clip_by_value",
    "clip_grad_norm",
    "clip_grad_value",
    "gradient_descent",
    "newton",
    "rules",
    "schedules",
]
