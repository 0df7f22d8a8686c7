"""Minding the lanes; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_minding.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_minding.sql``."""

    dependencies = [("exchange", "0002_notifying"), ("identity", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
