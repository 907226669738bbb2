"""Read what an interactive element last showed from the state that Jupyter saves with a notebook.

A widget's output holds only its number; its canvas, its labels and the outputs inside it stand in the notebook's
metadata.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from autograder.notebook.cleaning.printed import text_of

VIEW_TYPE = "application/vnd.jupyter.widget-view+json"
MAX_PARTS = 100
"""Elements read of one widget."""
MAX_SHOWN = 32_000_000
"""Characters, as JSON, of all that the widgets of one notebook show."""

_TAG = re.compile(r"<[^<>]{0,1000}>")


class Widgets:
    """The saved states of a notebook's widgets.

    Args:
        metadata: of the notebook, of any form.
    """

    def __init__(self, metadata: Any = None) -> None:
        for key in ("widgets", "application/vnd.jupyter.widget-state+json", "state"):
            metadata = metadata.get(key) if isinstance(metadata, dict) else None
        self._states: dict[Any, Any] = metadata if isinstance(metadata, dict) else {}
        self._sizes: dict[str, int] = {}
        self._room = MAX_SHOWN

    def shown_by(self, view: Any) -> list[dict[str, Any]]:
        """List what a widget last showed, as outputs of a cell that are still to be cleaned.

        A widget may stand in a thousand cells, and be large; what all together show is bounded.
        """
        outputs: list[dict[str, Any]] = []
        words: list[str] = []
        for number, state in self._parts(view):
            self._room -= self._size(number, state)
            if self._room < 0:
                return []
            inner = state.get("outputs")
            if isinstance(inner, list):
                outputs += [output for output in inner[:MAX_PARTS] if isinstance(output, dict)]
            url = state.get("_data_url")
            if isinstance(url, str) and url.startswith("data:image/"):
                outputs.append({"output_type": "display_data", "data": {"text/html": f'<img src="{url}">'}})
            words += _words(state)
        text = " ".join(word for word in words if word)
        return [{"output_type": "stream", "name": "stdout", "text": text}, *outputs] if text else outputs

    def _size(self, number: str, state: dict[str, Any]) -> int:
        """Measure a state, once."""
        if number not in self._sizes:
            try:
                self._sizes[number] = len(json.dumps(state))
            except RecursionError:
                self._sizes[number] = MAX_SHOWN
        return self._sizes[number]

    def _parts(self, view: Any) -> Iterator[tuple[str, dict[str, Any]]]:
        """Walk through a widget and those inside it, from left to right."""
        waiting = [view.get("model_id")] if isinstance(view, dict) else []
        seen: set[str] = set()
        while waiting and len(seen) < MAX_PARTS:
            number = waiting.pop()
            if not isinstance(number, str) or number in seen:
                continue
            seen.add(number)
            entry = self._states.get(number)
            state = entry.get("state") if isinstance(entry, dict) else None
            if not isinstance(state, dict):
                continue
            yield number, state
            children = state.get("children")
            if isinstance(children, list):
                inner = [child.removeprefix("IPY_MODEL_") for child in children[:MAX_PARTS] if isinstance(child, str)]
                waiting += reversed(inner)


def _words(state: dict[str, Any]) -> list[str]:
    """What is written on an element: a label, a text, the state of a bar or a slider."""
    value, most = state.get("value"), state.get("max")
    text = _TAG.sub("", text_of(state.get("description"))[:1000])
    if isinstance(value, str):
        return [text, _TAG.sub("", value[:1000]).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")]
    if isinstance(value, int | float) and isinstance(most, int | float) and "bar_style" in state:
        return [text, f"{value:g}/{most:g}"]
    return [text, f"{value:g}"] if isinstance(value, int | float) and not isinstance(value, bool) else [text]
