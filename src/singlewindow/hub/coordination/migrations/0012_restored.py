"""What a restore moves on, so that nothing is given out a second time; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0012_restored.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0012_restored.sql``."""

    dependencies = [("coordination", "0011_listed"), ("exchange", "0002_notifying")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
