"""A catalogue keeps wrong and right implementations together with their text."""

from typing import Any

import numpy as np
import pytest

from autograder.checking.catalogue import Catalogue, in_each, source_as

SOURCE = "def area(r):\n    return np.pi * square(r)\n"


def square(r: float) -> float:
    return r * r


def test_a_mistake_changes_the_text_and_the_behaviour_and_keeps_both() -> None:
    catalogue = Catalogue({"area-doubled": "Too large."}, {"square": square})
    catalogue.mistake_in("area", SOURCE, "area-doubled", "seen", ("np.pi", "2 * np.pi"))
    (mistake,) = catalogue.mistakes
    assert mistake.functions["area"](1.0) == pytest.approx(2 * np.pi)
    assert mistake.source == SOURCE.replace("np.pi", "2 * np.pi")
    assert (mistake.of, mistake.hint, mistake.origin, mistake.checks) == (("area",), "Too large.", "seen", ())


def test_a_mistake_in_text_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="area-doubled"):
        Catalogue({"area-doubled": ""}).mistake_in("area", SOURCE, "area-doubled", "seen", ("np.e", "2"))


def test_a_mistake_in_text_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="times"):
        Catalogue({"area-doubled": ""}).mistake_in("area", SOURCE, "area-doubled", "seen", ("r", "2 * r"), ("pi", "p"))


def test_the_same_change_in_several_places_names_each_place() -> None:
    assert in_each("12", "W# + b", "W# * b") == [("W1 + b", "W1 * b"), ("W2 + b", "W2 * b")]


def test_a_mistake_without_a_hint_is_refused() -> None:
    with pytest.raises(KeyError):
        Catalogue().mistake_in("area", SOURCE, "unknown", "seen")
    with pytest.raises(KeyError):
        Catalogue().mistake("area", "unknown", "seen")(square)


def test_a_decorated_function_is_kept_with_its_text_under_the_students_name() -> None:
    catalogue = Catalogue({"area-wrong": "No."})

    @catalogue.mistake("area", "area-wrong", "plausible", "area_small")
    def _wrong(r: float) -> float:
        return r

    @catalogue.right("area", "plain")
    def _right(r: float) -> Any:
        return np.pi * r**2

    (mistake,) = catalogue.mistakes
    assert mistake.source == "def area(r):\n    return r\n"
    assert mistake.checks == ("area_small",)
    assert catalogue.right_answers == {"area": {"plain": "def area(r):\n    return np.pi * r ** 2\n"}}
    assert catalogue.right_functions["area"]["plain"](1.0) == pytest.approx(np.pi)


def test_decorators_and_annotations_are_not_part_of_the_text() -> None:
    def documented(r: float, *rest: int, scale: float = 2.0) -> float:
        """Say something."""
        return r * scale

    text = source_as(documented, "area")
    assert text.startswith("def area(r, *rest, scale=2.0):")
    assert "float" not in text


def test_annotations_of_helpers_are_left_out_too_because_the_notebook_lacks_their_names() -> None:
    def outer(x: float) -> float:
        def inner(y: Catalogue) -> Catalogue:
            return y

        return inner(x)  # type: ignore[return-value, arg-type]

    namespace: dict[str, Any] = {}
    exec(source_as(outer, "area"), namespace)
    assert namespace["area"](2.0) == 2.0
