//! What the server's answers say about the lines of a request.
//!
//! Knows nothing of how they were sent.

use serde_json::Value;

/// What an answer means for the lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// All were stored.
    Stored,
    /// These were not stored, by position, and why; all others were.
    Partly(Vec<usize>, String),
    /// None was stored, because of one or a few of them: the others can go without those.
    Divide,
    /// None was stored, whatever the lines are.
    Refused,
}

/// Reads an answer with this status and body to `lines`, each possibly with a line break at its end.
pub(super) fn judge(status: u16, body: &str, lines: &[&[u8]]) -> Verdict {
    match status {
        200..=299 => return Verdict::Stored,
        400 | 422 => {}
        // Too large: half of it may not be.
        413 => return Verdict::Divide,
        _ => return Verdict::Refused,
    }
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    let texts = ["error", "message"].map(|key| json[key].as_str());
    let text = texts.into_iter().flatten().next().unwrap_or(body);
    if text.contains("partial write") {
        let refused = numbered(&json, lines.len()).unwrap_or_else(|| counted(text, lines));
        return Verdict::Partly(refused, text.to_owned());
    }
    // Lines that contradict each other in the type of a field that is new are refused together.
    let of_lines = ["unable to parse", "field type conflict"];
    if of_lines.iter().any(|part| text.contains(part)) || json["data"].is_array() {
        return Verdict::Divide;
    }
    Verdict::Refused
}

/// Version 3 gives the number of each refused line.
fn numbered(json: &Value, lines: usize) -> Option<Vec<usize>> {
    let listed = json["data"].as_array()?.iter();
    let numbers = listed.filter_map(|one| one["line_number"].as_u64());
    let positions = numbers.filter_map(|number| usize::try_from(number).ok()?.checked_sub(1));
    let mut refused: Vec<usize> = positions.filter(|at| *at < lines).collect();
    refused.sort_unstable();
    refused.dedup();
    (!refused.is_empty()).then_some(refused)
}

/// Older versions repeat lines that they cannot read, and of others tell only how many there were.
/// The last ones then stand for those.
fn counted(text: &str, lines: &[&[u8]]) -> Vec<usize> {
    let dropped = text
        .rsplit_once("dropped=")
        .map_or("", |(_, rest)| rest)
        .split(|char: char| !char.is_ascii_digit())
        .next();
    let dropped: usize = dropped.and_then(|digits| digits.parse().ok()).unwrap_or(0);
    let cited = |line: &&[u8]| {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        let line = String::from_utf8_lossy(line);
        text.contains(&format!("'{line}'"))
    };
    let mut refused: Vec<usize> = Vec::new();
    if text.contains("unable to parse") {
        refused.extend((0..lines.len()).filter(|at| lines.get(*at).is_some_and(cited)));
    }
    let wanted = dropped.max(refused.len()).max(1).min(lines.len());
    for at in (0..lines.len()).rev() {
        if refused.len() >= wanted {
            break;
        }
        if !refused.contains(&at) {
            refused.push(at);
        }
    }
    refused.sort_unstable();
    refused
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    const LINES: [&[u8]; 4] = [b"m v=1 1\n", b"m v=2 2\n", b"m bad 3\n", b"m v=\"x\" 4"];

    fn partly(body: &str) -> Vec<usize> {
        match judge(400, body, &LINES) {
            Verdict::Partly(refused, _) => refused,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn statuses() {
        assert_eq!(judge(204, "", &LINES), Verdict::Stored);
        assert_eq!(judge(413, "too large", &LINES), Verdict::Divide);
        for status in [401, 403, 404, 429, 500, 503] {
            assert_eq!(judge(status, "partial write", &LINES), Verdict::Refused);
        }
        assert_eq!(
            judge(400, r#"{"error":"database is required"}"#, &LINES),
            Verdict::Refused
        );
    }

    #[test]
    fn refused_lines_are_found_when_the_server_repeats_them() {
        let body =
            r#"{"error":"partial write: unable to parse 'm bad 3': missing fields dropped=0"}"#;
        assert_eq!(partly(body), [2]);
    }

    #[test]
    fn otherwise_they_are_counted() {
        let body = r#"{"error":"partial write: field type conflict: input field \"v\" on measurement \"m\" is type string, already exists as type float dropped=1"}"#;
        assert_eq!(partly(body), [3]);
        assert_eq!(
            partly(r#"{"error":"partial write: x dropped=3"}"#),
            [1, 2, 3]
        );
        assert_eq!(
            partly(r#"{"error":"partial write: x dropped=99"}"#),
            [0, 1, 2, 3]
        );
        assert_eq!(
            partly(r#"{"code":"invalid","message":"partial write: x"}"#),
            [3]
        );
    }

    #[test]
    fn version_3_numbers_them() {
        let body = r#"{"error":"partial write of line protocol occurred","data":[
            {"original_line":"m bad 3","line_number":3,"error_message":"x"},
            {"original_line":"m v=1 1","line_number":1,"error_message":"y"}]}"#;
        assert_eq!(partly(body), [0, 2]);
    }

    #[test]
    fn what_was_refused_as_a_whole_for_a_line_is_divided() {
        let body = r#"{"code":"invalid","message":"unable to parse 'm bad 3': missing fields"}"#;
        assert_eq!(judge(400, body, &LINES), Verdict::Divide);
        let body = r#"{"error":"field type conflict"}"#;
        assert_eq!(judge(400, body, &LINES), Verdict::Divide);
    }
}
