"""One submission, many reports: a declared mapping from a source document to a partner's own.

A mapping is compiled once to one function; its lineage (target path → source path) is read off the
same table, so what a page says about a box's origin cannot differ from what was done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct

from singlewindow.hub.documents.definition import Definition, DefinitionError, Section
from singlewindow.kernel.facts import parse_yaml
from singlewindow.kernel.messages import Document

Named = Callable[[str], str]
Carrier = Callable[[Document], dict[str, Any]]  # what of a document's extension its codec writes
Lists = tuple[tuple[str, "Lists"], ...]  # the repeating sections of a document, by name, and those within


class Origin(Struct, frozen=True):
    """Where a box of a partner's document comes from: a source path, or a constant, and what was done.

    ``when`` is the source field of the same level that must be filled for the box to be.
    """

    source: str = ""
    constant: str = ""
    by: str = ""
    codes: bool = False
    when: str = ""


class Projection(Struct, frozen=True):
    """A compiled mapping between two definitions."""

    source: Definition
    target: Definition
    lineage: dict[str, Origin]
    run: Callable[[dict[str, Any]], dict[str, Any]]
    lists: Lists
    carrier: Carrier | None = None  # of the receiver's codec; see ``carrying``

    def project(self, document: Document) -> Document:
        """The partner's own document; absent source values leave absent boxes."""
        return Document(self.target.id, self.target.version, self.run(document.values))

    def boxes(self, document: Document) -> int:
        """How many boxes of the partner's own document are filled, as ``count_boxes`` has it."""
        return _count(document.values, self.lists)


def _count(values: Mapping[str, Any], lists: Lists) -> int:
    boxes = len(values)
    for name, inner in lists:
        if lines := values.get(name):
            boxes -= 1
            boxes += sum([_count(line, inner) for line in lines]) if inner else sum(map(len, lines))
    return boxes


def _lists(sections: Iterable[Section]) -> Lists:
    return tuple((section.id, _lists(section.sections)) for section in sections)


def count_boxes(values: Mapping[str, Any]) -> int:
    """How many boxes of a document are filled, lines included; a list of lines is none itself."""
    lists = [value for value in values.values() if type(value) is list]
    return len(values) - len(lists) + sum(count_boxes(line) for lines in lists for line in lines)


def compile_mapping(
    text: str, definitions: Mapping[tuple[str, str], Definition], named: Mapping[str, Named]
) -> Projection:
    """Read a mapping; raises DefinitionError naming every wrong reference."""
    raw = parse_yaml(text)
    ends = [(raw[end]["id"], raw[end]["version"]) for end in ("source", "target")]
    lost = [f"no definition {id_} {version}" for id_, version in ends if (id_, version) not in definitions]
    if lost:
        raise DefinitionError("mapping", lost)
    source, target = (definitions[end] for end in ends)
    writer = _Writer(source, target, named)
    writer.level(raw, "v", "out", "", "", 1)
    if writer.faults:
        raise DefinitionError(f"mapping {source.id} → {target.id}", writer.faults)
    code = "\n".join(["def run(v):", *writer.lines, " return out"])
    exec(compile(code, f"<mapping {source.id} {target.id}>", "exec"), writer.names)  # noqa: S102
    return Projection(source, target, writer.lineage, writer.names["run"], _lists(target.groups()))


