"""Find the header of a list by its words, in the languages that platforms speak, with title rows above it."""

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple
from unicodedata import normalize

from autograder.roster.tables import Rows

Field = Literal[
    "student", "lms_id", "login", "email", "name", "first_name", "last_name", "section", "role"
]  # fmt: skip

MAX_TITLE_ROWS = 50
"""Rows in which the header is looked for."""

WORDS: dict[Field, str] = {
    "student": """
        student id | student number | student no | id number | sid | sis user id | orgdefinedid | org defined id
        matriculation number | matrikelnummer | matrikel nr | id nummer | numéro d'identification | numéro étudiant
        número de id | número de identificación | matrícula | numero id | codice identificativo
        numer id | número de identificação
        индивидуальный номер | идентификационный номер | kimlik numarası | öğrenci no
        学号 | 學號 | 学生学号 | 学籍号 | 学生编号 | 工号 | 学号/工号 | 学工号 | id号
        学籍番号 | 学生番号 | idナンバー | 학번
    """,
    "lms_id": """
        lms id | lms user id | user id | canvas id | id | identifier | identifiant | identificador | identificatore
        kennung | идентификатор | 标识符 | 識別子
    """,
    "login": """
        username | user name | login | login id | sis login id | github username | github login | anmeldename
        benutzername | nom d'utilisateur | nombre de usuario | usuario | nome utente | username/login
        nome de utilizador | gebruikersnaam | nazwa użytkownika | логин | kullanıcı adı
        用户名 | 登录名 | 账号 | 帐号 | 使用者名稱 | ユーザ名 | ユーザー名 | 사용자 아이디
    """,
    "email": """
        email | e mail | mail | email address | e mail address | e mail adresse | adresse e mail | adresse de courriel
        courriel | correo | correo electrónico | dirección de correo | dirección de correo electrónico | dirección email
        indirizzo email | endereço de email | endereço de e mail | e mailadres | emailadres | adres e mail
        адрес электронной почты | электронная почта | e posta | e posta adresi
        邮箱 | 电子邮箱 | 电子邮件 | 电子邮件地址 | 邮件地址 | email地址 | メールアドレス | 이메일 | 이메일 주소
    """,
    "name": """
        name | full name | student | student name | vollständiger name | nom complet | nom | nombre completo | nombre
        nome completo | nome | nome cognome | volledige naam | naam | imię i nazwisko | полное имя | фио | имя фамилия
        ad soyad | adı soyadı | 姓名 | 名字 | 学生姓名 | 学生 | 全名 | 氏名 | フルネーム | 성명 | 이름
    """,
    "first_name": """
        first name | firstname | given name | given names | vorname | prénom | nombre/s | nombres | nome próprio
        voornaam | imię | имя | ad | adı | 名 | ファーストネーム
    """,
    "last_name": """
        last name | lastname | surname | family name | nachname | nom de famille | apellido | apellidos | apellido/s
        apellido(s) | cognome | apelido | sobrenome | achternaam | nazwisko | фамилия | soyad | soyadı | 姓 | 姓氏 | 성
    """,
    "section": """
        section | sections | group | groups | class | gruppe | gruppen | groupe | groupes | grupo | grupos | gruppo
        gruppi | groep | grupa | группа | grup | 班级 | 行政班级 | 教学班 | 小组 | 组 | 分组 | クラス | グループ | 분반
    """,
    "role": """
        role | roles | rolle | rollen | rôle | rôles | rol | ruolo | ruoli | função | роль | 角色 | 身份 | ロール | 역할
    """,
}
"""The words of headers, by what stands below them; parted by a stroke or a line."""


def plain(cell: str) -> str:
    """Write a cell of a header without what differs from file to file; Chinese words are often spread by blanks."""
    text = normalize("NFKC", cell).casefold().replace("’", "'").strip(" \ufeff\u200b\t\"'*:")
    text = " ".join(re.sub(r"[_\-\s]+", " ", text).split())
    return re.sub(r"(?<=[^\x00-\x7f]) (?=[^\x00-\x7f])", "", text)


_FIELDS = {
    plain(word): field
    for field, words in WORDS.items()
    for line in words.strip().splitlines()
    for word in line.split("|")
}


_SECTION = re.compile(r"section \d+")
"""Gradescope has several."""


_REMARK = re.compile(r"\(.*?\)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def field_of(title: str) -> Field | None:
    """Tell what stands below a title, which is `plain`: it may have a remark in brackets, or stand in two languages."""
    if _SECTION.fullmatch(title):
        return "section"
    chinese = _CHINESE.match(title)
    tries = (title, _REMARK.sub("", title).strip(" *"), chinese[0] if chinese else "")
    return next((_FIELDS[tried] for tried in tries if tried in _FIELDS), None)


class Header(NamedTuple):
    """The header of a list.

    Attributes:
        row: its place, from 0.
        columns: what stands in which columns; only sections may stand in several.
        titles: the words of the row.
    """

    row: int
    columns: dict[Field, list[int]]
    titles: list[str]


def find_header(rows: Rows) -> Header | None:
    """Return the row that holds most words of a header; None if none says who somebody is."""
    headers = [_header(number, row) for number, row in enumerate(rows[:MAX_TITLE_ROWS])]
    good = [header for header in headers if len(header.columns) > 1 and header.columns.keys() & _IDENTIFYING]
    return max(good, key=lambda header: (len(header.columns), -header.row), default=None)


_IDENTIFYING: set[Field] = {"student", "lms_id", "login", "email", "name", "last_name"}


def _header(number: int, row: Sequence[str]) -> Header:
    titles = [plain(cell) for cell in row]
    columns: dict[Field, list[int]] = {}
    for place, title in enumerate(titles):
        if field := field_of(title):
            columns.setdefault(field, []).append(place)
    if "display id" in titles and "lms_id" in columns:  # Sakai: the id is the name to sign in with
        columns = {"student": [titles.index("display id")], "login": columns.pop("lms_id"), **columns}
    if "github username" in titles and "lms_id" in columns:  # its identifier is the teacher's own
        columns["student"] = columns.pop("lms_id")
    if "name" in columns and ("first_name" in columns) != ("last_name" in columns):
        other: Field = "last_name" if "first_name" in columns else "first_name"
        columns[other] = columns.pop("name")
    return Header(number, columns, [cell.strip() for cell in row])
