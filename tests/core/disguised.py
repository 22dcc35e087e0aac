"""Ways to write a text so that a model still reads it and a search does not."""

from __future__ import annotations

import base64
import codecs
from collections.abc import Callable

DISGUISES: dict[str, Callable[[str], str]] = {
    "backwards": lambda text: text[::-1],
    "the words backwards": lambda text: " ".join(reversed(text.split())),
    "each word backwards": lambda text: " ".join(word[::-1] for word in text.split()),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 for addresses": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "base64 without padding": lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
    "base64, word by word": lambda text: " ".join(
        base64.b64encode(word.encode()).decode() for word in text.split()
    ),
    "base32": lambda text: base64.b32encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal, spaced": lambda text: text.encode().hex(" "),
    "hexadecimal, as in C": lambda text: "".join(f"\\x{ord(char):02x}" for char in text),
    "binary": lambda text: " ".join(f"{ord(char):08b}" for char in text),
    "decimal": lambda text: " ".join(str(ord(char)) for char in text),
    "percent": lambda text: "".join(f"%{ord(char):02X}" for char in text),
    "entities": lambda text: "".join(f"&#{ord(char)};" for char in text),
    "escapes": lambda text: "".join(f"\\u{ord(char):04x}" for char in text),
    "ROT13": lambda text: codecs.encode(text, "rot13"),
    "spelled": lambda text: "  ".join(" ".join(word) for word in text.split()),
    "spelled with hyphens": lambda text: " ".join("-".join(word) for word in text.split()),
    "Cyrillic letters": lambda text: text.translate(
        str.maketrans("aeop", "\u0430\u0435\u043e\u0440")
    ),
    "digits for letters": lambda text: text.translate(str.maketrans("aeo", "430")),
    "backwards in base64": lambda text: base64.b64encode(text[::-1].encode()).decode(),
    "ROT13 in hexadecimal": lambda text: codecs.encode(text, "rot13").encode().hex(),
}
