//! The scalar table, made with PyYAML 6.0.3.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rstest::rstest;

use super::Scalar;
use super::scalar::plain;

fn show(text: &str) -> String {
    match plain(text) {
        Err(_) => "error".to_owned(),
        Ok(Scalar::Null) => "null".to_owned(),
        Ok(Scalar::Bool(value)) => format!("bool {value}"),
        Ok(Scalar::Int(value)) => format!("int {value}"),
        Ok(Scalar::BigInt(value)) => format!("int {value}"),
        Ok(Scalar::Float(value)) if value.is_nan() => "float nan".to_owned(),
        Ok(Scalar::Float(value)) => format!("float {value:?}"),
        Ok(Scalar::Str(value)) => format!("str {value}"),
        Ok(Scalar::Date(value)) => format!("date {value}"),
        Ok(Scalar::DateTime(value)) => format!("datetime {}", value.format("%Y-%m-%dT%H:%M:%S%.f")),
        Ok(Scalar::DateTimeOffset(value)) => {
            let micros = if value.timestamp_subsec_micros() > 0 {
                "%.6f"
            } else {
                ""
            };
            format!(
                "datetime {}",
                value.format(&format!("%Y-%m-%dT%H:%M:%S{micros}%:z"))
            )
        }
        Ok(Scalar::Bytes(value)) => format!("bytes {value:?}"),
    }
}

