"""The card numbers of clerks; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0004_cards.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0004_cards.sql``."""

    dependencies = [("identity", "0003_accounts")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
