"""Make the spreadsheets of this folder; run by hand, with xlwt and openpyxl installed for it alone.

The class is made up: title rows, the header in row 5, an empty row, a foot row; ids as text and as numbers.
"""

from pathlib import Path

ROWS: list[list[object]] = [
    ["某某大学 2026 年春季学期 学生名单"],
    ["课程: 深度学习"],
    [],
    [],
    ["序号", "学号", "姓名", "行政班级", "成绩"],
    [],
    [1, "0025000001", "张三", "计科 1 班"],
    [2, 2025000002, "李四", "计科 2 班"],
    ["合计", "", "", "", 2],
]
HERE = Path(__file__).parent


def main() -> None:
    """Write class.xls and class.xlsx."""
    import openpyxl
    import xlwt

    old, new = xlwt.Workbook(encoding="utf-8"), openpyxl.Workbook()
    sheet, page = old.add_sheet("名单"), new.active
    for row, cells in enumerate(ROWS):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
            page.cell(row + 1, column + 1, cell)
    new.create_sheet("说明").cell(1, 1, "第二张表没有名单")
    old.save(str(HERE / "class.xls"))
    new.save(HERE / "class.xlsx")


if __name__ == "__main__":
    main()
