"""What happened in training, and its learning curves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nn.plots import BLUE, ORANGE, axes, dress

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(repr=False)
class History:
    """The record of a training run; ``history["loss"]`` is a list with a number for each epoch.

    Attributes:
        records: by name, a number for each complete epoch: "epoch" (from 1), "loss", and where `nn.fit` was given
            them "validation_loss", each metric, and each metric with "validation_" before its name. "loss" is the mean
            over the epoch's batches as they were learned from, regulariser included; the others are those of the model
            after the epoch, without the regulariser.
        reason: why the training ended.
        steps: how many updates there were.
    """

    records: dict[str, list[float]] = field(default_factory=dict)
    reason: str = ""
    steps: int = 0

    def append(self, record: Mapping[str, float]) -> None:
        """Add the numbers of one epoch."""
        for name, number in record.items():
            self.records.setdefault(name, []).append(number)

    def __getitem__(self, name: str) -> list[float]:
        if name not in self.records:
            raise KeyError(f"the history has no {name!r}; it has {', '.join(self.records) or 'no epochs'}")
        return self.records[name]

    def __repr__(self) -> str:
        last = [f", {name} {numbers[-1]:.4g}" for name, numbers in self.records.items() if name != "epoch"]
        return f"<History of {len(self)} epochs: {self.steps} updates{''.join(last)}; {self.reason}>"

    def __len__(self) -> int:
        """How many epochs there were."""
        return len(self.records.get("epoch", []))

    @property
    def best_epoch(self) -> int:
        """The epoch, from 1, of the lowest validation loss; without validation data, of the lowest loss."""
        losses = self["validation_loss" if "validation_loss" in self.records else "loss"]
        return 1 + losses.index(min(losses))

    def plot(self, name: str = "loss", ax: Axes | None = None) -> Axes:
        """Draw learning curves: a quantity by epochs, for training and, where there is one, for validation data.

        The epoch of the lowest validation loss is marked (HKU, "Early Stopping by Learning Curves").

        Args:
            name: "loss", or a metric's name.
            ax: where to draw; None for a figure of its own.

        Returns:
            The axes; ``history.plot().figure.savefig("curves.png")`` writes them to a file.

        Raises:
            KeyError: the history has no such numbers.
            ModuleNotFoundError: matplotlib is not installed.
        """
        epochs, values = self["epoch"], self[name]
        held_out = self.records.get(f"validation_{name}")
        ax = axes(ax, "learning curves")
        from matplotlib.ticker import MaxNLocator

        curves = [("training", values, BLUE, "-")]
        if held_out is not None:
            curves.append(("validation", held_out, ORANGE, "--"))
        for label, numbers, colour, dashes in curves:
            marker = "o" if len(epochs) <= 30 else ""
            ax.plot(epochs, numbers, color=colour, linestyle=dashes, linewidth=2, marker=marker, label=label)
        if held_out is not None:
            best = self.best_epoch
            ax.axvline(best, color="0.6", linewidth=1, zorder=0)
            ax.plot(
                best,
                held_out[best - 1],
                "o",
                color=ORANGE,
                markersize=10,
                markeredgecolor="black",
                zorder=3,
                label=f"lowest validation\nloss: epoch {best}",
            )
        size = dress(ax, self.reason, "epoch", name)
        if held_out is not None:
            ax.legend(fontsize=0.85 * size)
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
        return ax
