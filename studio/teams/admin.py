"""Teams, memberships and invitations on the operator's pages."""

from django.contrib import admin
from django.http import HttpRequest

from studio.teams.models import Invitation, Membership, Team


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """Who is in the team, on the team's page."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Teams by name."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    readonly_fields = ("uuid", "created_at")
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every membership of the installation."""

    list_display = ("user", "team", "role", "joined_at")
    list_filter = ("role",)
    search_fields = ("user__email", "team__name")
    autocomplete_fields = ("user", "team")
    readonly_fields = ("joined_at",)
    list_select_related = ("user", "team")


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Invitations, to look at and to take back: their links are made by `manage.py invite`."""

    list_display = ("email", "team", "role", "invited_by", "expires_at", "accepted_at")
    list_filter = ("role",)
    search_fields = ("email", "team__name")
    exclude = ("token_hash",)
    list_select_related = ("team", "invited_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never here: an invitation made without its link is of no use."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Never: a link that is out keeps saying what it said."""
        return False
