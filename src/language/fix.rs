//! Quick fixes: what a diagnostic's help suggests, as a change of the text.

use crate::config::{Diagnostic, Span};

/// A change that would mend a problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// What is replaced.
    pub span: Span,
    /// With what.
    pub text: String,
}

/// The change that a diagnostic suggests, if it names a near word for what stands at its place.
/// `written` is the text at the diagnostic's span.
pub fn fix(problem: &Diagnostic, written: &str) -> Option<Fix> {
    let span = problem.place.as_ref()?.span?;
    let help = problem.help.as_ref()?;
    let meant = between(help, "did you mean `", '`')?;
    // A span may be wider than the word: quotes, or the whole call around it.
    let wrong = wrong_word(&problem.message, written, meant)?;
    let at = written.find(wrong)?;
    if span.start.line != span.end.line {
        return None;
    }
    let start = written.get(..at)?.chars().count();
    let mut place = span;
    place.start.column += u32::try_from(start).ok()?;
    place.end = place.start;
    place.end.column += u32::try_from(wrong.chars().count()).ok()?;
    Some(Fix {
        title: format!("replace `{wrong}` with `{meant}`"),
        span: place,
        text: meant.to_owned(),
    })
}

/// The word that is wrong: one that the message names and that stands in the text, or the whole text
/// when it is one word.
fn wrong_word<'a>(message: &str, written: &'a str, meant: &str) -> Option<&'a str> {
    let named = message.split(['`', '\'', '"']).skip(1).step_by(2);
    for word in named {
        if word != meant
            && !word.is_empty()
            && let Some(at) = written.find(word)
        {
            return written.get(at..at + word.len());
        }
    }
    let bare = written.trim_matches(|c: char| matches!(c, '"' | '\'' | '`'));
    let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!bare.is_empty() && bare != meant && bare.chars().all(word)).then_some(bare)
}

fn between<'a>(text: &'a str, open: &str, close: char) -> Option<&'a str> {
    let (_, rest) = text.split_once(open)?;
    let (inside, _) = rest.split_once(close)?;
    Some(inside)
}
