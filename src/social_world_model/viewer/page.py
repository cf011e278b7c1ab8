"""One HTML file with the pages and their data. It makes no requests and needs no server."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from importlib.resources import files
from typing import Any

_UNSAFE_IN_SCRIPTS = str.maketrans({"<": "\\u003c", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_FRAME_ADDRESS = '<base href="about:srcdoc">\n'
_NO_SCRIPT = (
    "This page needs JavaScript. It contains everything itself, and it makes no requests. "
    "If a notebook or a web page shows this text, open the file in a browser."
)


def html_page(data: Mapping[str, Any], title: str, *, in_frame: bool = False) -> str:
    """Return the pages and their data as one HTML document.

    Parameters
    ----------
    data
        The type `Exported` of ``web/src/lib/types.d.ts``.
    title
        Title of the document.
    in_frame
        Whether the document is the `srcdoc` of a frame. Addresses inside it then belong to the frame. Without this,
        they would belong to the page around the frame, and links would leave the frame.
    """
    name = "viewer-all" if data["runs"] else "viewer"
    script, style = _static(f"{name}.js"), _static(f"{name}.css")
    base = "" if in_frame else "; base-uri 'none'"
    policy = (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; img-src data:; "
        f"form-action 'none'{base}"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f"{_FRAME_ADDRESS if in_frame else ''}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<div id="app"></div>\n<noscript>{_NO_SCRIPT}</noscript>\n'
        f'<script type="application/json" id="swm-data">{json_in_html(data)}</script>\n'
        f'<script type="module">{script}</script>\n</body>\n</html>\n'
    )


def json_in_html(data: Any) -> str:
    r"""Return data as JSON for a script element. No text in the data can end the element.

    Parameters
    ----------
    data
        Plain dicts, lists, texts and numbers.

    Examples
    --------
    >>> json_in_html({"t": "</script>"})
    '{"t":"\\u003c/script>"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_UNSAFE_IN_SCRIPTS)


@lru_cache(maxsize=4)
def _static(name: str) -> str:
    return (files("social_world_model.viewer") / "static" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
