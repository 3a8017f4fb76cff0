import pytest

from organization import Organization, user, with_small_pages

RESEARCHER = user("ada", "RESEARCHERS")


def test_list_names_malformed_files_without_failing(org: Organization) -> None:
    org.put_sop("count.yaml", "title: Cell count\nversion: 1.0\n")
    org.put_sop("wash.json", '{"name": "Wash"}')
    org.put_sop("broken.yaml", "title: [unclosed\nnext: 1\n")
    org.put_sop("no title.yml", "title: x")
    org.put_sop("readme.txt", "not a SOP")
    org.put_sop("attachments/scan.json", "{")
    sops = {sop["file"]: sop for sop in org.ask("/api/v1/sops/list", RESEARCHER).body["sops"]}
    assert {name: sop["valid"] for name, sop in sops.items()} == {
        "count.yaml": True,
        "wash.json": True,
        "broken.yaml": False,
        "no title.yml": False,
    }
    assert (sops["count.yaml"]["title"], sops["count.yaml"]["version"]) == ("Cell count", "1.0")
    assert sops["broken.yaml"]["error"].startswith("broken.yaml: line 2, column")
    assert sops["no title.yml"]["error"] == "no title.yml: the file name cannot be an id"


def test_an_empty_bucket_is_an_empty_list(org: Organization) -> None:
    assert org.ask("/api/v1/sops/list", RESEARCHER).body == {"sops": []}


def test_list_follows_every_page(org: Organization) -> None:
    ids = [f"s{number}" for number in range(7)]
    for sop_id in ids:
        org.put_sop(f"{sop_id}.json", '{"title": "x"}')
    with_small_pages(org)
    sops = org.ask("/api/v1/sops/list", RESEARCHER).body["sops"]
    assert [sop["id"] for sop in sops] == ids


def test_list_sees_a_changed_file(org: Organization) -> None:
    org.put_sop("count.yaml", "title: old")
    assert org.ask("/api/v1/sops/list", RESEARCHER).body["sops"][0]["title"] == "old"
    org.put_sop("count.yaml", "title: new")
    assert org.ask("/api/v1/sops/list", RESEARCHER).body["sops"][0]["title"] == "new"


def test_read_gives_the_document(org: Organization) -> None:
    org.put_sop("count.v2.yaml", "title: Cell count\nsince: 2026-01-02\nsteps:\n  - wash\n")
    answer = org.ask("/api/v1/sops/count.v2", RESEARCHER)
    assert answer.status == 200
    assert answer.body["file"] == "count.v2.yaml"
    assert answer.body["document"] == {
        "title": "Cell count",
        "since": "2026-01-02",
        "steps": ["wash"],
    }


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("x.yaml", "title: x\nsteps: [a\nnext: b: c\n", "x.yaml: line 3, column"),
        ("x.json", '{"title": "x",\n  "steps": }', "x.json: line 2, column 12"),
        ("x.yaml", "- a\n- b\n", "x.yaml: line 1, column 1: an object is expected"),
        ("x.yaml", "", "x.yaml: line 1, column 1: an object is expected"),
        ("x.yaml", "steps: []\n", "x.yaml: a title (text) is missing"),
        ("x.yaml", "title: x\na: &a 1\nb: *a\n", "x.yaml: line 3, column 4: aliases"),
        ("x.yaml", "title: x\na: !!python/object:os.system {}\n", "x.yaml: line 2, column 4"),
        ("x.yaml", "title: x\na: .nan\n", "x.yaml: "),
        ("x.yaml", "title: x\na: " + "[" * 200 + "]" * 200, "x.yaml: line 2, column 103: nested"),
        ("x.json", "[" * 100_000, "x.json: "),
        ("x.yaml", b"title: \xff\xfe", "x.yaml: "),
        ("x.json", b'{"title": "\xff"}', "x.json: not UTF-8 text"),
        ("x.json", '{"title": "' + "x" * 1024 * 1024 + '"}', "x.json: larger than 1048576 bytes"),
    ],
)
def test_a_malformed_sop_is_a_clear_422(
    org: Organization, file: str, text: str | bytes, message: str
) -> None:
    org.put_sop(file, text)
    answer = org.ask("/api/v1/sops/x", RESEARCHER)
    assert (answer.status, answer.code) == (422, "malformed_sop")
    assert answer.message.startswith(message)


def test_a_sop_that_does_not_exist(org: Organization) -> None:
    org.put_sop("count-more.yaml", "title: x")
    answer = org.ask("/api/v1/sops/count", RESEARCHER)
    assert (answer.status, answer.code) == (404, "not_found")


def test_two_files_with_one_id(org: Organization) -> None:
    org.put_sop("count.yaml", "title: x")
    org.put_sop("count.json", '{"title": "x"}')
    assert (org.ask("/api/v1/sops/count", RESEARCHER).status) == 409
    sops = org.ask("/api/v1/sops/list", RESEARCHER).body["sops"]
    assert [sop["valid"] for sop in sops] == [False, False]


@pytest.mark.parametrize("path", ["..", "../config", ".hidden", "a%2Fb", "a b", "x" * 129])
def test_an_id_that_could_leave_the_folder_is_refused(org: Organization, path: str) -> None:
    answer = org.ask(f"/api/v1/sops/{path}", RESEARCHER)
    assert answer.status in (400, 404)
    assert answer.code in ("invalid_id", "not_found")


def test_a_bucket_that_is_gone_is_a_502_without_names(org: Organization) -> None:
    org.restart(FORMS_BUCKET="nowhere-to-be-found")
    answer = org.ask("/api/v1/sops/list", RESEARCHER)
    assert (answer.status, answer.code) == (502, "storage_failed")
    assert "nowhere" not in answer.message


def test_a_bucket_that_is_not_configured(org: Organization) -> None:
    org.restart(FORMS_BUCKET="")
    answer = org.ask("/api/v1/sops/list", RESEARCHER)
    assert (answer.status, answer.code) == (503, "not_configured")
