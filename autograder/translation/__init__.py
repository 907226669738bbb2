"""The catalogues of other languages: gettext's PO files, which Poedit and Weblate open.

- update.py: brings them up to date with the texts and compiles them (`make translate`);
- extract.py: gives Babel the texts of notebooks and answer keys.
"""
