import pytest
from fastapi import FastAPI

from linkbridge.accounts.permissions import Role
from linkbridge.container import Container
from linkbridge.web.auth import safe_next
from tests.integration.web.conftest import sign_in
from tests.support.accounts import PASSWORD, World
from tests.support.pages import PageClient

FIRST: dict[str, str | list[str]] = {
    "organisation": "Ministry",
    "country": "PA",
    "name": "Ada",
    "email": "ada@example.org",
    "password": PASSWORD,
}


def test_first_administrator_sets_the_installation_up(browser: PageClient, container: Container) -> None:
    with container.sessions.transaction() as session:
        code = container.accounts.first.make_link(session).code
    bad = browser.send("/staff/first", {**FIRST, "code": code, "name": "", "password": "short"})
    assert (bad.status, bad.problems) == (400, ["name", "password"])
    assert 'value="Ministry"' in bad.text
    assert 'value="short"' not in bad.text
    assert browser.send("/staff/first", {**FIRST, "code": "lusab-babad-gutih-tugad"}).status == 410
    welcome = browser.send("/staff/first", {**FIRST, "code": code})
    assert (welcome.status, welcome.path) == (200, "/staff")
    assert "Hello, Ada" in welcome.text
    again = PageClient(browser.app).send("/staff/first", {**FIRST, "code": code})
    assert again.status == 410


def test_page_of_staff_leads_to_sign_in_and_back(world: World, app: FastAPI) -> None:
    world.add_staff("ada@example.org", Role.ADMINISTRATOR)
    browser = PageClient(app)
    asked = browser.get("/staff/tokens")
    assert asked.path == "/staff/sign-in"
    page = browser.post(
        "/staff/sign-in",
        {"csrf_token": asked.token, "email": "ada@example.org", "password": PASSWORD, "next": "/staff/tokens"},
    )
    assert (page.status, page.path) == (200, "/staff/tokens")


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/staff/sites", "/staff/sites"),
        ("", "/staff"),
        ("https://evil.example/staff", "/staff"),
        ("//evil.example/staff/", "/staff"),
        ("/\\evil.example", "/staff"),
        ("/staff\\evil", "/staff"),
        ("/tablet", "/staff"),
        ("/staffing", "/staff"),
        ("javascript:alert(1)", "/staff"),
    ],
)
def test_sign_in_leads_to_pages_of_staff_alone(wanted: str, led_to: str) -> None:
    assert safe_next(wanted) == led_to


