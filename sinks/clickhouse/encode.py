"""Rows to blocks of ClickHouse's Native format: the very bytes that are sent, and sent again.

Types are checked before anything is packed: a wrong one is an error that names table, column and type, never a value (rows
hold what people wrote). LowCardinality columns travel as their plain type; the server makes the dictionary.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from clickhouse_connect.datatypes.base import ClickHouseType
from clickhouse_connect.datatypes.registry import get_from_name
from clickhouse_connect.driver.insert import InsertContext
from clickhouse_connect.driver.transform import NativeTransform

from monitor.model.rows import TABLES, Row
from sinks.clickhouse.tables import BY_NAME

_PLAIN = re.compile(r"LowCardinality\((.*)\)")
_RAW = {("snapshots", "data"), ("dead_letters", "payload")}


@dataclass(frozen=True, slots=True)
class Block:
    """Rows of one table as bytes; ``digest`` is a hash of exactly these bytes and their table."""

    table: str
    columns: tuple[str, ...]
    rows: int
    data: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class _Shape:
    table: str
    columns: tuple[str, ...]
    types: list[ClickHouseType]
    python: tuple[type, ...]


def _shape(row_class: type) -> _Shape:
    table = BY_NAME[TABLES[row_class]]
    names = tuple(column.name for column in table.columns)
    plain = [_PLAIN.sub(r"\1", column.type) for column in table.columns]
    python: list[type] = []
    for name, kind in zip(names, plain, strict=True):
        if kind == "String":
            python.append(bytes if (table.name, name) in _RAW else str)
        else:
            python.append(bool if kind == "Bool" else int)
    return _Shape(table.name, names, [get_from_name(kind) for kind in plain], tuple(python))


_SHAPES = {row_class: _shape(row_class) for row_class in TABLES}


def by_table(rows: Sequence[Row]) -> list[list[Row]]:
    """The rows of each table, by table as first met, in order."""
    groups: dict[type, list[Row]] = {}
    for row in rows:
        groups.setdefault(type(row), []).append(row)
    return list(groups.values())


def encode(rows: Sequence[Row], batch_rows: int) -> Iterator[Block]:
    """Blocks of at most ``batch_rows`` rows, by table as first met, rows in order. Equal rows give equal blocks.

    Raises TypeError (not a row, or a value of the wrong type) and ValueError (a number outside its column's range, a text that
    is not Unicode) before the first block of that table's batch is made.
    """
    groups = by_table(rows)
    for group in groups:
        if type(group[0]) not in _SHAPES:
            raise TypeError(f"{type(group[0]).__name__} is no row of a table")
    for group in groups:
        shape = _SHAPES[type(group[0])]
        for start in range(0, len(group), batch_rows):
            yield _block(shape, group[start : start + batch_rows])


def _block(shape: _Shape, rows: list[Row]) -> Block:
    columns = list(zip(*rows, strict=True))
    for name, expected, column in zip(shape.columns, shape.python, columns, strict=True):
        for found in set(map(type, column)):
            if found is not expected and (not issubclass(found, expected) or found is bool):
                raise TypeError(f"{shape.table}.{name} takes {expected.__name__}, not {found.__name__}")
    context = InsertContext(shape.table, shape.columns, shape.types, data=columns, column_oriented=True, block_size=len(rows))
    parts = list(NativeTransform.build_insert(context))
    if context.insert_exception is not None:
        raise ValueError(f"{shape.table}.{context.column_name}: a value does not fit its column") from None
    # The driver writes the statement before the one block; the bytes alone are what is sent and hashed.
    data = bytes(parts[0][parts[0].index(b"\n") + 1 :])
    digest = hashlib.blake2b(data, digest_size=16, key=shape.table.encode()).digest()
    return Block(shape.table, shape.columns, len(rows), data, digest)
