"""What bars goods, found by who may read it; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0010_barring.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0010_barring.sql``."""

    dependencies = [("coordination", "0009_entrusted")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
