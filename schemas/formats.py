"""How text is written on the wire: one pattern for each kind of content."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class TextFormat:
    """A pattern that the whole text must match, and the same in words."""

    pattern: re.Pattern[str]
    expected: str

    def matches(self, value: object) -> bool:
        """Whether the value is text of this format."""
        return isinstance(value, str) and self.pattern.fullmatch(value) is not None


def _format(pattern: str, expected: str) -> TextFormat:
    return TextFormat(re.compile(pattern), expected)


# Control characters are refused everywhere: PostgreSQL cannot hold NUL, and none means anything.
_PRINTABLE = r"(?=.*\S)[^\x00-\x1f\x7f-\x9f\ud800-\udfff]"

UUID = _format(
    r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "a UUID in lower case"
)
LOCAL_AUTHORITY = _format(r"[0-9]{3}", "a three-digit local authority code")
SOURCE_CODE = _format(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}",
    "1 to 64 letters, digits, dots, dashes and underscores, beginning with a letter or digit",
)
CODE = _format(
    r"[A-Za-z0-9][A-Za-z0-9._:/|+#-]{0,63}", "a code of 1 to 64 characters without spaces"
)
REFERENCE = _format(_PRINTABLE + r"{1,200}", "a reference of 1 to 200 characters on one line")
NAME = _format(_PRINTABLE + r"{1,120}", "a name of 1 to 120 characters on one line")
WORDS = _format(_PRINTABLE + r"{1,300}", "text of 1 to 300 characters on one line")
PERSON_NAME = _format(_PRINTABLE + r"{1,120}", "one name of 1 to 120 characters on one line")
POSTCODE = _format(r"(?=.*\S)[A-Za-z0-9 ]{2,10}", "a postcode of letters, digits and spaces")
CONTACT = _format(
    r"(?=.{6,120}\Z)(?:[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|\+?[0-9(][0-9 ()-]{4,28}[0-9](?: ext [0-9]{1,6})?)",
    "an email address or a telephone number, such as 01632 960123 or 01632 960123 ext 4",
)
RECORD_TOKEN = _format(r"[0-9a-f]{32}", "a record token of 32 hexadecimal digits")

#: By the ``content`` attribute of a field.
BY_CONTENT = {
    "uuid": UUID,
    "local-authority": LOCAL_AUTHORITY,
    "id": SOURCE_CODE,
    "code": CODE,
    "contact": CONTACT,
    "reference": REFERENCE,
    "name": NAME,
    "words": WORDS,
    "token": REFERENCE,
    "person-name": PERSON_NAME,
    "postcode": POSTCODE,
    "record-token": RECORD_TOKEN,
}
