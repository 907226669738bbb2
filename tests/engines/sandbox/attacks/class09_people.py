"""Class 9: the people who look: what a browser, a terminal or a spreadsheet would make of a submission."""

from typing import Any

from tests.engines.sandbox.attacks.attack import Attack, Notebook, function

SCRIPT = "<script>fetch('http://127.0.0.1:@PORT@/@MARK@')</script><img src=x onerror=alert(1)>"
ESCAPES = "\\x1b]0;owned\\x07\\x1b[2J\\x1b[31m\\x9b31m\\rok\\x08\\u202e"


def _answers(text: str) -> Any:
    def change(notebook: Notebook) -> None:
        for cell in notebook["cells"]:
            if cell["metadata"].get("nbgrader", {}).get("grade_id") in ("conclusions", "questions"):
                cell["source"] = text
                cell["attachments"] = {"x.svg": {"image/svg+xml": "<svg onload='alert(1)'/>"}}

    return change


def _old_outputs(notebook: Notebook) -> None:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {"output_type": "display_data", "metadata": {}, "data": {"text/html": SCRIPT, "text/plain": SCRIPT}},
                {"output_type": "display_data", "metadata": {}, "data": {"application/javascript": "alert(1)"}},
                {"output_type": "display_data", "metadata": {}, "data": {"image/svg+xml": f"<svg>{SCRIPT}</svg>"}},
                {"output_type": "display_data", "metadata": {}, "data": {"image/png": '"><script>alert(1)</script>'}},
                {"output_type": "stream", "name": "stdout", "text": "\x1b]0;owned\x07\x1b[2J" + SCRIPT},
            ]


ATTACKS = [
    Attack(
        "html-output",
        "HTML and scripts as rich output",
        before=f"""
from IPython.display import HTML, IFrame, Javascript, Markdown, SVG, display
text = '''{SCRIPT}'''
display(HTML(text), Javascript("alert(1)"), Markdown(text), IFrame("javascript:alert(1)", 10, 10))
try:
    display(SVG(data="<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + text + "</svg>"))
except BaseException as error:
    print("refused", type(error).__name__)
print(text)
""",
    ),
    Attack(
        "html-in-a-repr",
        "a last expression whose every representation is a script",
        before=f"""
class Page:
    def _repr_html_(self): return '''{SCRIPT}'''
    def _repr_javascript_(self): return "alert(1)"
    def _repr_svg_(self): return "<svg onload='alert(1)'/>"
    def _repr_latex_(self): return "$\\\\href{{javascript:alert(1)}}{{x}}$"
    def _repr_mimebundle_(self, **kwargs):
        return {{"text/html": '''{SCRIPT}''', "application/vnd.jupyter.widget-view+json": {{"model_id": "x"}}}}
    def __repr__(self): return '''{SCRIPT}'''
Page()
""",
    ),
    Attack(
        "html-in-an-error",
        "an exception whose name and text are a script",
        before=f"Forged = type('''{SCRIPT}''', (Exception,), {{}})",
        stub=function(f"raise Forged('''{SCRIPT}''')"),
    ),
    Attack("html-in-an-answer", "a script in a written answer", change=_answers(SCRIPT + "[x](javascript:alert(1))")),
    Attack("html-in-old-outputs", "scripts in outputs that were handed in", change=_old_outputs),
    Attack(
        "picture-that-is-none",
        "a page under the type of a picture",
        before=f"""
import base64
from IPython.display import publish_display_data
for text in ('''{SCRIPT}''', '"><script>alert(1)</script>'):
    for kind in ("image/png", "image/jpeg", "image/gif", "application/pdf", "text/html"):
        publish_display_data({{kind: text, "text/plain": "x"}})
        publish_display_data({{kind: base64.b64encode(text.encode()).decode(), "text/plain": "x"}})
""",
    ),
    Attack(
        "terminal-escapes",
        "escape sequences in output, an error and a returned name",
        before=f'print("{ESCAPES}")\nimport sys\nprint("{ESCAPES}", file=sys.stderr)',
        stub=function(f'raise ValueError("{ESCAPES}")'),
    ),
    Attack(
        "escapes-in-a-result",
        "escape sequences in what a function returns",
        before=f'Odd = type("{ESCAPES}", (), {{}})',
        stub=function(f'return {{"{ESCAPES}": Odd(), "=cmd|calc": 1.0}}'),
    ),
    Attack(
        "formulas",
        "spreadsheet formulas in errors, keys and answers",
        stub=function('raise ValueError("=HYPERLINK(1)\\n@SUM(1)\\n+1\\n-1")'),
        change=_answers("=HYPERLINK('http://127.0.0.1/')"),
    ),
]
