"""A deep-learning playground: real Keras training, launched and watched in a browser."""
