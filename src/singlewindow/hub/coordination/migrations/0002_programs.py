"""Programs may ask as people do; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0002_programs.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0002_programs.sql``."""

    dependencies = [("coordination", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
