"""Sentences of the demo and of made-up classes, and the answers that made-up students write."""

from collections.abc import Sequence

from autograder.language import _, ngettext


def not_a_demo(folder: str) -> str:
    """Refuse to delete what may be somebody's."""
    return _(
        "{folder} is, or holds, something else than an earlier demo, and stays as it is. Name a new or empty folder "
        "(--into).",
        folder=folder,
    )


def demo_note() -> str:
    """Say in the folder of a demo whose it is."""
    return _("`autograder demo` made this folder; the next demo deletes it and makes it again.")


def made_up_note() -> str:
    """Explain the mark of a made-up submission to whoever opens it."""
    return _("Nobody handed this in: `autograder simulate` made it up, and `autograder simulate --remove` removes it.")


def real_students(students: Sequence[str]) -> str:
    return ngettext(
        "{first} is a real student of this course, so nothing was written. Make up the class in a copy of the course.",
        "{first} and others ({count} in all) are real students of this course, so nothing was written. "
        "Make up the class in a copy of the course.",
        len(students),
        first=students[0],
    )


def released(assignment: str, archive: str) -> str:
    return _("{assignment}: released; the class gets {archive}", assignment=assignment, archive=archive)


def collected(assignment: str, count: int, download: str) -> str:
    return _("{assignment}: {count} collected from {download}", assignment=assignment, count=count, download=download)


def results(pages: int, feedback: str, report: str, table: str, late: int) -> str:
    return _(
        "  feedback: {pages} pages in {feedback}\n  report:   {report}\n  scores:   {table} ({late} late)",
        pages=pages,
        feedback=feedback,
        report=report,
        table=table,
        late=late,
    )


def back(pages: str, worksheet: str, grades: int) -> str:
    """Say what goes back into the platform."""
    return _(
        "  back into Moodle: the pages in {pages}; {grades} grades in {worksheet} (the others have answers to be "
        "graded by hand)",
        pages=pages,
        worksheet=worksheet,
        grades=grades,
    )


def worksheet_header() -> tuple[str, ...]:
    """Give the header of Moodle's grading worksheet."""
    return ("Identifier", "Full name", "ID number", "Status", "Grade", "Maximum grade", "Last modified (grade)")


def worksheet_row(number: int, name: str, student: str, maximum: float) -> tuple[str, ...]:
    """Give a row of it, not graded yet."""
    return (f"Participant {number}", name, student, "Submitted for grading - ", "", f"{maximum:.2f}", "-")


def figure_title(number: int) -> str:
    """Say in a picture that nobody drew it."""
    return _("made-up figure {number}", number=number)


def self_check_table() -> str:
    """Show what a self-check prints, in short."""
    return _("✓ value\n✓ shape\n✓ inputs unchanged\n")


# What students write stays in their language, whatever the course's is.


def about_themselves() -> tuple[tuple[str, ...], ...]:
    """List, a row of the table about the student each, what students enter: name, number, class, e-mail, date."""
    return (
        ("Ada Example", "张三", "李小红", "Anna O'Neill-Müller", "…"),
        ("2026123456", "student 17", "20261234", "…"),
        ("CS-2", "计科2班", "2", "…"),
        ("me@example.org", "…"),
        ("27.3.2026", "2026-03-27", "2026年3月27日", "…"),
    )


def formula() -> str:
    """Give a formula as students write it."""
    return "$$J = J_0 + \\frac{\\lambda}{2m} \\sum_l \\lVert W_l \\rVert_F^2$$"


def answers(language: str) -> tuple[str, ...]:
    """List sentences that students write below a question, in English (en) or Chinese (zh)."""
    return _CHINESE if language == "zh" else _ENGLISH


_ENGLISH = (
    "The cost curve alone did not tell me which network is better.",
    "Without it the border follows single points, see the second figure.",
    "A larger value made the border smoother, and then too smooth.",
    "I expected the training accuracy to fall, and it did (from 1.00 to 0.86).",
    "The spread between seeds was larger than I thought, so I would not trust a difference of 0.01.",
    "The gradient check found my first mistake: I had forgotten to divide by m.",
    "I would like to know how to choose the value without the test set.",
    "On new data the simpler border was right more often.",
    "My question: why does the effect depend on the size of the network?",
    "My answer: more units give more ways to fit the noise.",
    "In the plot one can see that both curves start at about 2.3 and separate after 200 steps.",
    "I think this is because the labels are noisy, but I am not sure how to test it.",
    'The error was "operands could not be broadcast together"; I printed the shapes and saw (5,) instead of (5, 1).',
    "At first I used the wrong axis, and everything ran without any error, which surprised me.",
    "With a learning rate of 0.3 the loss became nan after 40 steps; with 0.03 it did not.",
    "So the network does not get better at the training examples; it gets better at the others.",
    "If I had more time I would repeat every run with ten seeds and compare the means.",
    "It took me two evenings to find out that the function changed its argument in place.",
    "As <b>we</b> learned in the lecture, variance & bias have to be balanced.",
    "No idea, sorry :( 🙂",
    "The table says 0.935 and the other one 0.955, the difference is within the noise.",
    "This agrees with what the paper reports, although their networks are much larger.",
)

_CHINESE = (
    "只看训练损失曲线，无法判断哪个网络更好。",
    "没有正则化时，分界线会绕着个别噪声点弯曲，见第二张图。",
    "参数取得越大，分界线越平滑，但太大时又会欠拟合。",
    "训练准确率从 1.00 降到 0.86，测试准确率反而升高。",
    "我一开始忘了除以 m，梯度检验帮我找到了这个错误。",
    "不同随机种子之间的差别比我想象的大。",
    "遇到的问题：operands could not be broadcast together，打印形状后发现是 (5,) 而不是 (5, 1)。",
    "解决办法：求和时加上 keepdims=True。",
    "我认为原因是标签里有噪声，网络把噪声也记住了。",
    "批量越小，均值和方差的估计噪声越大，所以曲线抖动更明显。",
    "学习率为 0.3 时四十步之后损失变成了 nan，0.03 时没有。",
    "因此训练时和测试时必须使用不同的统计量。",
    "我的问题：为什么网络越大效果越明显？",
    "如果有更多时间，我会用十个种子重复实验，再比较平均值。",
    "这个问题我还没有完全弄懂。",
    "从表中可以看出，两种方法的差别在误差范围之内。",
)
