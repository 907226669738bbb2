"""Read lists of people, as platforms and offices give them, into the course's students.

- `read_list`: the entry point; joins a list with the people whom the course knows.
- `people`: rows → what a list says of each person.
- `columns`: finds the header by its words; a further language is a word in WORDS.
- `tables`: text files and spreadsheets → rows of text.
- `rename`: gives a student another id, or joins two.
- `words`: what people read.
"""
