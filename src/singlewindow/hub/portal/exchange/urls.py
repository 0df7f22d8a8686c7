"""The paths of the exchange's page."""

from __future__ import annotations

from django.urls import path

from singlewindow.hub.portal.exchange import aside, operating, pages
from singlewindow.hub.ui import numbers

numbers.register()
urlpatterns = [
    path("exchange", pages.exchange, name="exchange"),
    path("exchange/lanes/<slug:partner>", operating.lane, name="lane"),
    path("exchange/lanes/<slug:partner>/pause", operating.pause, name="lane-pause"),
    path("exchange/lanes/<slug:partner>/resume", operating.resume, name="lane-resume"),
    path("exchange/lanes/<slug:partner>/probe", operating.probe, name="lane-probe"),
    path("exchange/letters", aside.letters, name="letters"),
    path("exchange/letters/<place:seq>/lay-aside", aside.lay_letter_aside, name="letter-lay-aside"),
    path("exchange/letters/<place:seq>", pages.letter, name="letter"),
    path("exchange/letters/<place:seq>/open", pages.open_letter, name="letter-open"),
    path("exchange/letters/<place:seq>/replay", pages.replay, name="letter-replay"),
    path("exchange/letters/<place:seq>/replay-alike", pages.replay_alike, name="letter-replay-alike"),
    path("exchange/answers", aside.answers, name="answers"),
    path("exchange/answers/<place:number>/take-up", aside.take_up, name="answer-take-up"),
    path("exchange/answers/<place:number>", pages.answer, name="answer"),
    path("exchange/answers/<place:number>/open", pages.open_answer, name="answer-open"),
    path("exchange/answers/<place:number>/apply", pages.apply_again, name="answer-apply"),
    path("exchange/answers/<place:number>/lay-aside", pages.lay_aside, name="answer-lay-aside"),
]
