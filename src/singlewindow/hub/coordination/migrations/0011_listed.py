"""Lists of inspection orders that are open and over; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0011_listed.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0011_listed.sql``."""

    dependencies = [("coordination", "0010_barring")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
