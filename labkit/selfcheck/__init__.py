"""Judge a student's function on public cases, in the notebook.

check.py judges and prints the table, public_cases.py reads and writes the recorded cases, words.py holds the sentences.
"""
