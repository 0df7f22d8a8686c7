"""What every law is given: the files of the house, read once, and a place to put findings."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """Where a law is broken, and how to mend it."""

    path: Path
    line: int
    text: str


@dataclass
class House:
    """A checkout: ``root`` and the files that belong to it."""

    root: Path
    findings: list[Finding] = field(default_factory=list)

    def report(self, path: Path, text: str, line: int = 1) -> None:
        """Note one breach."""
        self.findings.append(Finding(path, line, text))

    @cached_property
    def files(self) -> list[Path]:
        """Every file git knows or would know, relative to the root."""
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=True,
        )
        return [Path(name) for name in listed.stdout.splitlines() if (self.root / name).is_file()]

    def matching(self, *patterns: str) -> Iterator[Path]:
        """Files whose whole path matches one of the patterns; a star stands for folders too."""
        return (path for path in self.files if any(fnmatchcase(path.as_posix(), each) for each in patterns))

    @cached_property
    def modules(self) -> dict[Path, ast.Module]:
        """Every Python file, parsed."""
        return {path: ast.parse((self.root / path).read_text("utf-8")) for path in self.matching("*.py")}

    @property
    def product(self) -> dict[Path, ast.Module]:
        """The modules that ship."""
        return {path: tree for path, tree in self.modules.items() if path.parts[0] == "src"}

    def rooms(self, *kinds: str) -> list[Path]:
        """The folders directly below ``src/singlewindow/<kind>`` that hold something."""
        base = Path("src/singlewindow")
        found = {
            base / kind / path.relative_to(base / kind).parts[0]
            for kind in kinds
            for path in self.files
            if path.is_relative_to(base / kind) and len(path.relative_to(base / kind).parts) > 1
        }
        return sorted(found)
