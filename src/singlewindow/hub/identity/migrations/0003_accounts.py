"""Accounts kept by the parties themselves; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_accounts.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_accounts.sql``."""

    dependencies = [("identity", "0002_answers")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
