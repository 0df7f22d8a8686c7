"""One more verb that somebody is told of; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0004_passes.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0004_passes.sql``."""

    dependencies = [("notice", "0003_receipts")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
