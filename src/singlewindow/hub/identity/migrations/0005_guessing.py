"""Where passwords were tried in vain; the SQL beside it is what counts."""

from __future__ import annotations

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "0005_guessing.sql"


class Migration(migrations.Migration):
    """Runs ``sql/0005_guessing.sql``."""

    dependencies = [("identity", "0004_cards")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"))]
