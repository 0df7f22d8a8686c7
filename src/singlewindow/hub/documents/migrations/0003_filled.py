"""What the platform filled in; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_filled.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_filled.sql``."""

    dependencies = [("documents", "0002_drafts")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
