"""How programs reach the assistant: one FastAPI app over one `Assistant`.

A request passes, in this order: logging and metrics, security headers, host and origin, authentication, limits, its
route. Routes are thin; what they share is `context.Context`.
"""
