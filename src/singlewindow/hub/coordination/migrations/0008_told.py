"""Whom a release and a pass tell their seals; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0008_told.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0008_told.sql``."""

    dependencies = [("coordination", "0007_calls"), ("dossier", "0004_shares")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
