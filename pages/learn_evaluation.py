"""Learn: evaluation."""

import numpy as np
import streamlit as st

from dlplay.lessons import evaluation
from dlplay.lessons.evaluation import fold_scores, folds, make_scores
from dlplay.scoring import confusion
from dlplay.ui import lesson

VIEWS = {"threshold": "Threshold", "folds": "Cross-validation"}
FORMULA = r"""\begin{gathered}\text{precision}=\frac{TP}{TP+FP}\\ \text{recall}=\frac{TP}{TP+FN}\\
F_1=\frac{2\,TP}{2\,TP+FP+FN}\end{gathered}"""

with lesson.page(evaluation.LESSON) as page:
    with page.controls:
        view = page.option("view", "Look at", VIEWS, "threshold", side_by_side=True)
        if view == "threshold":
            threshold = page.slider("at", "Threshold", 0.0, 1.0, 0.5, step=0.01)
            share = page.slider("share", "Share of positives", 0.01, 0.5, 0.3, step=0.01)
            separation = page.slider("d", "How well the scores separate", 0.0, 5.0, 2.0, step=0.1)
            st.latex(FORMULA)
        else:
            k = int(page.slider("k", "Folds k", 2, 10, 5, step=1))
            count = int(page.slider("n", "Samples", 20, 100, 40, step=2))
            spread = page.slider("noise", "Noise", 0.2, 3.0, 1.2, step=0.1)
            orders = {"shuffled": "Shuffled", "sorted": "Sorted by class"}
            order = page.option("order", "Order", orders, "shuffled", side_by_side=True)
    with page.picture:
        left, right = st.columns(2)
        if view == "threshold":
            scores, positive = make_scores(600, share, separation)
            counts = confusion(scores, positive, threshold)
            with left:
                figure = evaluation.plot_scores(scores, positive, threshold)
                page.figure(figure, "scores", "Scores of both classes and the threshold", 300)
                figure = evaluation.plot_confusion(counts)
                page.figure(figure, "confusion", "Confusion matrix", 220)
            with right:
                figure = evaluation.plot_roc(scores, positive, threshold)
                page.figure(figure, "roc", "ROC curve and the threshold’s place on it", 520)
            for column, (name, value) in zip(st.columns(4), counts.metrics.items(), strict=True):
                column.metric(name, f"{value:.3f}")
        else:
            classes = np.repeat([0, 1], count // 2)
            points = np.random.default_rng(0).normal(0, spread, (count, 2)) + classes[:, None]
            parts = folds(count, k, order == "shuffled")
            accuracies = fold_scores(points, classes, parts)
            figure = evaluation.plot_folds(count, parts, accuracies)
            page.figure(figure, "folds", "Which samples each fold holds back", 400)
            st.caption("Sorted by class, a fold may ask about a class the rest has hardly seen.")
            left, right = st.columns(2)
            left.metric("Mean accuracy", f"{np.mean(accuracies):.1%}")
            right.metric("Standard deviation over folds", f"{np.std(accuracies, ddof=1):.1%}")
