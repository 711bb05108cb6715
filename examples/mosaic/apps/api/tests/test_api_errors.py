"""What callers are told when a request fails."""

from mosaic_api.errors import Conflict, NotFound, describe


def test_a_mistake_of_the_caller_is_explained() -> None:
    answer = {"error": "not-found", "message": "nothing answers GET /"}
    assert describe(NotFound("nothing answers GET /")) == (404, answer)


def test_every_error_has_its_own_status() -> None:
    assert describe(Conflict("taken"))[0] == 409


def test_any_other_error_is_internal() -> None:
    status, answer = describe(ZeroDivisionError("division by zero"))
    assert status == 500
    assert answer["error"] == "internal"
