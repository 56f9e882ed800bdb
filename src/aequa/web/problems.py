"""What went wrong, told in one form: RFC 9457 for programs, a page for people."""

from __future__ import annotations


class Problem(Exception):  # noqa: N818 - the name that RFC 9457 gives it
    """A request that cannot be answered, and why; raise it anywhere in a view.

    >>> Problem(404, "No such work").document("/api/v1/works/x")["title"]
    'No such work'
    """

    def __init__(
        self, status: int, title: str, detail: str = "", retry_after: int | None = None
    ) -> None:
        super().__init__(title)
        self.status, self.title, self.detail = status, title, detail
        self.retry_after = retry_after

    @property
    def headers(self) -> dict[str, str]:
        """When to come back, where that is known."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    def document(self, instance: str) -> dict[str, object]:
        """The members of RFC 9457: type, title, status, detail, instance."""
        found: dict[str, object] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "instance": instance,
        }
        return found | ({"detail": self.detail} if self.detail else {})
