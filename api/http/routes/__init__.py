"""The routes under `/api/v1`, one module a theme; each `router` found here is included."""
