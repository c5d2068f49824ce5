"""Which statuses a line of `_redirects` may have: what it does follows from them, in five modules."""

# Those that browsers follow: https://www.rfc-editor.org/rfc/rfc9110#section-15.4
REDIRECT_STATUSES = 301, 302, 303, 307, 308
PAGE_STATUSES = 404, 410  # a page says that nothing is there
STATUSES = *REDIRECT_STATUSES, 200, *PAGE_STATUSES
