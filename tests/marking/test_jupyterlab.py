"""The entry in JupyterLab's menu is put where Jupyter looks for it."""

import json
from pathlib import Path

from autograder.marking.jupyterlab import NAME, add_to_jupyterlab


def test_jupyter_finds_both_parts_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        entry = add_to_jupyterlab(tmp_path)
        assert entry == tmp_path / "share/jupyter/labextensions" / NAME
        package = json.loads((entry / "package.json").read_text())
        assert package["name"] == NAME
        assert (entry / package["jupyterlab"]["_build"]["load"]).is_file()
        enabled = json.loads((tmp_path / "etc/jupyter/jupyter_server_config.d/autograder_marking.json").read_text())
        assert enabled["ServerApp"]["jpserver_extensions"] == {"autograder.marking.app": True}
        assert f'"{NAME}"' in (entry / "static" / "entry.js").read_text()
    assert {path.name for path in entry.iterdir()} == {"package.json", "static"}
