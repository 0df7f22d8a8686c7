"""Views and routes of the small site."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse
from django.template.response import SimpleTemplateResponse
from django.urls import include, path
from django.utils.translation import get_language
from ninja import NinjaAPI

from singlewindow.hub.identity.permissions import permission, public


def rows(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [row[0] for row in cursor.fetchall()]


@public
def who(request: Any) -> JsonResponse:
    viewers = rows("select current_setting('sw.viewers')")[0]
    parties = rows("select name_en from party order by 1")
    return JsonResponse(
        {
            "viewers": viewers,
            "parties": parties,
            "actor": request.actor and request.actor.name,
            "party": request.viewer.party,
            "language": get_language(),
            "in_transaction": connection.in_atomic_block,
        }
    )


@permission("declarations.read")
async def declarations(request: Any) -> HttpResponse:
    return HttpResponse("declarations")


@permission("declarations.read")
def declared(request: Any) -> JsonResponse:
    """For whom the data base is told to show declarations, and for whom the page believes to read."""
    viewing = rows("select unnest(current_setting('sw.viewers')::int[])")
    return JsonResponse({"viewing": viewing, "parties": request.viewer.parties})


@permission("consignments.read")
def followed(request: Any) -> JsonResponse:
    return JsonResponse({"viewing": rows("select unnest(current_setting('sw.viewers')::int[])")})


@permission("identity.manage")
def manage(request: Any) -> HttpResponse:
    return HttpResponse("manage")


@public
def lazy(request: Any) -> SimpleTemplateResponse:
    """What the template asks for is asked while the viewers are still set."""

    return SimpleTemplateResponse("names.html", {"names": Once()})


class Once:
    """Reads when it is iterated, like a lazy queryset."""

    def __iter__(self) -> Any:
        return iter(rows("select name_en from party order by 1"))


@public
def streaming(request: Any) -> StreamingHttpResponse:
    return StreamingHttpResponse(iter([b"late"]))


@public
def write(request: Any, status: int) -> HttpResponse:
    rows("insert into session values (sha256('written'), '', now() + interval '1 hour') returning 1")
    if status == 599:
        raise RuntimeError("after writing")
    return HttpResponse(status=status)


@public
def slow(request: Any) -> HttpResponse:
    """Writes, and then asks what takes longer than anything may."""
    request.keeps_changes = True
    rows("insert into session values (sha256('slow'), '', now() + interval '1 hour') returning 1")
    return HttpResponse(rows("select pg_sleep(3600)"))


def undeclared(request: Any) -> HttpResponse:
    return HttpResponse("nobody said who may")


api = NinjaAPI(docs_url=None, openapi_url=None, urls_namespace="identity-tests")


@api.get("/marked")
@permission("journal.read")
def marked(request: Any) -> str:
    return "journal"


@api.get("/forgotten")
def forgotten(request: Any) -> str:
    return "forgotten"


urlpatterns = [
    path("", include("singlewindow.hub.identity.urls")),
    path("who", who),
    path("declarations", declarations),
    path("declared", declared),
    path("followed", followed),
    path("manage", manage),
    path("api/manage", manage),
    path("lazy", lazy),
    path("streaming", streaming),
    path("write/<int:status>", write),
    path("slow", slow),
]
neglected = [*urlpatterns, path("undeclared", undeclared), path("api/v1/", api.urls)]
