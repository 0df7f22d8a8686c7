"""Passes that wait for a person, and what co-loaders read of them; the SQL beside it says how."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_claims.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_claims.sql``."""

    dependencies = [("coordination", "0002_programs"), ("dossier", "0002_claims")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
