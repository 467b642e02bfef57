"""The routes under `/api/v1`, one module a theme; each `router` found here is included."""

from starlette.convertors import PathConvertor, register_url_convertor


class _AnyPath(PathConvertor):
    """The rest of an address, whatever it holds: by Starlette's own one with a line break in it belongs to no route."""

    regex = "(?s:.*)"


register_url_convertor("path", _AnyPath())
