"""What stops a command, or the platform from starting, said in both languages."""

from __future__ import annotations

from typing import Any, Self

from singlewindow.kernel.messages import Problem, Text
from singlewindow.kernel.problem_details import problem_details

REFUSED, AWAY = 2, 3  # exit codes


def told(problem: Problem) -> Text:
    """What is wrong and what to do, in one sentence."""
    said = [problem.text, *([problem.remedy] if problem.remedy else [])]
    return Text("；".join(text.zh for text in said), "; ".join(text.en for text in said))


class Refusal(Exception):
    """Not done as it was asked; the text says why and what to do, ``problems`` each part of it."""

    exit_code = REFUSED
    status = 400
    code = "refused"
    title = Text("未执行", "not carried out")

    def __init__(self, zh: str, en: str, *problems: Problem) -> None:
        super().__init__(en)
        self.text = Text(zh, en)
        self.problems = problems or (Problem(self.code, self.text),)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Of one problem, with its remedy in the sentence."""
        said = told(problem)
        return cls(said.zh, said.en, problem)

    @property
    def lines(self) -> list[str]:
        """For people: a line a language."""
        return [self.text.zh, self.text.en]

    @property
    def details(self) -> dict[str, Any]:
        """For programs: the members of the API's problem details, each sentence in both languages."""
        both = {"title": self.title, "detail": self.text}
        said = {name: f"{text.zh} · {text.en}" for name, text in both.items()}
        return problem_details(self.status, self.problems, "zh") | said


class Away(Refusal):
    """Who was asked does not answer: there is no result, and the same may be asked again later."""

    exit_code = AWAY
    status = 503
    code = "away"
    title = Text("无应答", "no answer")
