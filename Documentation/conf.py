# SPDX-License-Identifier: GPL-2.0
"""Sphinx configuration of the documentation; "make doc" builds it."""
import pathlib
import re

top = pathlib.Path(__file__).resolve().parent.parent

project = "damonxx"
author = "damonxx developers"
copyright = author  # pylint: disable=redefined-builtin
release = version = re.search(r'DAMONXX_VERSION "(.*)"', (top / "include/damonxx/version.h").read_text()).group(1)

root_doc = "index"
highlight_language = "none"
smartquotes = False

html_theme = "alabaster"
html_theme_options = {
    "description": "Data access monitoring (DAMON) as a loadable kernel module",
    "fixed_sidebar": True,
    "page_width": "1240px",
    "body_max_width": "none",
    "font_size": "16px",
    "code_font_size": "0.82em",
    "sidebar_width": "240px",
    "show_powered_by": False,
}
html_sidebars = {"**": ["about.html", "navigation.html", "searchbox.html"]}
html_show_copyright = False
html_copy_source = False
