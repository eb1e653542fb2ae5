"""Update rules and the optimizers that apply them, under PyTorch's names."""

from optim.optimizers import SGD

__all__ = ["SGD"]
