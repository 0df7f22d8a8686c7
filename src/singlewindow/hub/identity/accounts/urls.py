"""The paths of accounts."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.identity.accounts import mandates, own, people, tokens
from singlewindow.hub.ui import numbers

numbers.register()
urlpatterns = [
    path("accounts", people.people, name="people"),
    path("accounts/people", people.admit, name="admit"),
    path("accounts/people/<key:person>/roles", people.roles, name="roles"),
    path("accounts/people/<key:person>/card", people.card, name="card"),
    path("accounts/people/<key:person>/deactivate", people.deactivate, name="deactivate"),
    path("accounts/people/<key:person>/reactivate", people.reactivate, name="reactivate"),
    path("accounts/people/<key:person>/password", people.reset, name="reset"),
    path("accounts/tokens", tokens.tokens, name="tokens"),
    path("accounts/tokens/issue", tokens.issue, name="issue"),
    path("accounts/tokens/<key:token>/revoke", tokens.revoke, name="revoke"),
    path("accounts/mandates", mandates.mandates, name="mandates"),
    path("accounts/mandates/offer", mandates.offer, name="offer"),
    path("accounts/mandates/<key:mandate>/accept", mandates.accept, name="accept"),
    path("accounts/mandates/<key:mandate>/end", mandates.end, name="end"),
    path("accounts/me", own.me, name="me"),
    path("accounts/me/password", own.password, name="password"),
    path("accounts/me/language", own.language, name="my-language"),
]
