"""Accepted submissions in the journal; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_accepted.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_accepted.sql``."""

    dependencies = [("dossier", "0002_claims"), ("journal", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
