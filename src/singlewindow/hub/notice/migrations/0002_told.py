"""More verbs that somebody is told of, and receipts found by one search; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0002_told.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0002_told.sql``."""

    dependencies = [("notice", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
