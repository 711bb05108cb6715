"""The widgets of the dashboard: functions from tiles to HTML."""
