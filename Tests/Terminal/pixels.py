# SPDX-License-Identifier: Apache-2.0
"""A small picture as a PNG, in Base64: two red pixels and two green ones, twice."""

PIXELS = "iVBORw0KGgoAAAANSUhEUgAAAAQAAAACCAIAAADwyuo0AAAAFElEQVR4nGP4z8AARAxgiokBCQAAT+QD//Rw3TAAAAAASUVORK5CYII="
