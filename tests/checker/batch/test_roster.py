"""Who is in the course, and whose submission is whose."""

import pytest

from checker.batch.model import Intake, Student, Submission
from checker.batch.roster import match, read
from checker.errors import RequestError

JANE = Student("Jane Doe", "0042", "jane@x.edu", "jd42")
JURGEN = Student("Jürgen Groß", "0043", "jg@x.edu", "jgross")
WEI = Student("Wei Zhang", "0044", "wz@x.edu", "wei-z")
ROSTER = (JANE, JURGEN, WEI)


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    "text",
    [
        "name,id,email,login\nJane Doe,0042,jane@x.edu,jd42\n",
        "\ufeffName;SID;E-Mail;GitHub\r\nJane Doe;0042;jane@x.edu;jd42\r\n\r\n",
        "First Name,Last Name,SID,Email,Role,Username\nJane,Doe,0042,jane@x.edu,Student,jd42\n",
        "Section\tLogin\tStudent ID\tFull name\tEmail address\nA\tjd42\t0042\tJane Doe\tjane@x.edu\n",
        '"Student","ID","SIS Login ID","Email"\n"    Points Possible",,,\n"Jane Doe","0042","jd42","jane@x.edu"\n',
        "identifier,github_username,github_id,name,email\n0042,jd42,77,Jane Doe,jane@x.edu\n",
        "name,id,email,login\nJane Doe,0042,jane@x.edu,jd42\nJane Doe,0042,jane@x.edu,jd42\n,,,\nx",
    ],
)
def test_read(tmp_path, text):
    """Columns by their names, in any order; comma, semicolon or tab; a byte order mark; empty and short lines."""
    students = read(roster(tmp_path, text))

    assert students[0] == JANE
    assert students[1:] in ((), (Student("x"),))


def test_read_moodle_identifiers(tmp_path):
    """A grading sheet writes a word before the number."""
    path = roster(tmp_path, "Identifier,Full name\nParticipant 301,Jane Doe\nTeilnehmer/in 302,Joe\n")

    assert [student.id for student in read(path)] == ["301", "Teilnehmer/in 302"]


def test_read_disarms_what_would_break_lines(tmp_path):
    """A roster is shown in reports."""
    assert read(roster(tmp_path, 'name\n"Jane\n\x1b[31mDoe"\n'))[0].name == "Jane\\x0a\\x1b[31mDoe"


@pytest.mark.parametrize(
    ("text", "encoding", "sentence"),
    [
        ("", "utf-8", "has no column that names students"),
        ("Jane Doe,0042\n", "utf-8", "has no column that names students"),
        ("name\nJürgen\n", "latin-1", "is not UTF-8"),
        ('name\n"Jane', "utf-8", "is no valid CSV"),
        ("name\n" + "x" * 200_000, "utf-8", "is no valid CSV"),
    ],
)
def test_read_refuses(tmp_path, text, encoding, sentence):
    """One sentence each."""
    with pytest.raises(RequestError, match=sentence):
        read(roster(tmp_path, text, encoding))


def test_read_missing(tmp_path):
    """A roster that is not there, or is a folder."""
    with pytest.raises(RequestError, match="there is no roster"):
        read(tmp_path)


def matched(*students, layout="folders", roster=ROSTER):
    """The students of submissions after matching, and who is missing."""
    submissions = tuple(Submission(f"key{number}", (), each) for number, each in enumerate(students))
    intake, missing = match(Intake(layout, submissions), roster)
    return [submission.students for submission in intake.submissions], missing


@pytest.mark.parametrize(
    "student",
    [
        Student(id="0042"),
        Student(login="JD42"),
        Student(email="Jane@X.edu"),
        Student(name="Jane Doe"),
        Student(name="doe, JANE"),
        Student(name="doejane"),
        Student(name="Jané  Doe"),
        Student(name="0042"),
        Student(name="jd42"),
        Student(name="jane@x.edu"),
        Student(name="hw3_jd42"),
        Student(name="Doe_Jane_0042"),
        Student(name="somebody else", id="0042"),
    ],
)
def test_match(student):
    """By id, login, email or name in either order."""
    ((found,),), missing = matched((student,))

    assert (found.name, found.id) == (JANE.name, JANE.id)
    assert missing == (JURGEN, WEI)


def test_match_folds_letters():
    """Accents, sharp s and case aside."""
    assert matched((Student(name="GROSS, Jurgen"),))[0] == [(JURGEN,)]


def test_what_the_platform_says_stays():
    """Its id is needed to give the grade back; the roster's name is the readable one."""
    (students,), _ = matched((Student(name="doejane", id="1001"),))

    assert students == (Student("Jane Doe", "1001", "jane@x.edu", "jd42"),)


@pytest.mark.parametrize("name", ["Jane", "Doe", "Joe Doe", "jane_smith", "", "x"])
def test_no_match(name):
    """A part of a name is not enough."""
    students, missing = matched((Student(name=name),))

    assert students == [(Student(name=name),)]
    assert missing == ROSTER


def test_ambiguous_names_match_nobody():
    """Two students of one name are told apart by nothing but their ids."""
    twin = Student("Jane Doe", "0099")
    students, missing = matched((Student(name="Jane Doe"),), (Student(name="jane_0099"),), roster=(*ROSTER, twin))

    assert students == [(Student(name="Jane Doe"),), (twin,)]
    assert missing == ROSTER


def test_a_word_of_two_students_matches_nobody():
    """A folder that names two is nobody's alone."""
    assert matched((Student(name="0042_0043"),))[0] == [(Student(name="0042_0043"),)]


@pytest.mark.parametrize(
    ("layout", "name", "expected"),
    [
        ("Moodle", "Group A-Jane Doe", JANE),
        ("Moodle", "G-1-Jane Doe", JANE),
        ("GitHub Classroom", "hw-3-wei-z", WEI),
        ("folders", "Group A-Jane Doe", None),
    ],
)
def test_prefixes(layout, name, expected):
    """Where the platform puts something before a name, what follows counts."""
    students, _ = matched((Student(name=name),), layout=layout)

    assert students == [(expected or Student(name=name),)]


def test_groups_and_keys():
    """Each of a group; a submission without students goes by its key."""
    group = Submission("group", (), (Student(id="0042"), Student(email="wz@x.edu"), Student(name="Guest")))
    intake, missing = match(Intake("folders", (group, Submission("jurgen_gross", ()))), ROSTER)

    assert intake.submissions[0].students == (JANE, WEI, Student(name="Guest"))
    assert intake.submissions[1].students == (JURGEN,)
    assert missing == ()


def test_two_submissions_of_one_student():
    """Both are kept, and both say so; the group's other member is not accused."""
    one = Submission("one", (), (Student(id="0042"),), problems=("odd",))
    two = Submission("two", (), (Student(login="jd42"), Student(id="0044")))
    intake, _ = match(Intake("folders", (one, two)), ROSTER)

    assert [submission.problems for submission in intake.submissions] == [
        ("odd", "Jane Doe is in another submission too (two): all are graded"),
        ("Jane Doe is in another submission too (one): all are graded",),
    ]
