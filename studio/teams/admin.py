"""Teams, memberships and invitations on the operator's pages."""

from django.contrib import admin
from django.http import HttpRequest

from studio.teams.models import Invitation, Membership, Team


class MembershipInline(admin.TabularInline):  # type: ignore[type-arg]
    """The members on the page of a team."""

    model = Membership
    extra = 0
    autocomplete_fields = ("user",)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The list of teams, searched by name and slug."""

    list_display = ("name", "slug", "created_at")
    search_fields = ("name", "slug")
    readonly_fields = ("uuid", "created_at")
    inlines = (MembershipInline,)


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """All memberships of the installation."""

    list_display = ("user", "team", "role", "joined_at")
    list_filter = ("role",)
    search_fields = ("user__email", "team__name")
    autocomplete_fields = ("user", "team")
    readonly_fields = ("joined_at",)
    list_select_related = ("user", "team")


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Invitations, which can be read and deleted here; `manage.py invite` makes their links."""

    list_display = ("email", "team", "role", "invited_by", "expires_at", "accepted_at")
    list_filter = ("role",)
    search_fields = ("email", "team__name")
    exclude = ("token_hash",)
    list_select_related = ("team", "invited_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Return False: an invitation made here would have no link."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Invitation | None = None) -> bool:
        """Return False: the link was sent with these terms."""
        return False
