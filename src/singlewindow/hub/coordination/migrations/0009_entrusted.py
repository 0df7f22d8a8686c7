"""How a call stands, for the forwarder on it; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0009_entrusted.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0009_entrusted.sql``."""

    dependencies = [("coordination", "0008_told"), ("dossier", "0005_forwarded")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