#[test]
fn plain_scalars_are_typed_as_pyyaml_types_them() {
    let wrong: Vec<String> = TABLE
        .iter()
        .filter(|(text, expected)| show(text) != *expected)
        .map(|(text, expected)| format!("{text:?}: expected {expected}, got {}", show(text)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[rstest]
#[case("y", "str y")]
#[case("12:30:45", "int 45045")]
#[case("1e3", "str 1e3")]
fn the_ones_that_bite(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(show(text), expected);
}

const TABLE: &[(&str, &str)] = &[
    ("yes", "bool true"),
    ("no", "bool false"),
    ("on", "bool true"),
    ("off", "bool false"),
    ("true", "bool true"),
    ("false", "bool false"),
    ("Yes", "bool true"),
    ("NO", "bool false"),
    ("True", "bool true"),
    ("TRUE", "bool true"),
    ("On", "bool true"),
    ("OFF", "bool false"),
    ("oN", "str oN"),
    ("y", "str y"),
    ("n", "str n"),
    ("Y", "str Y"),
    ("N", "str N"),
    ("t", "str t"),
    ("f", "str f"),
    ("010", "int 8"),
    ("017", "int 15"),
    ("0777", "int 511"),
    ("08", "str 08"),
    ("09", "str 09"),
    ("0o17", "str 0o17"),
    ("0x1f", "int 31"),
    ("0X1F", "str 0X1F"),
    ("-0x1f", "int -31"),
    ("0b11", "int 3"),
    ("0b101", "int 5"),
    ("-0b101", "int -5"),
    ("1_000", "int 1000"),
    ("1__0_", "int 10"),
    ("+1", "int 1"),
    ("-1", "int -1"),
    ("0", "int 0"),
    ("-0", "int 0"),
    ("00", "int 0"),
    ("0_", "int 0"),
    ("1e3", "str 1e3"),
    ("12e03", "str 12e03"),
    ("1.0e+3", "float 1000.0"),
    ("1.0e3", "str 1.0e3"),
    ("1.5E-3", "float 0.0015"),
    ("1:30", "int 90"),
    ("14:30", "int 870"),
    ("9:05:00", "int 32700"),
    ("12:30:45", "int 45045"),
    ("00:30", "str 00:30"),
    ("0:30", "str 0:30"),
    ("09:30", "str 09:30"),
    ("190:20:30", "int 685230"),
    ("190:20:30.15", "float 685230.15"),
    ("-1:30", "int -90"),
    ("1:60", "str 1:60"),
    ("1:5", "int 65"),
    ("1:05:99", "str 1:05:99"),
    (".5", "float 0.5"),
    ("-.5", "str -.5"),
    ("+.5", "str +.5"),
    (".5e+3", "float 500.0"),
    ("1.", "float 1.0"),
    ("-1.", "float -1.0"),
    ("1._", "float 1.0"),
    (".inf", "float inf"),
    ("-.inf", "float -inf"),
    ("+.INF", "float inf"),
    (".Inf", "float inf"),
    (".nan", "float nan"),
    (".NaN", "float nan"),
    ("-.nan", "str -.nan"),
    (".iNf", "str .iNf"),
    ("2020-01-01", "date 2020-01-01"),
    ("2020-1-1", "str 2020-1-1"),
    ("2024-01-01T10:00:00", "datetime 2024-01-01T10:00:00"),
    ("2024-1-1T1:00:00", "datetime 2024-01-01T01:00:00"),
    ("2020-01-01T00:00:00Z", "datetime 2020-01-01T00:00:00+00:00"),
    (
        "2025-01-01T00:00:00+03:00",
        "datetime 2025-01-01T00:00:00+03:00",
    ),
    (
        "2024-01-01T10:00:00.5-05:30",
        "datetime 2024-01-01T10:00:00.500000-05:30",
    ),
    (
        "2024-01-01T10:00:00.1234567Z",
        "datetime 2024-01-01T10:00:00.123456+00:00",
    ),
    (
        "2024-01-01T10:00:00+5",
        "datetime 2024-01-01T10:00:00+05:00",
    ),
    ("~", "null"),
    ("null", "null"),
    ("Null", "null"),
    ("NULL", "null"),
    ("nULL", "str nULL"),
    ("<<", "str <<"),
    ("abc", "str abc"),
    ("+1h", "str +1h"),
    ("-30m", "str -30m"),
    ("0.1s", "str 0.1s"),
    ("0.0.0.0", "str 0.0.0.0"),
    ("1.2.3", "str 1.2.3"),
    ("-", "str -"),
    ("+", "str +"),
    (".", "str ."),
    ("1-2", "str 1-2"),
    ("0x", "str 0x"),
    ("0b", "str 0b"),
    ("1_", "int 1"),
    ("_1", "str _1"),
    ("18446744073709551616", "int 18446744073709551616"),
    ("9223372036854775807", "int 9223372036854775807"),
    ("9223372036854775808", "int 9223372036854775808"),
    ("-9223372036854775808", "int -9223372036854775808"),
    ("0xFFFFFFFFFFFFFFFF", "int 18446744073709551615"),
    ("1,000", "str 1,000"),
    ("10s", "str 10s"),
    ("1.5.2", "str 1.5.2"),
    ("1e5", "str 1e5"),
    ("1E+5", "str 1E+5"),
    (".e+5", "str .e+5"),
    ("1.e+5", "float 100000.0"),
    ("1_0.5_0", "float 10.5"),
    ("0.1", "float 0.1"),
    ("1:30.5", "float 90.5"),
    ("1:2:3.4_", "float 3723.4"),
    ("12:30:45.678", "float 45045.678"),
    ("0b12", "str 0b12"),
    ("0x1g", "str 0x1g"),
    ("019", "str 019"),
    ("1:3a", "str 1:3a"),
    ("2020-01-01 10:00:00 +0300", "str 2020-01-01 10:00:00 +0300"),
    ("2024-01-01 10:00:00", "datetime 2024-01-01T10:00:00"),
    (
        "2024-01-01  10:00:00 +03:00",
        "datetime 2024-01-01T10:00:00+03:00",
    ),
    (
        "2024-01-01 10:00:00 -5",
        "datetime 2024-01-01T10:00:00-05:00",
    ),
    (
        "2024-01-01 10:00:00 Z",
        "datetime 2024-01-01T10:00:00+00:00",
    ),
    ("2024-01-01t10:00:00", "datetime 2024-01-01T10:00:00"),
    ("2024-01-01 10:00", "str 2024-01-01 10:00"),
    ("1 000", "str 1 000"),
    ("yes no", "str yes no"),
    (
        "2001-12-14t21:59:43.10-05:00",
        "datetime 2001-12-14T21:59:43.100000-05:00",
    ),
    ("2024-01-01T10:00:00 ", "str 2024-01-01T10:00:00 "),
    ("2024-01-01T10:00:00z", "str 2024-01-01T10:00:00z"),
    ("=", "error"),
    ("2020-13-45", "error"),
    ("2024-02-30", "error"),
    ("0000-01-01", "error"),
    ("2024-01-01T25:00:00Z", "error"),
    ("2024-01-01T10:00:60Z", "error"),
    ("0b_", "error"),
    ("0x_", "error"),
    ("2024-01-01T10:00:00+24:00", "error"),
    (
        "2024-01-01T10:00:00+23:59",
        "datetime 2024-01-01T10:00:00+23:59",
    ),
];
