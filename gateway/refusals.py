"""What the door says when it will not let a request through. Each is an RFC 9457 problem.

None of them says anything about a record: the door knows routes, callers and purposes, and no more.
"""

from kit.errors import DomainError


class NoSuchRoute(DomainError):
    """The path is not in the route table: it does not exist."""

    slug = "no-such-route"
    title = "There is nothing here"
    status = 404


class MethodNotAllowed(DomainError):
    """The path exists, but not with this method; the `Allow` field lists those it has."""

    slug = "method-not-allowed"
    title = "This address does not take that method"
    status = 405


class NotSignedIn(DomainError):
    """No access token, or one we cannot accept."""

    slug = "not-signed-in"
    title = "Sign in first"
    status = 401


class Suspended(DomainError):
    """The token is good, but this person's access has been suspended."""

    slug = "suspended"
    title = "Your access is suspended"
    status = 401


class PurposeMissing(DomainError):
    """The request does not say, or does not say in a known word, what it is for."""

    slug = "purpose-missing"
    title = "Say what this is for"
    status = 400


class NotAllowed(DomainError):
    """The policies do not let this caller do this for this purpose."""

    slug = "not-allowed"
    title = "You may not do this for this purpose"
    status = 403


class KeyMissing(DomainError):
    """A creating request without an `Idempotency-Key`, or with one that cannot be used."""

    slug = "idempotency-key-missing"
    title = "This request needs an Idempotency-Key"
    status = 400


class BadRequestFields(DomainError):
    """A header field that may stand once stands twice, or cannot be read."""

    slug = "bad-header"
    title = "A header field is not right"
    status = 400


class BodyTooLarge(DomainError):
    """The body is larger than this route takes."""

    slug = "body-too-large"
    title = "The request is too large"
    status = 413


class ClientTooSlow(DomainError):
    """The client stopped in the middle of its request."""

    slug = "request-timeout"
    title = "The request did not arrive whole"
    status = 408


class TooManyRequests(DomainError):
    """More requests than the class of this route allows one caller."""

    slug = "too-many-requests"
    title = "Too many requests"
    status = 429


class ServiceUnavailable(DomainError):
    """The owner of this route cannot be reached, or has too much to do."""

    slug = "service-unavailable"
    title = "This part of the platform is not available at the moment"
    status = 503


class ServiceTimeout(DomainError):
    """The owner of this route did not answer in time."""

    slug = "service-timeout"
    title = "This part of the platform did not answer in time"
    status = 504


class BadAnswer(DomainError):
    """The owner of this route answered with something that is not HTTP."""

    slug = "bad-answer"
    title = "This part of the platform gave an answer we could not pass on"
    status = 502
