"""What holds for all folders of pairs."""

from pathlib import Path


def test_no_installed_package_hides_a_folder():
    folders = {file.parent for file in Path(__file__).parents[1].glob("*/*.py")}
    pairs = [folder for folder in folders if folder.name != "tests"]
    assert pairs
    assert all((folder / "__init__.py").exists() for folder in pairs)
