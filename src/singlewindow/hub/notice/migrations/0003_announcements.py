"""What the operator announces to everybody; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0003_announcements.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0003_announcements.sql``."""

    dependencies = [("notice", "0002_told"), ("identity", "0006_registered")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
