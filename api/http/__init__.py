"""How is the workspace reached over HTTP? Routes under `/api/v1`, thin over `api.workspace`; `create_app` makes them one app."""
