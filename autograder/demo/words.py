"""Words of this package that people read."""



def no_answer_key(assignment: str) -> str:
    """An assignment that nobody wrote answers for."""
    return f"{assignment} has no answer key, so there is nothing to make a class from."

MADE_UP_SENTENCES = (
    "The cost curve alone did not tell me which network is better.",
    "Without regularization the border follows single points.",
    "A larger value made the border smoother, and then too smooth.",
    "I expected the training accuracy to fall, and it did.",
    "The spread between seeds was larger than I thought.",
    "The gradient check found my first slip.",
    "I would like to know how to choose the value without the test set.",
    "On new data the simpler border was right more often.",
    "My question: why does the effect depend on the size of the network?",
    "My answer: more units give more ways to fit the noise.",
)


def demo_released(assignment: str, archive: str) -> str:
    """The first step of the demo."""
    return f"{assignment}: released; the class gets {archive}"


def demo_results(pages: int, feedback: str, report: str, table: str) -> str:
    """Where the demo's results are."""
    return f"  feedback: {pages} pages in {feedback}\n  report:   {report}\n  scores:   {table}"
