"""A Chinese word of the platform's own on a page in English is found; what somebody wrote is left alone."""

from __future__ import annotations

import pytest
from lxml import html

from stories import pages

WORDS = {
    "<h2>待办</h2>": ["待办"],
    "<table><tr><th scope='col'>状态</th></tr></table>": ["状态"],
    "<button>Send <b>重发</b></button>": ["重发"],
    "<label>号码<input></label>": ["号码"],
    "<label>Number<input placeholder='号码'></label>": ["号码"],
    "<a class='btn sm' href='/x'>打开</a>": ["打开"],
    "<details><summary><span class='note said'>件数不符</span>, 已办</summary></details>": [", 已办"],
    "<p>件数不符</p>": [],
    "<table><tr><th scope='row'>渝远 1</th></tr></table>": [],
    "<summary><span class='note said'>件数不符</span></summary>": [],
    "<button lang='zh-Hans'>中文</button>": [],
    "<table><tr><th><span class='seal'>关</span> Customs</th></tr></table>": [],
}


@pytest.mark.parametrize("markup", WORDS)
def test_words_of_our_own_are_told_from_what_was_written(markup: str) -> None:
    assert pages.foreign(html.document_fromstring(f"<body>{markup}</body>")) == WORDS[markup]
