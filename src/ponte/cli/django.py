"""Starts Django for commands that use the database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")


def with_database(command: Callable[P, T]) -> Callable[P, T]:
    """Set Django up before the command; a database that cannot be used is one sentence."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        with started():
            return command(*args, **kwargs)

    return run


@contextmanager
def started() -> Iterator[None]:
    """Set Django up; a database that cannot be used meanwhile is one sentence."""
    start()
    from django.db import DatabaseError

    from ponte.db.sealed import WrongKeyError

    try:
        yield
    except WrongKeyError as error:
        raise click.ClickException(f"{error}. Run `ponte doctor`.") from error
    except DatabaseError as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise click.ClickException(f"The database cannot be used: {first}. Run `ponte doctor`.") from error


def start() -> None:
    """Set Django up once."""
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
