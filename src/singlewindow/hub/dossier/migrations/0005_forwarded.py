"""What a forwarder reads of the consignments it is named in; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0005_forwarded.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0005_forwarded.sql``."""

    dependencies = [("dossier", "0004_shares"), ("documents", "0001_initial"), ("identity", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
