"""The parties registered, for who runs the platform; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0006_registered.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0006_registered.sql``."""

    dependencies = [("identity", "0005_guessing")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
