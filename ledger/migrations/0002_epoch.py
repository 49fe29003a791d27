"""The epoch moves down to the ledger: notes and arrivals both speak of it. Its table comes from the notes' floor,
where `feedback.0009` gives it its new name; here it is only made known."""

import uuid

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0001_rows'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name='Epoch',
                    fields=[
                        ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                        ('name', models.UUIDField(default=uuid.uuid4)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('id', 1)), name='there_is_one_epoch')
                        ],
                    },
                ),
            ],
        ),
    ]
