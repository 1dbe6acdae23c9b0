"""Learn: data augmentation."""

import streamlit as st

from dlplay.lessons import augmentation
from dlplay.lessons.augmentation import Change, apply, plot_picture, sheet
from dlplay.lessons.pictures import PICTURES, photo
from dlplay.ui import lesson

VIEWS = {"one": "Your change", "random": "Random draws"}
PHOTOS = {name: title for name, title in PICTURES.items() if name != "digit"}

with lesson.page(augmentation.LESSON) as page:
    with page.controls:
        view = page.option("view", "Look at", VIEWS, "one", side_by_side=True)
        name = page.option("photo", "Photo", PHOTOS, "flower", side_by_side=True)
        if view == "one":
            left, right = st.columns(2)
            with left:
                flip = page.toggle("flip", "Flip sideways", False)
                turn = page.slider("turn", "Turn (degrees)", -180, 180, 20, step=1)
                sideways = page.slider("right", "Shift right", -0.5, 0.5, 0.0, step=0.01)
                brightness = page.slider("light", "Brightness", -0.6, 0.6, 0.0, step=0.02)
                noise = page.slider("noise", "Noise", 0.0, 0.5, 0.0, step=0.01)
            with right:
                upside_down = page.toggle("upside", "Upside down", False)
                zoom = page.slider("zoom", "Zoom", 0.5, 3.0, 1.0, step=0.05)
                down = page.slider("down", "Shift down", -0.5, 0.5, 0.0, step=0.01)
                contrast = page.slider("contrast", "Contrast", 0.0, 3.0, 1.0, step=0.05)
                erase = page.slider("erase", "Put out a square", 0.0, 0.8, 0.0, step=0.02)
            change = Change(
                flip, upside_down, turn, sideways, down, zoom, brightness, contrast, noise, erase
            )
        else:
            strength = page.slider("strength", "Strength", 0.0, 2.0, 0.6, step=0.05)
            seed = int(page.slider("seed", "Other draws", 0, 50, 0, step=1))
    with page.picture:
        if view == "one":
            image = photo(name, 240)
            left, right = st.columns(2)
            with left:
                page.figure(plot_picture(image, "Original"), "original", PHOTOS[name], 340)
            with right:
                picture = plot_picture(apply(image, change), "What the network sees")
                page.figure(picture, "changed", f"{PHOTOS[name]}, changed", 340)
        else:
            pages = sheet(photo(name, 120), strength, seed)
            picture = plot_picture(pages, "Original, top left, and eight draws of it")
            page.figure(picture, "draws", "Eight random changes of the photo", 560)
