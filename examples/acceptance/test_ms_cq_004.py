"""MS-CQ-004: the feature flag "false" is false."""

import pytest
from mosaic_api.flags import read_flags


@pytest.mark.parametrize("word", ["false", "False", "FALSE", "0", "no", "off", ""])
def test_a_word_for_off_switches_a_flag_off(word: str) -> None:
    assert read_flags({"MOSAIC_FLAG_REGISTRATION": word}).registration is False


@pytest.mark.parametrize("word", ["true", "True", "1", "yes", "on"])
def test_a_word_for_on_switches_a_flag_on(word: str) -> None:
    assert read_flags({"MOSAIC_FLAG_TILE_SEARCH": word}).tile_search is True


def test_the_defaults_stay() -> None:
    flags = read_flags({})
    assert (flags.registration, flags.tile_search) == (True, False)
