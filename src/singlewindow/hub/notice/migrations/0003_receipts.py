"""Receipts that stand in the way, found by one search; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_receipts.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_receipts.sql``."""

    dependencies = [("notice", "0002_claims")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
