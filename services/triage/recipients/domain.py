"""The rules of telling recipients: how each heard, and when it is not possible (`kit.contracts.disclosures`). Pure."""

from enum import StrEnum


class Told(StrEnum):
    """How a recipient heard. Impossible: there is no way left to reach them; a person may still find one."""

    SYSTEM = "system"
    MAILBOX = "mailbox"
    IMPOSSIBLE = "impossible"


class Because(StrEnum):
    """Why it was not possible."""

    ORGANISATION_ENDED = "organisation_ended"
    ORGANISATION_UNKNOWN = "organisation_unknown"
    NO_MAILBOX_AND_NO_SYSTEM = "no_mailbox_and_no_system"
