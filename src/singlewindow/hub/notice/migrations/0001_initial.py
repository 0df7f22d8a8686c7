"""The first tables of the notice room; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0001.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0001.sql``."""

    dependencies = [("journal", "0001_initial"), ("identity", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
