"""Labels that readers called wrong become a sheet; nothing is lost in silence."""

import json

from aequa.cli import run


def test_flags_become_a_sheet(tmp_path, capsys):
    flag = {"work": "doi:10.1/x", "label": "goal-3", "machine": "supports", "reader": "no"}
    (tmp_path / "flags.jsonl").write_text(json.dumps(flag) + "\n{cut off")
    assert run(["audit", "flags", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["rejected"] == 1
    lines = (tmp_path / "flags.csv").read_text().splitlines()
    assert lines[1] == ",doi:10.1/x,goal-3,supports,no,,"


def test_without_flags_it_says_so(tmp_path, capsys):
    assert run(["audit", "flags", str(tmp_path)]) == 1
    assert "aequa serve --write" in capsys.readouterr().err
