"""Other trackers' files, read into ours.

One module per format, each with ``read(files) -> Imported``: pure functions from texts (file name to
content) to drafts of rows. ``write.tracking_file`` makes a tracking file of the drafts. To add a format,
write such a module and name it in ``tasks_lib.cli.import_``.
"""
