"""What whoever settles a claim reads of the claims; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0005_claims_asked.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0005_claims_asked.sql``."""

    dependencies = [("coordination", "0004_due"), ("dossier", "0002_claims")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
