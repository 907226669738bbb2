"""The student's toolkit: self-check, gradient check, small networks, data and plots. Holds no answer."""
