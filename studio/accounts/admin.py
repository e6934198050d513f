"""Accounts on the operator's pages, which use the studio's own sign-in page."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm

from studio.accounts.models import User

admin.site.site_header = "Dailies"
admin.site.site_title = "Dailies"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

RIGHTS = ("is_active", "is_moderator", "is_staff", "is_superuser")


class AddAccountForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """The form with which the operator makes an account."""

    class Meta:
        model = User
        fields = ("email", "name")

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).lower()


class ChangeAccountForm(UserChangeForm):  # type: ignore[type-arg]
    """The form with which the operator changes an account."""

    class Meta:
        model = User
        fields = "__all__"

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class AccountAdmin(UserAdmin):  # type: ignore[type-arg]
    """The list of accounts, ordered by e-mail address."""

    form = ChangeAccountForm
    add_form = AddAccountForm
    ordering = ("email",)
    list_display = ("email", "name", *RIGHTS, "last_login")
    list_filter = RIGHTS
    search_fields = ("email", "name")
    readonly_fields = ("last_login", "date_joined")
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights in the installation", {"fields": RIGHTS}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    filter_horizontal = ()
