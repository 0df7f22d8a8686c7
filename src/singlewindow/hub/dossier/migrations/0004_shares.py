"""What of a dossier its readers are told; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0004_shares.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0004_shares.sql``."""

    dependencies = [("dossier", "0003_accepted"), ("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
