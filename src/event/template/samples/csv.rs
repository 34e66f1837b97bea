//! CSV as Python's reader takes it: quotes doubled, nothing trimmed, blank lines skipped.

/// A record and the line it starts on, from 1.
pub(super) type Record = (u32, Vec<String>);

/// Splits a text into records. Line ends of any kind count as one, inside quotes too.
pub(super) fn parse(text: &str, delimiter: char, quote: char) -> Vec<Record> {
    let mut records = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let (mut line, mut start) = (1, 1);
    let mut state = State::Record;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let c = match c {
            '\r' => {
                chars.next_if_eq(&'\n');
                '\n'
            }
            c => c,
        };
        let ends = c == '\n' && state != State::Quoted;
        match state {
            State::Quoted if c == quote => state = State::AfterQuote,
            State::Quoted => cell.push(c),
            _ if ends => {
                if state != State::Record {
                    cells.push(std::mem::take(&mut cell));
                    records.push((start, std::mem::take(&mut cells)));
                } else {
                    records.push((start, Vec::new()));
                }
                state = State::Record;
            }
            State::AfterQuote if c == quote => {
                cell.push(c);
                state = State::Quoted;
            }
            _ if c == delimiter => {
                cells.push(std::mem::take(&mut cell));
                state = State::Start;
            }
            State::Record | State::Start if c == quote => state = State::Quoted,
            _ => {
                cell.push(c);
                state = State::Plain;
            }
        }
        if c == '\n' {
            line += 1;
        }
        if ends {
            start = line;
        }
    }
    if state != State::Record {
        cells.push(cell);
        records.push((start, cells));
    }
    records
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing of the record was seen.
    Record,
    /// At the start of a cell.
    Start,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted cell.
    AfterQuote,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(text: &str) -> Vec<Vec<String>> {
        parse(text, ',', '"')
            .into_iter()
            .map(|(_, cells)| cells)
            .collect()
    }

    #[test]
    fn quoting_follows_python() {
        assert_eq!(cells("a,b\r\n1,2"), [["a", "b"], ["1", "2"]]);
        assert_eq!(cells("\"x,y\",\"he \"\"q\"\"\"\n"), [["x,y", "he \"q\""]]);
        assert_eq!(cells("x\"y,\"x\"y\n"), [["x\"y", "xy"]]);
        assert_eq!(cells("\"a\r\nb\",c\n"), [["a\nb", "c"]]);
        assert_eq!(cells(",\n"), [["", ""]]);
        assert_eq!(cells("\"\"\n"), [[""]]);
        assert_eq!(cells("\"open"), [["open"]]);
        assert_eq!(cells("a,"), [["a", ""]]);
        assert!(cells("").is_empty());
        assert_eq!(cells("\n\na"), [vec![], vec![], vec!["a".to_owned()]]);
    }

    #[test]
    fn records_know_their_line() {
        let lines: Vec<u32> = parse("a\n\"b\nc\"\nd", ',', '"')
            .into_iter()
            .map(|(line, _)| line)
            .collect();
        assert_eq!(lines, [1, 2, 4]);
    }
}
