"""Who was told what by message, and of which dead letters; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0002_notifying.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0002_notifying.sql``."""

    dependencies = [("exchange", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
