"""Metrics: how good is a trained logistic regression?

569 tumours, 30 measurements each; the question is which are malignant. Logistic regression, one sigmoid unit with
binary cross-entropy, gives each a probability. How good it is depends on what one counts: precision, recall,
specificity, F1, and the area under the ROC curve.

Source: HKU, "Revision - More on Logistic Regression".

Rows: 2.23.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, confusion_matrix, f1_score, precision_score, recall_score, roc_auc_score, roc_curve
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

import autograd
import nn
import optim
from autograd import Value
from demos.gallery import Board, style

Array = NDArray[np.float64]

# %% Logistic regression: h(x) = sigmoid(w x + b), J = -1/M sum [y log h(x) + (1 - y) log(1 - h(x))].


def logistic_regression(board: Board, seed: int) -> tuple[Array, Array, Array]:
    """Train one sigmoid unit on half of the tumours; returns h(x), s and y of the others."""
    board.heading("One sigmoid unit, trained with binary cross-entropy")
    data = load_breast_cancer()
    y = 1.0 - data.target  # 1: malignant, which is what a test looks for, and is called positive
    X_train, X_test, y_train, y_test = train_test_split(data.data, y, test_size=0.5, stratify=y, random_state=seed)
    scaler = StandardScaler().fit(X_train)
    X_train, X_test = scaler.transform(X_train), scaler.transform(X_test)
    board.say(
        f"scikit-learn's breast-cancer data: {len(X_train)} tumours to learn from, {len(X_test)} to be judged on. The "
        "inputs are standardised. A little L2, 0.001 Σ w², keeps the weights finite: the training set can be separated "
        "without a mistake, or nearly so, and then ever larger weights would fit ever better."
    )
    model = nn.MLP(30, [1], output="sigmoid", init=nn.initialisers.constant(0.0))
    *weights, bias = model.parameters()
    history = nn.fit(
        model, X_train, y_train, loss=nn.binary_cross_entropy, optimizer=optim.Adam(model.parameters(), lr=0.05),
        epochs=2000, regulariser=lambda: nn.l2(weights, 0.001), stop=optim.WeightChange(1e-6), progress=False,
    )  # fmt: skip
    h: Array = autograd.compile(model)(X_test)
    s: Array = X_test @ autograd.pack(weights) + bias.data
    board.claim("h is the sigmoid of the net input s.", np.allclose(h, autograd.sigmoid(s), rtol=1e-12))
    board.number("J on the training set, L2 included", history["loss"][-1], digits=4)
    # scikit-learn minimises 1/2 |w|^2 + C sum of the losses, which is ours, divided by 2 * 0.001.
    theirs = LogisticRegression(C=1 / (2 * 0.001 * len(y_train)), tol=1e-8, max_iter=10_000).fit(X_train, y_train)
    board.claim(
        "Every probability is that of scikit-learn's LogisticRegression with the same L2, to three decimals.",
        np.abs(h - theirs.predict_proba(X_test)[:, 1]).max() < 5e-4,
    )

    small = nn.MLP(3, [1], output="sigmoid", rng=0)
    for parameter, theta in zip(small.parameters(), [weights[0], weights[1], weights[2], bias]):
        parameter.data = theta.data
    J = nn.binary_cross_entropy(small(X_test[0, :3].tolist()), Value(y_test[0], "y"))
    J.name = "J"
    J.backward()
    board.network(
        J, "unit", "The unit with the first 3 of its 30 weights, on the first tumour that it did not learn from."
    )
    board.walkthrough(J, "A logistic regression of three inputs")
    return h, s, y_test


# %% At one threshold: malignant where h(x) > 0.5. What is counted is true and false positives and negatives.


def at_one_threshold(board: Board, h: Array, y: Array) -> None:
    """Precision, recall, specificity and F1, by their formulas and by scikit-learn."""
    board.heading("Precision, recall, specificity and F1")
    predicted = (h > 0.5).astype(float)
    (TN, FP), (FN, TP) = confusion_matrix(y, predicted)
    board.table(
        ["", "predicted malignant", "predicted benign"],
        [("malignant", f"TP {TP}", f"FN {FN}"), ("benign", f"FP {FP}", f"TN {TN}")],
        "The confusion matrix at a threshold of 0.5",
    )
    precision = TP / (TP + FP)  # of those predicted malignant
    recall = TP / (TP + FN)  # of those that are malignant
    specificity = TN / (TN + FP)  # of those that are benign
    F1 = 2 / (1 / precision + 1 / recall)  # the harmonic mean
    rows = [
        ("precision", "TP / (TP + FP)", "accurate: who is predicted ill is ill", precision),
        ("recall", "TP / (TP + FN)", "positive: who is ill is found", recall),
        ("specificity", "TN / (TN + FP)", "reject: who is well is left alone", specificity),
        ("F1", "2 / (1/precision + 1/recall)", "precision and recall in one: their harmonic mean", F1),
    ]
    of_scikit_learn = [
        precision_score(y, predicted),
        recall_score(y, predicted),
        recall_score(y, predicted, pos_label=0),
        f1_score(y, predicted),
    ]
    board.table(["metric", "formula", "what it says", "at a threshold of 0.5"], rows, "")
    board.claim(
        "The formulas give scikit-learn's numbers; F1 is between precision and recall, and not above their mean.",
        np.allclose([r[3] for r in rows], of_scikit_learn, rtol=1e-12)
        and min(precision, recall) - 1e-12 <= F1 <= (precision + recall) / 2 + 1e-12,
    )
    lazy = np.zeros_like(y)  # "benign", whatever the tumour
    board.number("accuracy of saying 'benign' to all", nn.accuracy(lazy, y), digits=3)
    board.number("accuracy of the logistic regression", nn.accuracy(h, y), digits=3)
    board.claim(
        "Saying 'benign' to all is right for all the benign, which are more than half, and has a recall of 0.",
        nn.accuracy(lazy, y) == np.mean(y == 0) > 0.5 and recall_score(y, lazy) == 0,
    )
    board.claim("The accuracy is (TP + TN) of all.", nn.accuracy(h, y) == (TP + TN) / len(y))


# %% At every threshold: the ROC curve, and the area under it.


def at_every_threshold(board: Board, h: Array, s: Array, y: Array) -> None:
    """Move the threshold from 1 to 0; AUC is how well the model ranks."""
    board.heading("Every threshold: ROC and AUC")
    board.say(
        "A lower threshold finds more of the malignant tumours, and frightens more of the healthy. The receiver "
        "operating characteristic, ROC, shows all thresholds at once: recall against "
        "the share of false alarms, 1 - specificity."
    )
    thresholds = [0.02, 0.1, 0.5, 0.9, 0.98]
    rows = []
    for threshold in thresholds:
        predicted = h > threshold
        recall, specificity = recall_score(y, predicted), recall_score(y, predicted, pos_label=0)
        rows.append((threshold, precision_score(y, predicted), recall, specificity, f1_score(y, predicted)))
    board.table(["threshold", "precision", "recall", "specificity", "F1"], rows, "What moving the threshold does")
    board.claim(
        "As the threshold rises, recall falls or stays, and specificity rises or stays.",
        bool(np.all(np.diff([r[2] for r in rows]) <= 0) and np.all(np.diff([r[3] for r in rows]) >= 0)),
        reason="it is so for any probabilities",
    )

    false_alarms, recalls, _ = roc_curve(y, h, drop_intermediate=False)
    AUC = float(auc(false_alarms, recalls))
    board.number("AUC, the area under the ROC curve", AUC)
    pairs = np.sign(h[y == 1][:, None] - h[y == 0])  # of a malignant and a benign tumour
    board.claim(
        "It is the share of pairs, one malignant and one benign, where the malignant one has the higher probability.",
        np.allclose([AUC, roc_auc_score(y, h)], np.mean((pairs + 1) / 2), rtol=1e-12),
        reason="that is what AUC is, whatever the probabilities",
    )
    board.claim("It is far above 0.5, which is chance.", AUC > 0.95)

    fig, (roc, share) = style.figure(1, 2, size=(14, 6.5))
    roc.plot(false_alarms, recalls, color=style.BLUE, drawstyle="default")
    roc.fill_between(false_alarms, recalls, color=style.SKY, alpha=0.25, linewidth=0)
    roc.plot([0, 1], [0, 1], color=style.BLACK, linewidth=1.5, linestyle=style.DASHES[2])
    roc.text(0.55, 0.5, "chance", rotation=0)
    roc.text(0.35, 0.72, f"AUC = {AUC:.3f}", size=20)
    _, _, recall, specificity, _ = rows[2]
    roc.plot(1 - specificity, recall, "o", color=style.VERMILLION, markersize=11)
    roc.annotate("threshold 0.5", (1 - specificity, recall), xytext=(18, -24), textcoords="offset points",
        color=style.dark(style.VERMILLION), arrowprops={"arrowstyle": "-", "color": style.VERMILLION})  # fmt: skip
    roc.set(xlabel="false alarms, 1 - specificity", ylabel="recall", xlim=(-0.02, 1.02), ylim=(0, 1.02), title="ROC")
    t = np.linspace(0.01, 0.98, 98)
    for name, values in [
        ("precision", [precision_score(y, h > ti) for ti in t]),
        ("recall", [recall_score(y, h > ti) for ti in t]),
        ("specificity", [recall_score(y, h > ti, pos_label=0) for ti in t]),
        ("F1", [f1_score(y, h > ti) for ti in t]),
    ]:
        share.plot(t, values, label=name)
    share.set(xlabel="threshold", xlim=(0, 1), ylim=(0.5, 1.01), title="the metrics by threshold")
    style.label_lines(share)
    board.figure(
        fig,
        "roc",
        "Left: the ROC curve, near the upper left corner. Right: recall is traded for precision.",
        cover=True,
    )

    fig, axes = style.figure()
    bins = np.arange(np.floor(s.min()), np.ceil(s.max()) + 1)
    axes.hist(s[y == 0], bins, color=style.SKY, alpha=0.8)
    axes.hist(s[y == 1], bins, edgecolor=style.VERMILLION, facecolor="none", hatch="///", linewidth=2)
    axes.axvline(0, color=style.BLACK, linewidth=1.5, linestyle=style.DASHES[1])
    axes.annotate(
        "threshold 0.5", (0, 1), xycoords=("data", "axes fraction"), xytext=(6, -12), textcoords="offset points"
    )
    axes.text(0.03, 0.92, "benign", transform=axes.transAxes, color=style.dark(style.SKY))
    axes.text(
        0.97, 0.92, "malignant (hatched)", transform=axes.transAxes, ha="right", color=style.dark(style.VERMILLION)
    )
    axes.set(xlabel="net input s of the unit; the probability is h = sigmoid(s)", ylabel="tumours")
    axes.set_ylim(top=1.2 * axes.get_ylim()[1])
    axes.yaxis.get_major_locator().set_params(integer=True)
    board.figure(
        fig, "net_inputs", "The tumours that were not learned from, by their net input: the two kinds overlap."
    )


# %% The lecture, from top to bottom.


def main(out: Path, seed: int = 0) -> Board:
    """Write the example on a board; the seed splits the data."""
    board = Board(out)
    h, s, y = logistic_regression(board, seed)
    at_one_threshold(board, h, y)
    at_every_threshold(board, h, s, y)
    return board
