"""Dispositions by the call alone; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0007_calls.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0007_calls.sql``."""

    dependencies = [("coordination", "0006_waiting")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
