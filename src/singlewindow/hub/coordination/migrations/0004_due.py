"""What is still to be decided on; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0004_due.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0004_due.sql``."""

    dependencies = [("coordination", "0003_claims")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
