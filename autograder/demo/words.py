"""Sentences of the demo, and the answers that its students write."""

from autograder.language import _


def no_answer_key(assignment: str) -> str:
    return _("{assignment} has no answer key, so there is nothing to make a class from.", assignment=assignment)


def released(assignment: str, archive: str) -> str:
    return _("{assignment}: released; the class gets {archive}", assignment=assignment, archive=archive)


def results(pages: int, feedback: str, report: str, table: str) -> str:
    return _("  feedback: {pages} pages in {feedback}\n  report:   {report}\n  scores:   {table}", pages=pages, feedback=feedback, report=report, table=table)


def answers() -> tuple[str, ...]:
    """List sentences that students write below a question."""
    return (
        _("The cost curve alone did not tell me which network is better."),
        _("Without regularization the border follows single points."),
        _("A larger value made the border smoother, and then too smooth."),
        _("I expected the training accuracy to fall, and it did."),
        _("The spread between seeds was larger than I thought."),
        _("The gradient check found my first mistake."),
        _("I would like to know how to choose the value without the test set."),
        _("On new data the simpler border was right more often."),
        _("My question: why does the effect depend on the size of the network?"),
        _("My answer: more units give more ways to fit the noise."),
    )