class _Writer:
    """Writes the source of one ``run(values)`` function and notes the lineage."""

    def __init__(self, source: Definition, target: Definition, named: Mapping[str, Named]) -> None:
        self.named = named
        self.boxes = {path for path, _ in source.paths()}
        self.groups = {path.rpartition(".")[0] for path in self.boxes} - {""}
        self.targets = {path for path, _ in target.paths()}
        self.lines: list[str] = []
        self.names: dict[str, Any] = {}
        self.lineage: dict[str, Origin] = {}
        self.faults: list[str] = []
        self.count = 0

    def level(self, raw: Mapping[str, Any], read: str, out: str, at: str, to: str, depth: int) -> None:
        """One level of fields and groups: ``at`` and ``to`` prefix source and target paths."""
        pad = " " * depth
        self.count += 1
        get = f"g{self.count}"
        self.lines += [f"{pad}{get} = {read}.get", f"{pad}{out} = {{}}"]
        for entry in raw.get("fields", ()):
            self._field(entry, get, out, at, to, pad)
        for group in raw.get("groups", ()):
            self._group(group, get, out, at, to, depth)

    def _field(self, entry: Mapping[str, Any], get: str, out: str, at: str, to: str, pad: str) -> None:
        name = entry["to"]
        self._target(name, to)
        test = ""
        if "when" in entry:
            self._source(entry["when"], at, self.boxes | self.groups)
            test = self._read(entry["when"], get)
        if "const" in entry:
            self.lineage[to + name] = Origin(constant=entry["const"])
            guard = f"if {test}: " if test else ""
            self.lines.append(f"{pad}{guard}{out}[{name!r}] = {entry['const']!r}")
        elif "from" in entry:
            path = self._source(entry["from"], at, self.boxes)
            self.lineage[to + name] = Origin(
                path, by=entry.get("by", ""), codes="codes" in entry, when=entry.get("when", "")
            )
            self.lines.append(f"{pad}x = {self._read(entry['from'], get)}")
            guard = f"x and {test}" if test else "x"
            self.lines.append(f"{pad}if {guard}: {out}[{name!r}] = {self._value(entry)}")
        else:
            self.faults.append(f"target field {to}{name} has neither from nor const")

    def _value(self, entry: Mapping[str, Any]) -> str:
        value = "x"
        self.count += 1
        if "codes" in entry:
            if not isinstance(entry["codes"], Mapping):
                self.faults.append(f"no code map {entry['codes']}")
            else:
                self.names[f"codes{self.count}"] = dict(entry["codes"])
            value = f"codes{self.count}.get(x, x)"
        if "by" in entry:
            if entry["by"] not in self.named:
                self.faults.append(f"no function {entry['by']}")
            self.names[f"by{self.count}"] = self.named.get(entry["by"])
            value = f"by{self.count}({value})"
        return value

    def _read(self, path: str, get: str) -> str:
        """A leading slash reads from the top of the document, inside a group too."""
        return f"v.get({path[1:]!r})" if path.startswith("/") else f"{get}({path!r})"

    def _source(self, path: str, at: str, known: set[str]) -> str:
        """The whole path of what is read; it must stand at this level, or at the top with a slash."""
        whole = path[1:] if path.startswith("/") else at + path
        if whole not in known or "." in path:
            self.faults.append(f"no source field {whole}")
        return whole

    def _target(self, name: str, to: str) -> None:
        """The box must exist at this level and be written once, or its lineage would be wrong."""
        if to + name not in self.targets or "." in name:
            self.faults.append(f"no target field {to}{name}")
        elif to + name in self.lineage:
            self.faults.append(f"target field {to}{name} stands twice")

    def _group(self, group: Mapping[str, Any], get: str, out: str, at: str, to: str, depth: int) -> None:
        pad = " " * depth
        self.count += 1
        n = self.count
        where, name = group["from"], group["to"]
        path = where[1:] if where.startswith("/") else at + where
        if path not in self.groups or "." in where:
            self.faults.append(f"no source section {path}")
        test = ""
        if "only" in group:
            self._source(group["only"], path + ".", self.boxes | self.groups)
            test = f" if line.get({group['only']!r})"
        rows = f"[line for line in {self._read(where, get)} or ()" + test + "]"
        self.lines += [f"{pad}rows{n} = []", f"{pad}for i{n}, line{n} in enumerate({rows}, 1):"]
        self.level(group, f"line{n}", f"row{n}", path + ".", f"{to}{name}.", depth + 1)
        if "number" in group:
            self._target(group["number"], f"{to}{name}.")
            self.lineage[f"{to}{name}.{group['number']}"] = Origin(path, by="number")
            self.lines.append(f"{pad} row{n}[{group['number']!r}] = str(i{n})")
        self.lines += [
            f"{pad} if row{n}: rows{n}.append(row{n})",
            f"{pad}if rows{n}: {out}[{name!r}] = rows{n}",
        ]
