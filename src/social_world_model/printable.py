"""Make control characters visible, because they could change a terminal or hide a part of a text."""

from __future__ import annotations

_BIDI = (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
"""Characters that change the direction of the text after them."""
_HIDDEN = (*(code for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"), *_BIDI, 0x2028, 0x2029)
_VISIBLE = {code: f"\\u{code:04x}" for code in _HIDDEN}


def printable(text: str) -> str:
    r"""Return a text with its control characters as escapes, such as ``\u001b``. In JSON, the value stays the same.

    Parameters
    ----------
    text
        Text of a model or of a user's file. Line breaks and tabs are kept.

    Examples
    --------
    >>> print(printable("a\x1b[2Jb\r\u202ec"))
    a\u001b[2Jb\u000d\u202ec
    """
    return text.translate(_VISIBLE)
