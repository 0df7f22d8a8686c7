"""Where counterparts are: ``<data>/components/<id>.toml``, which the rehearsal fills in demo mode."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import structs

from singlewindow.hub.exchange.transports.endpoint import Endpoint, Unfit, read
from singlewindow.hub.exchange.transports.port import Transport
from singlewindow.kernel.messages import Problem, Text
from singlewindow.rehearsal.ports import free_port
from singlewindow.server import composition, registry, rooms
from singlewindow.server.configuration import Configuration, from_file
from singlewindow.server.keys import write_privately
from singlewindow.server.refusal import Refusal, told

HERE = ("127.0.0.1", "localhost", "::1")


def file_of(configuration: Configuration, connector: str) -> Path:
    """The endpoint's file."""
    return configuration.data / "components" / f"{connector}.toml"


def state_of(configuration: Configuration, connector: str) -> Path:
    """Where a rehearsed counterpart keeps its own things."""
    return configuration.data / "counterparts" / connector


def endpoint(configuration: Configuration, connector: str) -> dict[str, Any]:
    """What the transport needs to know; raises ``Refusal`` with all that is wrong with it."""
    given = written(configuration, connector)
    found = problems(configuration, connector, given)
    if found:
        said = [told(each) for each in found]
        raise Refusal("\n".join(each.zh for each in said), "\n".join(each.en for each in said), *found)
    return given


def written(configuration: Configuration, connector: str) -> dict[str, Any]:
    """What the file says."""
    path = file_of(configuration, connector)
    if not path.exists():
        raise Refusal(
            f"缺少 {connector} 的对接配置 {path}。", f"The endpoint of {connector} is not configured: {path}."
        )
    return from_file(path)


def problems(configuration: Configuration, connector: str, given: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with settings, each with the file it stands in."""
    try:
        read(settings_of(connector), given)
    except Unfit as error:
        path = file_of(configuration, connector)
        return [structs.replace(each, text=_in(path, each.text)) for each in error.problems]
    return []


def settings_of(connector: str) -> type[Endpoint]:
    """What the file of a connector may say."""
    kind = composition.connectors()[connector].manifest.transport.kind
    wire: type[Transport] = registry.resolve(registry.TRANSPORTS[kind])
    return wire.settings


def unfit(configuration: Configuration) -> list[Problem]:
    """What is wrong with the files of all components together, those included that are of none."""
    found = [*_of_nobody(configuration)]
    for connector in configured(configuration):
        try:
            given = written(configuration, connector)
            found += [
                *problems(configuration, connector, given),
                *_at_our_own(configuration, connector, given),
            ]
        except Refusal as refusal:
            found += refusal.problems
    return found


def _at_our_own(configuration: Configuration, connector: str, given: Mapping[str, Any]) -> Iterator[Problem]:
    """A partner that would be reached where the platform itself listens, as in a folder that was restored."""
    host, port = _place(given)
    if port == configuration.port and host in {*HERE, configuration.bind}:
        path, field = file_of(configuration, connector), "url" if "url" in given else "port"
        text = Text(f"端口 {port} 是平台自己的", f"port {port} is the platform's own")
        remedy = Text(
            "请用 --port 为平台另选端口，或改写对端的端口",
            "choose another port for the platform with --port, or write the partner's",
        )
        yield Problem("endpoint.at_our_own", _in(path, text), field, str(port), remedy)


def _place(given: Mapping[str, Any]) -> tuple[str | None, int | None]:
    """The host and port where a partner is reached, as far as its file says."""
    if "url" not in given:
        return given.get("host"), given.get("port")
    with suppress(ValueError):  # not a number, or none that a port has: said of the setting itself
        place = urlsplit(str(given["url"]))
        return place.hostname, place.port
    return None, None


def _of_nobody(configuration: Configuration) -> Iterator[Problem]:
    known = rooms.connectors()
    remedy = Text(f"文件名应为：{'、'.join(known)}", f"the partners are {', '.join(known)}")
    for path in sorted((configuration.data / "components").glob("*.toml")):
        if path.stem not in known:
            text = Text(f"没有对端 {path.stem}", f"there is no partner {path.stem}")
            yield Problem("endpoint.of_nobody", _in(path, text), "", path.stem, remedy)


def _in(path: Path, text: Text) -> Text:
    return Text(f"{path}：{text.zh}", f"{path}: {text.en}")


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
    ports = [_place(endpoint(configuration, connector))[1] for connector in configured(configuration)]
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
