//! What the databases' errors mean for the rows concerned.

use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::PgDatabaseError;

use super::split::Trouble;
use crate::output::OutputError;

/// Most characters of a database's text that an error shows.
const SHOWN: usize = 500;

/// Which kind of trouble an error is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Blame {
    /// A row is at fault.
    Rows,
    /// It may pass.
    Outage,
    /// It will not pass, and no row is at fault.
    Refused,
}

impl Blame {
    /// The trouble with that text.
    pub(super) fn trouble(self, message: String) -> Trouble {
        match self {
            Self::Rows => Trouble::Rows(OutputError::failed(message)),
            Self::Outage => Trouble::Target(OutputError::outage(message)),
            Self::Refused => Trouble::Target(OutputError::failed(message)),
        }
    }
}

/// An error of a client for a server: `what` could not be done with `target`.
pub(super) fn explain(what: &str, target: &str, error: &sqlx::Error) -> Trouble {
    let blame = blame(error);
    let mut trouble = blame.trouble(format!("{what} {target}: {}", words(error)));
    if let Some(help) = advice(error)
        && let Trouble::Rows(error) | Trouble::Target(error) = &mut trouble
    {
        error.help = Some(help.to_owned());
    }
    trouble
}

fn blame(error: &sqlx::Error) -> Blame {
    match error {
        sqlx::Error::Database(error) => {
            if let Some(error) = error.try_downcast_ref::<PgDatabaseError>() {
                postgres(error.code())
            } else if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
                mysql(error.number(), error.code().unwrap_or_default())
            } else {
                Blame::Refused
            }
        }
        sqlx::Error::Encode(_) => Blame::Rows,
        sqlx::Error::Configuration(_) | sqlx::Error::InvalidArgument(_) => Blame::Refused,
        _ => Blame::Outage,
    }
}

/// The text of an error, cut.
fn words(error: &sqlx::Error) -> String {
    let text = match error {
        sqlx::Error::Database(error) => {
            let detail = error
                .try_downcast_ref::<PgDatabaseError>()
                .and_then(|error| error.detail());
            match detail {
                Some(detail) => format!("{} ({detail})", error.message()),
                None => error.message().to_owned(),
            }
        }
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => format!("TLS cannot be used: {error}"),
        error => error.to_string(),
    };
    cut(&text)
}

/// At most so much of a text as an error shows.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn advice(error: &sqlx::Error) -> Option<&'static str> {
    match error {
        sqlx::Error::Tls(_) => Some(
            "turn TLS on at the server, or choose another `ssl_mode` (`prefer` encrypts when the server can)",
        ),
        sqlx::Error::Database(error) => match error.code().as_deref() {
            Some("28P01" | "28000") => Some("check user and password in `uri`"),
            Some("3D000" | "42000") => Some("create the database, or correct its name in `uri`"),
            Some("42501") => Some("give the user the right to insert into the table"),
            Some("42P10") => {
                Some("`keys` have to be those of a primary key or a unique constraint")
            }
            _ => None,
        },
        sqlx::Error::Io(_) => Some("check host and port in `uri`, and whether the server runs"),
        _ => None,
    }
}

/// By SQLSTATE.
fn postgres(code: &str) -> Blame {
    let class = code.get(..2).unwrap_or_default();
    match (class, code) {
        // Data, integrity, a row twice in one statement, limits of a row, views with checks, triggers.
        ("22" | "23" | "21" | "44" | "09", _) | ("54", _) | (_, "P0001") => Blame::Rows,
        // Connection, transaction rolled back, resources, states of objects and of the server.
        ("08" | "40" | "53" | "55" | "57" | "58" | "XX", _) | (_, "25006") => Blame::Outage,
        _ => Blame::Refused,
    }
}

/// By number and SQLSTATE.
fn mysql(number: u16, state: &str) -> Blame {
    match number {
        // Overload, deadlocks, shutdown, read-only replicas, full disks.
        1020
        | 1021
        | 1028
        | 1037
        | 1038
        | 1040
        | 1041
        | 1047
        | 1053
        | 1114
        | 1158..=1161
        | 1203
        | 1205
        | 1206
        | 1213
        | 1226
        | 1290
        | 1317
        | 1836
        | 1927
        | 1969
        | 2006
        | 2013
        | 3024 => Blame::Outage,
        // Values that do not fit, columns without a default, checks, rows and packets too large.
        1048 | 1062 | 1118 | 1153 | 1216 | 1217 | 1264 | 1265 | 1292 | 1300 | 1364 | 1366
        | 1367 | 1406 | 1411 | 1416 | 1451 | 1452 | 1467 | 1526 | 1644 | 1690 | 3140 | 3819
        | 4025 => Blame::Rows,
        _ => match state.get(..2).unwrap_or_default() {
            "22" | "23" | "45" => Blame::Rows,
            "08" | "40" => Blame::Outage,
            _ => Blame::Refused,
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn rows_outages_and_refusals_are_told_apart() {
        for code in ["22P02", "23505", "23514", "21000", "P0001", "54000"] {
            assert_eq!(postgres(code), Blame::Rows, "{code}");
        }
        for code in [
            "08006", "57P01", "57P03", "53300", "40001", "55P03", "25006",
        ] {
            assert_eq!(postgres(code), Blame::Outage, "{code}");
        }
        for code in ["42P01", "42703", "28P01", "3D000", "42501"] {
            assert_eq!(postgres(code), Blame::Refused, "{code}");
        }
        assert_eq!(mysql(1062, "23000"), Blame::Rows);
        assert_eq!(mysql(9999, "22001"), Blame::Rows);
        assert_eq!(mysql(1213, "40001"), Blame::Outage);
        assert_eq!(mysql(1146, "42S02"), Blame::Refused);
        assert_eq!(mysql(1045, "28000"), Blame::Refused);
        assert_eq!(blame(&sqlx::Error::PoolClosed), Blame::Outage);
    }

    #[test]
    fn a_server_without_tls_is_explained() {
        let error = sqlx::Error::Tls("server does not support TLS".into());
        let Trouble::Target(error) = explain("cannot connect to", "h:1", &error) else {
            panic!("not about a row");
        };
        assert_eq!(
            error.message,
            "cannot connect to h:1: TLS cannot be used: server does not support TLS"
        );
        assert!(error.help.unwrap().contains("ssl_mode"));
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(cut("äb"), "äb");
        assert_eq!(cut(&"ä".repeat(600)).chars().count(), 503);
    }
}
