"""Find work that is more alike than chance explains, as a question to the instructor and never a verdict.

`work` takes a student's own code and words out of what was graded; `alike` compares a class with itself and asks how
often a likeness would be met by chance, from how common each shape is in this class.
"""
