"""Markup that would run, load or cover something if a page took it as it is, and what shows that it does not."""

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

from autograder.notebook.cleaning.markup import TEXT_TAGS

SAFE_TAGS = {
    *TEXT_TAGS,
    *("pre", "div", "p", "ol", "li", "code", "strong", "img", "h4", "h5", "h6"),
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "msup", "msub", "msubsup", "mfrac", "msqrt", "mroot"),
    *("munder", "mover", "munderover", "mtable", "mtr", "mtd", "menclose", "mpadded", "mphantom", "mstyle"),
}

HOSTILE_HTML = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\tscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import 'http://192.0.2.1/x';body{display:none}</style>",
    "<div style='position:fixed;inset:0;background:url(http://192.0.2.1)'>x</div>",
    "<form action=http://192.0.2.1><input name=password><button>log in</button></form>",
    "<meta http-equiv=refresh content='0;url=http://192.0.2.1'>",
    "<base href=http://192.0.2.1>",
    "<link rel=stylesheet href=http://192.0.2.1>",
    "<object data=x></object><embed src=x>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<xmp><p title='</xmp><img src=x onerror=alert(1)>'>",
    "</div></section></main><h1 id=q1 class=card>Full marks</h1>",
    "<img src='http://192.0.2.1/seen.png'><img src='//192.0.2.1/x'><img src='file:///etc/passwd'>",
    "<img src='data:image/svg+xml;base64,PHN2Zy8+'>",
    "<video src=x autoplay></video><audio src=x autoplay></audio>",
    "<details open ontoggle=alert(1)>x</details>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><foreignObject><iframe src='javascript:alert(1)'></iframe></foreignObject></svg>",
    "<svg><animate onbegin=alert(1) attributeName=x /><use href='http://192.0.2.1/x#y'/></svg>",
    "<svg><style>*{fill:url(http://192.0.2.1)}</style><image href='http://192.0.2.1'/></svg>",
]


def png_bytes(width: int = 1, height: int = 1) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0\xff\0\0"))
        + chunk(b"IEND", b"")
    )


PNG = base64.b64encode(png_bytes()).decode()
JPEG = base64.b64encode(
    bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffc0000b080002000301011100ffd9")
).decode()


class Reader(HTMLParser):
    """Collects what an HTML text holds, as a browser would read it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def assert_safe(text: str) -> None:
    found = Reader(text)
    assert found.tags <= SAFE_TAGS
    for tag, name, value in found.attributes:
        assert not name.startswith("on") and name not in ("style", "id", "srcset", "srcdoc", "formaction"), name
        if name == "src":
            assert re.fullmatch(r"data:image/(png|jpeg|gif|webp|bmp|svg\+xml);base64,[A-Za-z0-9+/=]*", value), (
                tag,
                value,
            )
        if name == "href":
            assert re.match(r"(?i)https?://|mailto:", value), (tag, value)
        if name == "class":
            assert value in ("out", "note", "error"), value


def drawing_of(text: str) -> str:
    found = re.search(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", text)
    return base64.b64decode(found[1]).decode() if found else ""
