"""Learn: loss functions."""

import numpy as np
import streamlit as st

from dlplay.lessons import losses
from dlplay.ui import lesson

VIEWS = {"binary": "Yes or no", "classes": "Several classes", "number": "A number"}
CLASSES = ["Cat", "Dog", "Bird"]

with lesson.page(losses.LESSON) as page:
    with page.controls:
        view = page.option("view", "What is predicted", VIEWS, "binary", side_by_side=True)
        if view == "binary":
            at = page.slider("z", "Logit z", -8.0, 8.0, -4.0, step=0.1)
            truth = page.option("y", "True answer", {"1": "Yes, y = 1", "0": "No, y = 0"}, "1")
            curves, axis = losses.binary_info(at, float(truth)), "Logit z; p = σ(z)"
            st.latex(losses.BINARY_FORMULA)
        elif view == "number":
            at = page.slider("yhat", "Prediction ŷ", -5.0, 5.0, 3.0, step=0.1)
            target = page.slider("t", "True value y", -3.0, 3.0, 0.5, step=0.1)
            curves, axis = losses.number_info(at, target), "Prediction ŷ"
            st.latex(losses.NUMBER_FORMULA)
        else:
            logits = np.array(
                [page.slider(f"z{i}", f"Logit: {n}", -8.0, 8.0, first, step=0.1)
                 for i, (n, first) in enumerate(zip(CLASSES, (-3.0, 4.0, 0.0), strict=True))]
            )  # fmt: skip
            options = dict(zip("012", CLASSES, strict=True))
            true_class = page.option("class", "True class", options, "0", side_by_side=True)
            smoothing = page.slider("smooth", "Label smoothing", 0.0, 0.5, 0.0, step=0.05)
            st.latex(losses.CLASSES_FORMULA)
    with page.picture:
        left, right = st.columns(2)
        if view == "classes":
            info = losses.classes_info(logits, int(true_class), smoothing)
            pictures = losses.plot_classes(info, CLASSES), losses.plot_class_pulls(info, CLASSES)
            numbers = {
                "Cross-entropy": info.cross_entropy, "Entropy H(q)": info.entropy,
                "KL divergence": info.divergence, "Squared error": info.squared,
            }  # fmt: skip
        else:
            pictures = losses.plot_losses(curves, axis), losses.plot_pulls(curves, axis)
            numbers = {curve.name: curve.here for curve in curves}
            numbers |= {f"Gradient, {curve.name.lower()}": curve.slope for curve in curves}
        with left:
            page.figure(pictures[0], "loss", "The loss of the prediction", 420)
        with right:
            page.figure(pictures[1], "pull", "The gradient of the loss", 420)
        for column, (title, value) in zip(st.columns(len(numbers)), numbers.items(), strict=True):
            column.metric(title, f"{value:.4f}")
