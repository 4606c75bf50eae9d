"""docs/problems.md says what the texts say."""

import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_page_of_problems_is_up_to_date():
    tool = runpy.run_path(str(ROOT / "tools" / "problem_docs.py"))
    assert (ROOT / "docs" / "problems.md").read_text("utf-8") == tool["page"]()
