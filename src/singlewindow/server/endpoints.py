"""Where counterparts are: ``<data>/components/<id>.toml``, which the rehearsal fills in demo mode."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Collection, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from singlewindow.rehearsal.ports import free_port
from singlewindow.server import composition, rooms
from singlewindow.server.configuration import Configuration
from singlewindow.server.keys import write_privately
from singlewindow.server.refusal import Refusal


def file_of(configuration: Configuration, connector: str) -> Path:
    """The endpoint's file."""
    return configuration.data / "components" / f"{connector}.toml"


def state_of(configuration: Configuration, connector: str) -> Path:
    """Where a rehearsed counterpart keeps its own things."""
    return configuration.data / "counterparts" / connector


def endpoint(configuration: Configuration, connector: str) -> dict[str, Any]:
    """What the transport needs to know."""
    path = file_of(configuration, connector)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(
            f"缺少 {connector} 的对接配置 {path}。", f"The endpoint of {connector} is not configured: {path}."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise Refusal(f"{path} 不是有效的 TOML:{error}", f"{path} is not valid TOML: {error}") from error


def configured(configuration: Configuration) -> list[str]:
    """The connectors that have an endpoint."""
    return [connector for connector in rooms.connectors() if file_of(configuration, connector).exists()]


def rehearse(configuration: Configuration) -> list[str]:
    """Give every connector with a counterpart an endpoint on this machine, once; their ids."""
    rehearsed = [connector for connector in rooms.connectors() if rooms.rehearsal_of(connector)]
    for connector in rehearsed:
        if not file_of(configuration, connector).exists():
            state_of(configuration, connector).mkdir(mode=0o700, parents=True, exist_ok=True)
            written = toml(prepared(connector, state_of(configuration, connector), taken(configuration)))
            write_privately(file_of(configuration, connector), written.encode())
    return rehearsed


def taken(configuration: Configuration) -> set[int]:
    """The ports that are promised: the platform's own, and those of the endpoints so far."""
    given = [endpoint(configuration, connector) for connector in configured(configuration)]
    ports = [each.get("port") or urlsplit(str(each.get("url", ""))).port for each in given]
    return {configuration.port, *filter(None, ports)}


def prepared(connector: str, folder: Path, avoided: Collection[int]) -> dict[str, Any]:
    """What the counterpart's ``prepare_endpoint(folder, port)`` says, or that of its kind of transport."""
    kind = composition.connectors()[connector].manifest.transport.kind
    for name in (rooms.rehearsal_of(connector), f"singlewindow.rehearsal.{kind}"):
        offered = getattr(import_module(name), "prepare_endpoint", None) if name else None
        if offered:
            found: dict[str, Any] = offered(folder, free_port(avoided))
            return found
    raise LookupError(f"neither the counterpart of {connector} nor rehearsal.{kind} prepares an endpoint")


def toml(values: Mapping[str, Any]) -> str:
    """Flat settings as TOML; JSON's strings, numbers, booleans and lists are TOML's."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}
    return "".join(f"{name} = {json.dumps(value, ensure_ascii=False)}\n" for name, value in plain.items())
