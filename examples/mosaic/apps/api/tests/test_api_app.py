"""The API as a browser sees it."""

from mosaic_api.http import Request
from mosaic_api.testing import Browser


def test_a_new_account_is_answered_without_its_password(browser: Browser) -> None:
    response = browser.sign_up()
    assert response.status == 201
    assert response.content == {"id": 1, "email": "ada@example.org", "name": "Ada"}


def test_an_address_has_one_account(browser: Browser) -> None:
    browser.sign_up()
    assert browser.sign_up().status == 409


def test_who_has_signed_in_is_recognised(browser: Browser) -> None:
    browser.sign_up()
    assert browser.sign_in().status == 204
    assert browser.send("GET", "/me").content["name"] == "Ada"


def test_who_has_not_signed_in_is_sent_away(browser: Browser) -> None:
    assert browser.send("GET", "/me").status == 401


def test_a_wrong_password_is_refused(browser: Browser) -> None:
    browser.sign_up()
    assert browser.sign_in(password="wrong horse battery").status == 401


def test_signing_out_clears_the_cookie_of_the_browser(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    assert browser.send("POST", "/logout").status == 204
    assert browser.send("GET", "/me").status == 401


def test_tiles_belong_to_their_owner(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    browser.send("POST", "/tiles", title="Release 2", done=3, total=8)
    assert browser.send("GET", "/tiles").content == [
        {"id": 1, "title": "Release 2", "done": 3, "total": 8}
    ]
    browser.sign_up("grace@example.org", "Grace")
    browser.sign_in("grace@example.org")
    assert browser.send("GET", "/tiles").content == []


def test_tiles_are_found_by_a_part_of_their_title(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    browser.send("POST", "/tiles", title="Release 2")
    browser.send("POST", "/tiles", title="Housekeeping")
    found = browser.send("POST", "/tiles/search", title="keep").content
    assert [tile["title"] for tile in found] == ["Housekeeping"]


def test_a_number_must_be_a_number(browser: Browser) -> None:
    browser.sign_up()
    browser.sign_in()
    response = browser.send("POST", "/tiles", title="Release 2", total="eight")
    assert response.status == 400
    assert response.content["message"] == "total must be a whole number"


def test_a_body_that_is_not_json_is_a_bad_request(browser: Browser) -> None:
    response = browser.app.handle(Request("POST", "/login", body="email=ada"))
    assert response.status == 400
    assert response.content["message"] == "the body is not JSON"


def test_an_unknown_path_is_not_found(browser: Browser) -> None:
    assert browser.send("GET", "/nowhere").status == 404
