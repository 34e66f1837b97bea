//! The front end: source text to syntax tree. Knows the grammar and nothing of how it runs.

pub(super) mod ast;
mod lexer;
mod parser;
mod statements;
mod unescape;

use super::{Error, Place};

/// CRLF and CR become LF, one final newline goes.
pub(super) fn normalize(source: &str) -> String {
    let mut text = if source.contains('\r') {
        source.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        source.to_owned()
    };
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Parses a normalized text.
pub(super) fn parse(name: &str, source: &str) -> Result<ast::Block, Error> {
    let place = |fault: Fault| {
        let file = std::rc::Rc::from(name);
        fault.error.at(|| Place::of(&file, source, fault.span))
    };
    let tokens = lexer::tokenize(source).map_err(place)?;
    parser::Parser::new(&tokens).template().map_err(place)
}

/// A syntax error before it knows its file.
pub(super) struct Fault {
    error: Error,
    span: super::Span,
}

impl Fault {
    fn new(span: super::Span, message: impl Into<String>) -> Self {
        Self {
            error: Error::new(super::ErrorKind::Syntax, message),
            span,
        }
    }

    fn help(self, help: impl Into<String>) -> Self {
        Self {
            error: self.error.help(help),
            ..self
        }
    }
}

type Parsed<T> = Result<T, Fault>;
