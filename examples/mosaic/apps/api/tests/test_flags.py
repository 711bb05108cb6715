"""Feature flags."""

from mosaic_api.flags import Flags, read_flags


def test_without_settings_the_defaults_hold() -> None:
    assert read_flags({}) == Flags(registration=True, tile_search=False)


def test_a_flag_is_switched_on_by_true() -> None:
    assert read_flags({"MOSAIC_FLAG_TILE_SEARCH": "true"}).tile_search


def test_an_empty_setting_switches_a_flag_off() -> None:
    assert not read_flags({"MOSAIC_FLAG_REGISTRATION": ""}).registration
