"""What answers a request reaches rows through access, queries and actions alone."""

import ast

from tests.rules.source import Module, dotted, modules

PARTS = ("views", "forms", "templatetags", "composer")
"""What stands between a request and its answer, and touches no row itself."""

READERS = (*PARTS, "pages")
"""What may read and never writes."""

ANSWERS = {"HttpResponse", "HttpResponseRedirect", "JsonResponse", "StreamingHttpResponse"}
ANSWERS |= {"FileResponse", "HttpResponseNotFound", "HttpResponseNotModified", "render", "redirect"}

ANSWERING = {
    "studio.http": "the one way to answer a form",
    "studio.middleware": "turns errors into answers",
    "studio.accounts.access": "sends strangers to the sign-in page",
    "generations.media.serving": "the body of a file, with Range",
}
"""Modules outside views that make responses, each with its reason."""
MANAGERS = {"objects", "_default_manager", "_base_manager"}
WRITES = {"save", "delete", "create", "bulk_create", "get_or_create", "update_or_create"}

FORM_SAVES = {
    # allauth's reset form sends its e-mail in save(); no row of ours.
    ("studio.accounts.forms", "super().save"),
}


def _doors(parts: tuple[str, ...] = PARTS) -> list[Module]:
    return [m for m in modules() if set(m.name.split(".")) & set(parts)]


def test_enough_is_looked_at() -> None:
    names = {module.name for module in _doors()}
    assert len(names) >= 8
    assert {"studio.teams.views", "studio.accounts.forms"} <= names


def test_nothing_in_front_of_the_doors_holds_a_manager() -> None:
    wrong = [
        f"{module.where}:{node.lineno} .{node.attr}"
        for module in _doors()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_in_front_of_the_doors_writes() -> None:
    wrong = [
        f"{module.where}:{node.lineno} {ast.unparse(node.func)}()"
        for module in _doors(READERS)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in WRITES
        and (module.name, ast.unparse(node.func)) not in FORM_SAVES
    ]
    assert not wrong, "\n".join(wrong)


def test_no_view_catches_an_error() -> None:
    """Actions raise StudioError, and one middleware answers."""
    wrong = [
        f"{module.where}:{node.lineno}"
        for module in _doors()
        if "views" in module.name.split(".")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Try)
    ]
    assert not wrong, "\n".join(wrong)


def test_no_view_of_a_team_opens_a_seat_itself() -> None:
    """The decorator opens it, once a request; studio.teams.views is for people without one."""
    wrong = [
        f"{module.where}:{node.lineno}"
        for module in _doors()
        if "views" in module.name.split(".")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and "open_seat" in {one.name for one in node.names}
    ]
    assert not wrong, "\n".join(wrong)


def _answers(tree: ast.AST) -> set[str]:
    """The names of Django's answers that a module imports."""
    imported = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {alias.name for node in imported for alias in node.names} & ANSWERS


def test_only_views_answer_requests() -> None:
    wrong = {
        module.name: _answers(module.tree)
        for module in modules()
        if _answers(module.tree) and "views" not in module.name.split(".")
    }
    assert wrong.keys() == ANSWERING.keys()


def test_the_detector_sees_an_answer() -> None:
    assert _answers(ast.parse("from django.http import HttpRequest, JsonResponse"))
    assert not _answers(ast.parse("from django.http import HttpRequest, QueryDict"))


def test_the_detector_sees_a_manager() -> None:
    tree = ast.parse("Team.objects.get(pk=1)")
    assert [dotted(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)][-1] == "Team.objects"
