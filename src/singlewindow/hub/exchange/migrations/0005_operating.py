"""Lanes paused and tried at once, answers taken up again; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0005_operating.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0005_operating.sql``."""

    dependencies = [("exchange", "0004_aside")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