def test_wrong_password_keeps_the_address_and_counts(world: World, app: FastAPI) -> None:
    world.add_staff("ada@example.org")
    browser = PageClient(app)
    for _ in range(5):
        page = browser.send("/staff/sign-in", {"email": "ada@example.org", "password": "wrong"})
        assert page.status == 401
        assert "The address or the password is wrong." in page.text
    assert 'value="ada@example.org"' in page.text
    assert "wrong" not in page.text.replace("password is wrong", "")
    page = browser.send("/staff/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    assert page.status == 429
    assert "Try again in 1 second." in page.text


def test_form_without_its_token_is_refused(world: World, app: FastAPI) -> None:
    world.add_staff("ada@example.org")
    fields: dict[str, str | list[str]] = {"email": "ada@example.org", "password": PASSWORD}
    browser = PageClient(app)
    token = browser.get("/staff/sign-in").token
    assert browser.post("/staff/sign-in", fields).status == 403
    assert browser.post("/staff/sign-in", {**fields, "csrf_token": "0" * 64}).status == 403
    assert PageClient(app).post("/staff/sign-in", {**fields, "csrf_token": token}).status == 403
    assert browser.post("/staff/sign-in", {**fields, "csrf_token": token}, origin="https://evil.example").status == 403
    assert browser.post("/staff/sign-in", {**fields, "csrf_token": token}, origin="null").status == 403
    assert browser.post("/staff/sign-in", {**fields, "csrf_token": token}, sec_fetch_site="cross-site").status == 403
    assert browser.post("/staff/sign-in", {**fields, "csrf_token": token}, origin="http://testserver").path == "/staff"


def test_token_of_another_session_is_refused(world: World, app: FastAPI, administrator: PageClient) -> None:
    other = sign_in(world, app, Role.COORDINATOR)
    token = other.get("/staff/account").token
    page = administrator.post("/staff/account/language", {"csrf_token": token, "language": "fr"})
    assert page.status == 403


def test_body_that_is_no_form_is_refused(administrator: PageClient) -> None:
    page = administrator.post("/staff/sign-out", {}, content_type="application/json")
    assert page.status == 400


def test_sign_out_ends_the_session_on_the_server(administrator: PageClient) -> None:
    kept = dict(administrator.cookies)
    page = administrator.send("/staff/account", {}, to="/staff/sign-out")
    assert page.path == "/staff/sign-in"
    assert "You are signed out." in page.text
    for name, value in kept.items():
        administrator.cookies.set(name, value, domain="testserver.local")
    assert administrator.get("/staff").path == "/staff/sign-in"


def test_nothing_changes_by_looking(administrator: PageClient) -> None:
    for path in ("/staff/sign-out", "/staff/account/language", "/staff/account/sign-out-everywhere"):
        assert administrator.get(path).status in {404, 405}
    assert administrator.get("/staff").path == "/staff"


def test_language_of_the_account_is_the_language_of_the_pages(administrator: PageClient) -> None:
    page = administrator.send("/staff/account", {"language": "nl"}, to="/staff/account/language")
    assert page.status == 200
    assert '<html lang="nl"' in page.text


def test_password_is_changed_on_the_account_page(administrator: PageClient) -> None:
    path = "/staff/account/password"
    wrong: dict[str, str | list[str]] = {"current_password": "wrong", "new_password": "marble fountain pencil"}
    assert administrator.send("/staff/account", wrong, to=path).problems == ["current_password"]
    short: dict[str, str | list[str]] = {"current_password": PASSWORD, "new_password": "short"}
    assert administrator.send("/staff/account", short, to=path).problems == ["new_password"]
    good: dict[str, str | list[str]] = {"current_password": PASSWORD, "new_password": "marble fountain pencil"}
    page = administrator.send("/staff/account", good, to=path)
    assert "Your password is changed." in page.text


def test_pages_of_staff_are_never_stored(administrator: PageClient) -> None:
    assert administrator.get("/staff").response.headers["cache-control"] == "no-store"


def test_cookie_of_a_session_is_out_of_reach(world: World, app: FastAPI) -> None:
    world.add_staff("ada@example.org")
    browser = PageClient(app)
    browser.send("/staff/sign-in", {"email": "ada@example.org", "password": PASSWORD})
    token = next(cookie for cookie in browser.cookies.jar if cookie.name == "lb_session")
    assert token.has_nonstandard_attr("HttpOnly")
    assert token.get_nonstandard_attr("SameSite") == "lax"


@pytest.mark.parametrize("partner", [False, True])
@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_pages_and_no_others(world: World, app: FastAPI, role: Role, partner: bool) -> None:
    everyone = {"/staff", "/staff/account", "/staff/sites"}
    pages = {
        Role.ADMINISTRATOR: {"/staff/sites/new", "/staff/people", "/staff/devices", "/staff/tokens"},
        Role.COORDINATOR: {"/staff/devices"},
    }
    host_only = {"/staff/organisations", "/staff/audit", "/staff/retention"}
    expected = everyone | pages.get(role, set())
    if role is Role.ADMINISTRATOR and not partner:
        expected |= host_only
    client = sign_in(world, app, role, partner=partner)
    every = everyone | host_only | pages[Role.ADMINISTRATOR]
    assert {path for path in every if client.get(path).status == 200} == expected
    home = client.get("/staff").text
    assert {path for path in every if f'<a href="{path}"' in home} <= expected
