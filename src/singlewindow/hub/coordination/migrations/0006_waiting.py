"""Why released goods have no gate pass; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0006_waiting.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0006_waiting.sql``."""

    dependencies = [("coordination", "0005_claims_asked")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
