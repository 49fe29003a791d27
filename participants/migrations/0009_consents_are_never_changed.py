"""The database itself refuses to change a consent. Deleting stays possible: a person may be erased."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON participants_consent
BEGIN SELECT RAISE(ABORT, 'consents are never changed'); END
"""
POSTGRES = """
CREATE FUNCTION consents_are_never_changed() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION 'consents are never changed'; END $$;
CREATE TRIGGER consents_are_never_changed BEFORE UPDATE ON participants_consent
FOR EACH ROW EXECUTE FUNCTION consents_are_never_changed()
"""


def forbid(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute({"sqlite": SQLITE, "postgresql": POSTGRES}[vendor])


def allow(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER consents_are_never_changed")
    else:
        schema_editor.execute("DROP TRIGGER consents_are_never_changed ON participants_consent")
        schema_editor.execute("DROP FUNCTION consents_are_never_changed()")


class Migration(migrations.Migration):
    dependencies = [("participants", "0008_signing_up")]
    operations = [migrations.RunPython(forbid, allow)]
