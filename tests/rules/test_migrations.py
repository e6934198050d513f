"""Migrations are complete, and named for what they do."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader

from tests.rules.source import PACKAGES

LABELS = ("accounts", "teams", "media", "spending", "generations")


def _ours() -> list[Migration]:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    found = (m for m in loader.disk_migrations.values() if m.__module__.split(".")[0] in PACKAGES)
    return sorted(found, key=str)


def test_every_app_has_its_migrations() -> None:
    assert {migration.app_label for migration in _ours()} >= set(LABELS)


def test_no_model_has_changed_without_a_migration(db: None) -> None:
    said = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=said, no_color=True)
    except (SystemExit, CommandError) as error:
        pytest.fail(f"{error}\n{said.getvalue()}")


@pytest.mark.parametrize("migration", _ours(), ids=str)
def test_a_migration_is_named_for_what_it_does(migration: Migration) -> None:
    number, _, name = migration.name.partition("_")
    assert number.isdigit()
    assert name not in ("", "initial")
    assert name != migration.suggest_name(), "that is Django's own suggestion"
    assert not name.startswith(("auto_", "alter_", "initial_"))
