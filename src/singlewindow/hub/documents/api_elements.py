"""What programs ask of the data-element dictionary: what each field means, and which documents have it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Query
from pydantic import Field

from singlewindow.hub.documents import desk
from singlewindow.hub.documents.dictionary import Use, said, uses
from singlewindow.hub.identity import paging
from singlewindow.hub.identity.programs import Routes, absent
from singlewindow.hub.identity.shapes import Line, Name, Paging, Shape, Words
from singlewindow.hub.standards.api import READ
from singlewindow.hub.standards.elements import Element
from singlewindow.kernel.messages import Text

routes = Routes(tags=["standards"])


class ElementShape(Shape):
    """A data element. ``code_list`` is the id of its codes' list, null where any value will do.

    ``references`` are its numbers elsewhere: ``wco`` data model, ``untded`` (ISO 7372), ``gb`` national
    standard, ``dec`` the name in the customs message. ``unnumbered`` says of ``wco`` or ``untded`` why
    there is none; what stands in neither is not found yet. ``documents`` are the kinds that have it,
    ``agencies`` those whose own documents have it or are filled from it.
    """

    code: str
    name: Words
    short: Words
    definition: Words
    representation: str
    code_list: str | None
    references: dict[str, str]
    unnumbered: dict[str, Words]
    documents: list[str]
    agencies: list[str]


class Elements(Shape):
    """A page of the dictionary, by code."""

    items: list[ElementShape]
    next: str | None


class Asked(Paging):
    """Which elements."""

    q: Line = Field(
        "", description="代码、名称、定义或编号中的词 · words of code, name, definition or number"
    )
    code_list: Line = Field("", description="取值于哪张代码表 · of which code list its values are")


@routes.see(
    "/elements",
    Elements,
    needs=READ,
    title=Text("数据元目录", "The data-element dictionary"),
    notes=Text(
        "每个数据元的含义、格式、代码表、国际和国家标准编号，以及哪些单证、哪些机关使用",
        "What each element means, its form, its codes and its numbers in the standards, and which documents"
        " and agencies use it",
    ),
)
def list_elements(request: HttpRequest, asked: Query[Asked]) -> Any:
    registry = desk.current().registry
    found = said(registry, asked.q, asked.code_list)
    page = paging.held(found, asked, tuple[str], lambda element: (element.code,))
    used = uses(registry)
    return page | {"items": [_shape(element, used) for element in page["items"]]}


@routes.see(
    "/elements/{code}",
    ElementShape,
    needs=READ,
    title=Text("一个数据元", "One data element"),
    notes=Text("按代码", "By its code"),
)
def get_element(request: HttpRequest, code: Name) -> Any:
    registry = desk.current().registry
    found = registry.elements.get(code)
    if found is None:
        raise absent()
    return _shape(found, uses(registry))


def _shape(one: Element, used: dict[str, Use]) -> dict[str, Any]:
    use = used.get(one.code, Use())
    return {
        "code": one.code,
        "name": one.name,
        "short": one.short,
        "definition": one.definition,
        "representation": str(one.representation),
        "code_list": one.codes or None,
        "references": dict(one.refs),
        "unnumbered": dict(one.unnumbered),
        "documents": sorted(use.documents),
        "agencies": list(use.agencies),
    }
