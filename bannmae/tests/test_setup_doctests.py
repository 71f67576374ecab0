"""The examples in the rule modules' docstrings are true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest

import bannmae.privacy
import bannmae.thai

MODULES = sorted(
    module.name
    for package in (bannmae.thai, bannmae.privacy)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    if ".tests" not in module.name and ".migrations" not in module.name
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))

    assert result.failed == 0


def test_the_thai_rules_do_have_examples() -> None:
    modules = [importlib.import_module(name) for name in MODULES if name.startswith("bannmae.thai")]

    assert all(any(test.examples for test in doctest.DocTestFinder().find(m)) for m in modules)
