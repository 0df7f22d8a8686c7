"""What programs were answered; the SQL is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0002_answers.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0002_answers.sql``."""

    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
