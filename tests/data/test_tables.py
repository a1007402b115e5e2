"""The data package: what is loaded is what the schema says, and errors name the place."""

import json

import pandas as pd
import pytest
from computegap import package, tables
from conftest import ROOT

DATA = ROOT / "data"


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A data package of one small table, and a way to write its rows."""
    schema = {
        "fields": [
            {
                "name": "firm",
                "type": "string",
                "description": "Firm",
                "constraints": {"required": True},
            },
            {"name": "year", "type": "year", "description": "Year"},
            {"name": "capex_usd_billion", "type": "number", "description": "Capital expenditure"},
            {"name": "is_actual", "type": "boolean", "description": "Spent"},
            {"name": "filed_date", "type": "date", "description": "Day of filing"},
        ]
    }
    resource = {"name": "small", "path": "small.csv", "schema": "small.schema.json"}
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": [resource]}))
    (tmp_path / "small.schema.json").write_text(json.dumps(schema))
    monkeypatch.setattr(package, "DATA", tmp_path)
    package.forget()
    tables._read.cache_clear()

    def rows(*lines, header="firm,year,capex_usd_billion,is_actual,filed_date"):
        (tmp_path / "small.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")

    yield rows
    package.forget()
    tables._read.cache_clear()


def test_columns_have_the_types_of_their_schema(small):
    small("Meta,2025,69.7,true,2026-01-29")
    loaded = tables.load("small")
    assert loaded["year"].iloc[0] == 2025
    assert loaded["capex_usd_billion"].dtype == float
    assert bool(loaded["is_actual"].iloc[0]) is True
    assert loaded["filed_date"].iloc[0] == pd.Timestamp("2026-01-29")


def test_an_empty_cell_is_missing_in_every_type(small):
    small("Meta,,,,")
    assert tables.load("small").drop(columns="firm").isna().all().all()


def test_changing_a_loaded_frame_changes_no_other_load(small):
    small("Meta,2025,69.7,true,2026-01-29")
    mine = tables.load("small")
    mine["capex_usd_billion"] = 0.0
    assert tables.load("small")["capex_usd_billion"].iloc[0] == 69.7


@pytest.mark.parametrize(
    ("cells", "column", "found"),
    [
        (",2025,1,true,2026-01-29", "firm", "''"),
        ("Meta,soon,1,true,2026-01-29", "year", "'soon'"),
        ("Meta,2025.5,1,true,2026-01-29", "year", "'2025.5'"),
        ("Meta,2025,lots,true,2026-01-29", "capex_usd_billion", "'lots'"),
        ("Meta,2025,1,yes,2026-01-29", "is_actual", "'yes'"),
        ("Meta,2025,1,true,29.1.2026", "filed_date", "'29.1.2026'"),
    ],
)
def test_a_wrong_cell_is_an_error_that_names_file_row_column_and_value(small, cells, column, found):
    small("Amazon,2025,131.8,true,2026-02-06", cells)
    with pytest.raises(package.TableError) as error:
        tables.load("small")
    message = str(error.value)
    assert "data/small.csv, row 3" in message
    assert repr(column) in message
    assert found in message
    assert "expected" in message


def test_a_missing_column_is_named(small):
    small("Meta,2025,1,true", header="firm,year,capex_usd_billion,is_actual")
    with pytest.raises(package.TableError, match=r"missing \['filed_date'\]"):
        tables.load("small")


def test_an_unknown_table_is_an_error_that_lists_the_known_ones(small):
    with pytest.raises(
        package.TableError, match=r"No table 'smal' in data/datapackage.json; there are: small"
    ):
        tables.load("smal")


def test_a_table_without_its_file_is_an_error(small):
    with pytest.raises(package.TableError, match=r"data/small.csv is missing"):
        tables.load("small")


@pytest.mark.parametrize("name", list(package.resources()))
def test_every_table_of_the_package_loads(name):
    assert len(tables.load(name)) > 0


def test_the_data_fit_their_schemas():
    from frictionless import Package

    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.to_summary()


def test_every_file_of_the_data_folder_belongs_to_the_package(descriptor):
    listed = {part for r in descriptor["resources"] for part in (r["path"], r["schema"])}
    there = {path.name for path in DATA.glob("*.csv")} | {
        p.name for p in DATA.glob("*.schema.json")
    }
    assert there == listed


def test_every_table_states_title_licence_sources_dates_and_what_was_done(descriptor):
    wanted = ("title", "description", "licenses", "sources", "accessed", "as_of", "derivation")
    lacking = [
        (r["name"], key) for r in descriptor["resources"] for key in wanted if not r.get(key)
    ]
    assert lacking == []


def test_every_source_with_an_address_is_in_the_table_of_sources(descriptor):
    """The page of data and the tables of sources take publisher and date from there."""
    listed = set(tables.load("sources")["url"])
    addresses = {source.get("path", "") for r in descriptor["resources"] for source in r["sources"]}
    assert {address for address in addresses if "://" in address} <= listed


def test_every_column_is_described_and_every_number_has_a_unit():
    # Counts of a plain ordinal nature have no unit.
    ordinals = {"year", "paragraph"}
    lacking = [
        (name, field["name"])
        for name in list(package.resources())
        for field in package.schema(name)["fields"]
        if not field.get("description")
        or (
            field["type"] in ("number", "integer")
            and "unit" not in field
            and field["name"] not in ordinals | {"value", "value_high"}
        )
    ]
    assert lacking == []


@pytest.mark.parametrize("name", list(package.resources()))
def test_rows_are_sorted_by_their_key_and_lines_end_in_lf(name):
    raw = (DATA / f"{name}.csv").read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    key = package.schema(name)["primaryKey"]
    written = pd.read_csv(DATA / f"{name}.csv", keep_default_na=False, dtype=str)
    loaded = tables.load(name).set_axis(written.index)
    ordered = loaded.sort_values(key, kind="stable", na_position="first").index
    assert list(ordered) == list(written.index)


def test_no_source_is_named_twice():
    sources = tables.load("sources")
    assert sources["url"].is_unique
    assert sources["source_id"].is_unique


def test_every_source_is_used():
    used = set()
    for name in list(package.resources()):
        if name != "sources" and "source_id" in (frame := tables.load(name)):
            used |= set(frame["source_id"].dropna())
    packaged = {s.get("path") for r in package.descriptor()["resources"] for s in r["sources"]}
    sources = tables.load("sources")
    idle = sources[~sources["source_id"].isin(used) & ~sources["url"].isin(packaged)]
    assert list(idle["source_id"]) == []


def test_a_table_that_says_by_which_column_it_is_dated_is_of_that_day():
    stale = {
        entry["name"]: (
            entry["as_of"],
            max(row[entry["dated_by"]] for row in package.rows(entry["name"])),
        )
        for entry in package.resources().values()
        if "dated_by" in entry
    }
    assert len(stale) > 20
    assert {name: days for name, days in stale.items() if days[0] != days[1]} == {}
