"""The epoch's table, with its row, goes to the ledger (see `ledger.0002`)."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0002_epoch'),
        ('feedback', '0008_confirmations_and_corrections'),
    ]

    operations = [
        migrations.AlterModelTable(name='epoch', table='ledger_epoch'),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name='Epoch')]),
    ]
