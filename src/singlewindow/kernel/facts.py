"""Facts shipped as YAML, read strictly: every scalar is a text; 0100 stays 0100 and NO, Norway, stays NO."""

from __future__ import annotations

from typing import Any

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Strict(_Loader):  # type: ignore[misc]
    """The safe loader without implicit types; a key may stand once."""


def _mapping(loader: Any, node: Any) -> dict[str, Any]:
    loader.flatten_mapping(node)
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in result:
            raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", key_node.start_mark)
        result[key] = loader.construct_object(value_node, deep=True)
    return result


_Strict.yaml_implicit_resolvers = {}
_Strict.add_constructor("tag:yaml.org,2002:map", _mapping)


def parse_yaml(text: str) -> Any:
    """Texts, lists and mappings of one YAML document; raises ``yaml.YAMLError``."""
    return yaml.load(text, Loader=_Strict)  # noqa: S506 - a safe loader made stricter
