"""Two networks against each other, as one Keras model with its own steps."""

from __future__ import annotations

from typing import Any

import keras
import tensorflow as tf
from keras import ops

from dlplay.layers.energy_distance import energy_distance, relative_spread

_JUDGING_SEED = 0
"""Of the noise that is judged: the same at every call, so that judging changes nothing."""


@keras.saving.register_keras_serializable(package="dlplay")
class Gan(keras.Model):  # type: ignore[misc]
    """A generator of samples and a discriminator that tells them from real ones.

    Called on samples it answers how far they are taken for real: ``(batch, 1)``, 0 to 1.
    Both networks step at once, down the gradients of the same batch: the discriminator's mean
    cross-entropy, and the generator's ``-log D(G(z))``; Goodfellow et al. (2014), section 3.

    Args:
        generator: from noise ``(batch, latent)`` to samples.
        discriminator: from samples to a logit, ``(batch, 1)``.
        momentum: what becomes Adam's first decay; other optimisers stay as they are.
        penalty: weight of the squared gradient at real samples; Mescheder et al. (2018), “R1”.
    """

    def __init__(
        self, generator: keras.Model, discriminator: keras.Model, *, momentum: float = 0.5,
        penalty: float = 0.0, **options: Any,
    ) -> None:  # fmt: skip
        super().__init__(**options)
        self.generator, self.discriminator = generator, discriminator
        self.momentum, self.penalty = momentum, penalty
        self.latent = int(generator.input_shape[-1])
        self.seed_generator = keras.random.SeedGenerator()
        names = ("loss", "discriminator_loss", "told_apart", "energy_distance", "spread")
        self.means = {name: keras.metrics.Mean(name=name) for name in names}
        self(keras.Input(discriminator.input_shape[1:]))

    def compile(self, optimizer: keras.Optimizer, **_: Any) -> None:
        """One optimiser serves both networks, since it keeps a state of its own for every weight;
        loss and metrics are the model's own."""
        if hasattr(optimizer, "beta_1"):
            optimizer.beta_1 = self.momentum
        super().compile(optimizer=optimizer, jit_compile=False)

    def call(self, inputs: keras.KerasTensor, training: bool | None = None) -> keras.KerasTensor:
        """How far the discriminator believes that samples are real."""
        return ops.sigmoid(self.discriminator(inputs, training=training))

    def train_step(self, data: tuple[Any, Any]) -> dict[str, Any]:
        """One step of both networks; the targets are not looked at."""
        real = data[0]
        noise = self._noise(real, self.seed_generator)
        with tf.GradientTape(persistent=True) as tape:
            fake = self.generator(noise, training=True)
            losses, right = self._judge(real, fake, training=True)
        variables = (self.generator.trainable_weights, self.discriminator.trainable_weights)
        gradients = [tape.gradient(loss, own) for loss, own in zip(losses, variables, strict=True)]
        del tape
        self.optimizer.apply([*gradients[0], *gradients[1]], [*variables[0], *variables[1]])
        return self._record(losses, right, real, fake)

    def test_step(self, data: tuple[Any, Any]) -> dict[str, Any]:
        """The same figures of samples that are not trained on."""
        real = data[0]
        fake = self.generator(self._noise(real, _JUDGING_SEED), training=False)
        losses, right = self._judge(real, fake, training=False)
        return self._record(losses, right, real, fake)

    def get_config(self) -> dict[str, Any]:
        """Both networks and the numbers."""
        return {
            **super().get_config(),
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "momentum": self.momentum,
            "penalty": self.penalty,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Gan:
        """A model as `get_config` described it."""
        parts = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects)
            for name in ("generator", "discriminator")
        }
        return cls(**{**config, **parts})

    def _noise(self, real: Any, seed: Any) -> Any:
        return keras.random.normal((ops.shape(real)[0], self.latent), seed=seed)

    def _judge(self, real: Any, fake: Any, training: bool) -> tuple[tuple[Any, Any], Any]:
        """The losses of generator and discriminator, and the share told apart rightly."""
        penalty = 0.0
        if training and self.penalty:
            with tf.GradientTape() as tape:
                tape.watch(real)
                on_real = self.discriminator(real, training=True)
            slopes = tape.gradient(on_real, real)
            squares = ops.sum(ops.reshape(slopes, (ops.shape(slopes)[0], -1)) ** 2, axis=1)
            penalty = self.penalty / 2 * ops.mean(squares)
        else:
            on_real = self.discriminator(real, training=training)
        on_fake = self.discriminator(fake, training=training)
        cross_entropies = ops.softplus(-on_real), ops.softplus(on_fake)
        loss = ops.mean(ops.softplus(-on_fake)) + sum(self.generator.losses)
        own = sum(ops.mean(part) for part in cross_entropies) / 2
        right = ops.mean(ops.cast(on_real > 0, "float32")) + ops.mean(
            ops.cast(on_fake < 0, "float32")
        )
        return (loss, own + penalty + sum(self.discriminator.losses)), right / 2

    def _record(self, losses: Any, right: Any, real: Any, fake: Any) -> dict[str, Any]:
        count = ops.cast(ops.shape(real)[0], "float32")
        values = (*losses, right, energy_distance(real, fake), relative_spread(fake, real))
        for tracker, value in zip(self.means.values(), values, strict=True):
            tracker.update_state(value, sample_weight=count)
        return {name: tracker.result() for name, tracker in self.means.items()}
