"""Answers laid aside; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0004_aside.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0004_aside.sql``."""

    dependencies = [("exchange", "0003_minding"), ("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
