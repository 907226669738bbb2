"""Call a student's function and compare what it returned; the grader uses these files, too.

call.py makes calls, plain.py copies what comes back into data, differences.py compares it with what was expected,
random_outputs.py describes a function with random numbers, behaviour.py tells functions apart, words.py describes
differences and exceptions to the student.
"""
