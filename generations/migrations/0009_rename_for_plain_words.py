"""Rename tables for docs/words.md: saved drafts and prompts, imports, heartbeats."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("generations", "0008_drop_unread_times"),
        ("teams", "0001_make_teams"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RenameModel("Beat", "Heartbeat"),
        migrations.RenameModel("KeptDraft", "SavedDraft"),
        migrations.RenameModel("KeptPrompt", "SavedPrompt"),
        migrations.RenameModel("Takeover", "AccountImport"),
        migrations.RemoveConstraint("AccountImport", "one_takeover_at_a_time"),
        migrations.AddConstraint(
            "AccountImport",
            models.UniqueConstraint(
                fields=("key",),
                condition=models.Q(state="running"),
                name="one_import_at_a_time",
            ),
        ),
        migrations.AlterField(
            "AccountImport",
            "author",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="imports", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            "AccountImport",
            "key",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="generations.apikey"
            ),
        ),
        migrations.AlterField(
            "AccountImport",
            "team",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="imports", to="teams.team"
            ),
        ),
        migrations.AlterField(
            "SavedDraft",
            "author",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="saved_drafts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            "SavedDraft",
            "team",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="saved_drafts", to="teams.team"
            ),
        ),
        migrations.AlterField(
            "SavedPrompt",
            "author",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="saved_prompts", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AlterField(
            "SavedPrompt",
            "team",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="saved_prompts", to="teams.team"
            ),
        ),
    ]
