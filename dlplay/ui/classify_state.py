"""What the Classify page keeps between its runs, and what all who look at it share."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import streamlit as st
from PIL import Image

from dlplay.classify import Classifier, network
from dlplay.classify.converted import converted_folder
from dlplay.classify.runtime import Runtime
from dlplay.photo import decode


@dataclass(frozen=True)
class Upload:
    """A file a user chose.

    Args:
        credit: who took the photo, where that must be said.
    """

    name: str
    content: bytes
    credit: str = ""

    @property
    def digest(self) -> str:
        """Tells contents apart."""
        return hashlib.sha256(self.content).hexdigest()


def runtime(chosen: Classifier) -> Runtime:
    """The loaded network, shared by all sessions; it must have been converted."""
    return _runtime(chosen.key, str(converted_folder(chosen)))


@st.cache_resource(max_entries=4, show_spinner="Loading the network …")
def _runtime(key: str, folder: str) -> Runtime:
    return Runtime(network(key))


def photo(upload: Upload) -> Image.Image:
    """The decoded photo; nobody changes it.

    Raises:
        UserError: it cannot be read.
    """
    return _photo(upload.digest, upload.content)


@st.cache_resource(max_entries=8, ttl=600, show_spinner=False)
def _photo(digest: str, _content: bytes) -> Image.Image:
    return decode(_content)
