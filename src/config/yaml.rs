//! YAML events to the spanned tree, typed and merged as PyYAML's safe loader does.

use std::collections::HashMap;
use std::path::Path;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks, StrInput, Tag};

use super::scalar::{self, Type};
use super::source::Source;
use super::tokens::Tokens;
use super::yaml_errors::explain;
use super::{Diagnostic, Diagnostics, Node, Scalar, Span, Tree};

/// Deeper nesting is an error; PyYAML's own limit is near.
const MAX_DEPTH: usize = 200;
/// Nodes of a document, those that aliases repeat included, so that a short text cannot grow without
/// bound.
const MAX_NODES: usize = 200_000;

/// Reads one YAML document without tokens, such as `startup.yml`. An empty text is null. `None` when
/// there was an error; every problem found is added to `problems`.
pub fn parse_yaml(text: &str, path: &Path, problems: &mut Diagnostics) -> Option<Node> {
    let source = Source::new(path, text);
    parse(&source, &source.text, None, problems)
}

/// Reads `text`, which has the same number of characters as the source's text (tokens are masked).
pub(super) fn parse(
    source: &Source,
    text: &str,
    tokens: Option<&mut Tokens<'_>>,
    problems: &mut Diagnostics,
) -> Option<Node> {
    if let Some(problem) = forbidden(source) {
        problems.push(problem);
        return None;
    }
    let before = problems.errors();
    Builder {
        source,
        before,
        tokens,
        problems,
        stack: Vec::new(),
        anchors: HashMap::new(),
        nodes: 0,
        failed: false,
        root: None,
    }
    .run(text)
}

/// The first character that YAML does not allow.
fn forbidden(source: &Source) -> Option<Diagnostic> {
    let allowed = |one: char| {
        matches!(one, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}'
            | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
    };
    let (index, one) = source
        .text
        .chars()
        .enumerate()
        .find(|&(_, one)| !allowed(one))?;
    let problem = Diagnostic::error(
        format!(
            "the character U+{:04X} is not allowed in YAML",
            u32::from(one)
        ),
        Some(source.place(source.span(index, index + 1))),
    );
    Some(if one == '\0' {
        problem.help("this looks like a binary file; a configuration is plain UTF-8 text")
    } else {
        problem.help("remove it, or write it as an escape in double quotes, such as \"\\x07\"")
    })
}

/// A collection that is being read.
#[derive(Debug)]
struct Frame {
    start: usize,
    /// Index after the last character seen inside.
    end: usize,
    anchor: usize,
    tag: Option<String>,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Seq(Vec<Node>),
    Map {
        own: Vec<(Node, Node)>,
        merged: Vec<(Node, Node)>,
        key: Option<Key>,
    },
}

#[derive(Debug)]
enum Key {
    Plain(Node),
    Merge,
    /// An unusable key that was reported; its value is passed over.
    Rejected,
}

struct Builder<'a, 't> {
    /// Number of errors before this document.
    before: usize,
    source: &'a Source,
    tokens: Option<&'a mut Tokens<'t>>,
    problems: &'a mut Diagnostics,
    stack: Vec<Frame>,
    anchors: HashMap<usize, (Node, usize)>,
    /// Nodes so far.
    nodes: usize,
    failed: bool,
    root: Option<Node>,
}

impl Builder<'_, '_> {
    fn run(mut self, text: &str) -> Option<Node> {
        let mut parser = Parser::new(StrInput::new(text));
        let mut documents = 0;
        while let Some(event) = parser.next_event() {
            let (event, marks) = match event {
                Ok(event) => event,
                Err(error) => {
                    self.scan_error(error.marker().index(), error.info());
                    return None;
                }
            };
            if let Event::DocumentStart(_) = event {
                documents += 1;
                if documents > 1 {
                    let index = marks.start.index();
                    self.error(
                        self.source.span(index, index + 3),
                        "a second document begins here, one file holds one",
                        "remove the `---`, or move the rest to a file of its own",
                    );
                    return None;
                }
            }
            if !self.event(event, marks) {
                return None;
            }
        }
        if self.failed {
            return None;
        }
        Some(
            self.root
                .unwrap_or_else(|| Node::new(Span::default(), Tree::Scalar(Scalar::Null))),
        )
    }

    /// Takes one event; false ends the reading.
    fn event(&mut self, event: Event<'_>, marks: Marks) -> bool {
        let (start, end) = (marks.start.index(), marks.end.index());
        let begins = matches!(
            event,
            Event::Scalar(..) | Event::SequenceStart(..) | Event::MappingStart(..)
        );
        if begins && !self.grow(1, self.source.span(start, start + 1)) {
            return false;
        }
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.map(|tag| full_tag(&tag));
                let end = if style == ScalarStyle::Plain {
                    start
                        + text
                            .trim_end()
                            .chars()
                            .count()
                            .min(end.saturating_sub(start))
                } else {
                    end
                };
                let text = self.without_added_end(&text, style, start, end);
                let (node, merge) = self.scalar(text, style, tag.as_deref(), start, end);
                self.remember(anchor, &node, 1);
                self.place(node, end, merge);
            }
            Event::SequenceStart(anchor, tag) => {
                return self.open(start, end, anchor, tag.as_deref(), Body::Seq(Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                let body = Body::Map {
                    own: Vec::new(),
                    merged: Vec::new(),
                    key: None,
                };
                return self.open(start, end, anchor, tag.as_deref(), body);
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(start, end),
            Event::Alias(anchor) => return self.alias(anchor, start, end),
            _ => {}
        }
        true
    }

    /// A block scalar that ends with the file, where no line break stands, has none at its end.
    fn without_added_end<'s>(
        &self,
        text: &'s str,
        style: ScalarStyle,
        start: usize,
        end: usize,
    ) -> &'s str {
        let whole = &self.source.text;
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        if !block || end < self.source.len || whole.ends_with(['\n', '\r']) {
            return text;
        }
        // The span begins at the first character behind the indentation.
        let indent = usize::try_from(self.source.pos(start).column - 1).unwrap_or(0);
        let last = whole.lines().next_back().unwrap_or_default();
        if last.len() < indent && last.trim_start_matches(' ').is_empty() {
            // Too short to be a line of the scalar: the break before it was the last.
            return text;
        }
        text.strip_suffix('\n').unwrap_or(text)
    }

    fn open(
        &mut self,
        start: usize,
        end: usize,
        anchor: usize,
        tag: Option<&Tag>,
        body: Body,
    ) -> bool {
        if self.stack.len() >= MAX_DEPTH {
            self.error(
                self.source.span(start, start + 1),
                format!("more than {MAX_DEPTH} levels of nesting"),
                "flatten the document",
            );
            return false;
        }
        self.stack.push(Frame {
            start,
            end,
            anchor,
            tag: tag.map(full_tag),
            body,
        });
        true
    }

    fn close(&mut self, start: usize, end: usize) {
        let Some(frame) = self.stack.pop() else {
            return;
        };
        // The end of a block collection is only seen at the next token, lines later.
        let end = if end > start { end } else { frame.end };
        let span = self.source.span(frame.start, end.max(frame.start + 1));
        let tree = match frame.body {
            Body::Seq(items) => Tree::Seq(items),
            Body::Map { own, merged, .. } => Tree::Map(self.settle(own, merged)),
        };
        let tree = match frame.tag {
            Some(tag) => self.tagged_collection(&tag, tree, span),
            None => tree,
        };
        let node = Node::new(span, tree);
        let size = node.size();
        self.remember(frame.anchor, &node, size);
        self.place(node, end, false);
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> bool {
        let span = self.source.span(start, end);
        let Some((node, size)) = self.anchors.get(&anchor).cloned() else {
            self.error(
                span,
                "this alias stands inside the value it names",
                "a value cannot contain itself; write it out",
            );
            return false;
        };
        if !self.grow(size, span) {
            return false;
        }
        self.place(node, end, false);
        true
    }

    /// Counts nodes; false when there are too many.
    fn grow(&mut self, by: usize, span: Span) -> bool {
        self.nodes += by;
        if self.nodes > MAX_NODES {
            self.error(
                span,
                format!("more than {MAX_NODES} values, aliases counted in full"),
                "put large data into sample files",
            );
            return false;
        }
        true
    }

    fn remember(&mut self, anchor: usize, node: &Node, size: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), size));
        }
    }

    /// Puts a finished node where it belongs.
    fn place(&mut self, node: Node, end: usize, merge: bool) {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return;
        };
        frame.end = frame.end.max(end);
        match &mut frame.body {
            Body::Seq(items) => items.push(node),
            Body::Map { own, merged, key } => match key.take() {
                None => {
                    let (taken, problem) = as_key(node, merge);
                    *key = Some(taken);
                    if let Some(span) = problem {
                        self.collection_key(span);
                    }
                }
                Some(Key::Plain(name)) => own.push((name, node)),
                Some(Key::Rejected) => {}
                Some(Key::Merge) => {
                    let span = node.span;
                    if !merge_into(merged, node.tree) {
                        self.error(
                            span,
                            "`<<` takes a mapping or a list of mappings",
                            "write `<<: *name` with the name of an anchored mapping, or quote the key",
                        );
                    }
                }
            },
        }
    }

    fn collection_key(&mut self, span: Span) {
        let template = self
            .source
            .line(span.start.line)
            .chars()
            .skip(usize::try_from(span.start.column.saturating_sub(2)).unwrap_or(0))
            .take(2)
            .eq("{{".chars());
        let help = if template {
            "to write a template, put it in quotes: \"{{ ... }}\""
        } else {
            "quote the key to make it text"
        };
        self.error(
            span,
            "a key must be a single value, not a list or mapping",
            help,
        );
    }

    /// Applies merges and resolves duplicate keys: the last wins, in the place of the first.
    fn settle(&mut self, own: Vec<(Node, Node)>, merged: Vec<(Node, Node)>) -> Vec<(Node, Node)> {
        let inherited = merged.len();
        let mut entries: Vec<(Node, Node)> = Vec::with_capacity(inherited + own.len());
        let mut seen: HashMap<String, (usize, bool)> = HashMap::new();
        for (index, (key, value)) in merged.into_iter().chain(own).enumerate() {
            let is_own = index >= inherited;
            match seen.get_mut(&identity(&key)) {
                None => {
                    seen.insert(identity(&key), (entries.len(), is_own));
                    entries.push((key, value));
                }
                Some((at, was_own)) => {
                    if *was_own && is_own {
                        let shown = key.describe();
                        self.problems.push(
                            Diagnostic::warning(
                                format!("the key {shown} is given twice here, the last one counts"),
                                Some(self.source.place(key.span)),
                            )
                            .help("remove one of them"),
                        );
                    }
                    *was_own = is_own;
                    if let Some(entry) = entries.get_mut(*at) {
                        *entry = (key, value);
                    }
                }
            }
        }
        entries
    }

    fn scalar(
        &mut self,
        text: &str,
        style: ScalarStyle,
        tag: Option<&str>,
        start: usize,
        end: usize,
    ) -> (Node, bool) {
        let span = self.source.span(start, end);
        let plain = style == ScalarStyle::Plain && tag.is_none();
        if let Some(tokens) = self.tokens.as_deref_mut()
            && let Some(filled) = tokens.fill(text, plain, span)
        {
            let tree = match (filled.tree, tag) {
                (Some(tree), _) => tree,
                (None, tag) => self.typed(&filled.text, plain, tag, span, filled.secret),
            };
            let mut node = Node::new(span, tree);
            node.secret = filled.secret;
            node.unknown = filled.unknown;
            return (node, false);
        }
        let in_key = matches!(
            self.stack.last(),
            Some(Frame {
                body: Body::Map { key: None, .. },
                ..
            })
        );
        let merge = in_key
            && match tag {
                None => plain && text == "<<",
                Some(tag) => Type::of_tag(tag) == Some(Type::Merge),
            };
        let tree = if in_key && plain && text == "=" {
            Tree::Scalar(Scalar::Str(text.into()))
        } else {
            self.typed(text, plain, tag, span, false)
        };
        (Node::new(span, tree), merge)
    }

    fn typed(
        &mut self,
        text: &str,
        plain: bool,
        tag: Option<&str>,
        span: Span,
        secret: bool,
    ) -> Tree {
        let result = match tag {
            None if plain => scalar::plain(text),
            None | Some("!") => Ok(Scalar::Str(text.into())),
            Some(tag) => match Type::of_tag(tag) {
                Some(kind) => scalar::construct(kind, text),
                None => Err(unknown_tag(tag)),
            },
        };
        Tree::Scalar(result.unwrap_or_else(|message| {
            let message = if secret {
                "the secret's value does not fit here".to_owned()
            } else {
                message
            };
            self.error(span, message, "put it in quotes to make it text");
            Scalar::Null
        }))
    }

    fn tagged_collection(&mut self, tag: &str, tree: Tree, span: Span) -> Tree {
        match (tag.strip_prefix("tag:yaml.org,2002:"), tree) {
            (Some("map"), tree @ Tree::Map(_)) | (Some("seq"), tree @ Tree::Seq(_)) => tree,
            (None, tree) if tag == "!" => tree,
            (Some("set"), Tree::Map(entries)) => {
                Tree::Seq(entries.into_iter().map(|(key, _)| key).collect())
            }
            (Some("omap" | "pairs"), Tree::Seq(items)) => self.pairs(items, span),
            (_, tree) => {
                let message = if Type::of_tag(tag).is_some() {
                    format!("the tag `{}` does not fit a collection", short_tag(tag))
                } else {
                    unknown_tag(tag)
                };
                self.error(span, message, "remove the tag");
                tree
            }
        }
    }

    /// Each item a mapping of one key becomes a list of key and value, as Python's tuples would.
    fn pairs(&mut self, items: Vec<Node>, span: Span) -> Tree {
        let mut pairs = Vec::with_capacity(items.len());
        for item in items {
            let at = item.span;
            let entry = match item.tree {
                Tree::Map(mut entries) if entries.len() == 1 => entries.pop(),
                _ => None,
            };
            match entry {
                Some((key, value)) => pairs.push(Node::new(at, Tree::Seq(vec![key, value]))),
                None => {
                    self.error(
                        span,
                        "an ordered mapping is a list of `key: value` items",
                        "remove the tag",
                    );
                    break;
                }
            }
        }
        Tree::Seq(pairs)
    }

    fn scan_error(&mut self, index: usize, info: &str) {
        self.failed = true;
        if self.problems.errors() > self.before {
            // What follows from an error above would only confuse.
            return;
        }
        let info = match self.tokens.as_deref() {
            Some(tokens) => tokens.unmask(info),
            None => info.to_owned(),
        };
        self.problems.push(explain(self.source, index, &info));
    }

    fn error(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.failed = true;
        let message = message.into();
        let message = self
            .tokens
            .as_deref()
            .map_or_else(|| message.clone(), |tokens| tokens.unmask(&message));
        self.problems
            .push(Diagnostic::error(message, Some(self.source.place(span))).help(help));
    }
}

fn as_key(node: Node, merge: bool) -> (Key, Option<Span>) {
    if merge {
        (Key::Merge, None)
    } else if matches!(node.tree, Tree::Scalar(_)) {
        (Key::Plain(node), None)
    } else {
        (Key::Rejected, Some(node.span))
    }
}

fn merge_into(merged: &mut Vec<(Node, Node)>, tree: Tree) -> bool {
    match tree {
        Tree::Map(entries) => merged.extend(entries),
        // The first of the list wins, and later entries win here: hence backwards.
        Tree::Seq(items) => {
            for item in items.into_iter().rev() {
                match item.tree {
                    Tree::Map(entries) => merged.extend(entries),
                    _ => return false,
                }
            }
        }
        Tree::Scalar(_) => return false,
    }
    true
}

/// What makes two keys the same key: Python finds `1`, `1.0` and `true` equal.
fn identity(key: &Node) -> String {
    match &key.tree {
        Tree::Scalar(Scalar::Str(text)) => format!("s{text}"),
        Tree::Scalar(Scalar::Bool(value)) => format!("n{}", u8::from(*value)),
        Tree::Scalar(Scalar::Int(value)) => format!("n{value}"),
        Tree::Scalar(Scalar::BigInt(value)) => format!("n{value}"),
        Tree::Scalar(Scalar::Float(value)) => format!("n{value}"),
        Tree::Scalar(other) => format!("o{other:?}"),
        Tree::Seq(_) | Tree::Map(_) => String::new(),
    }
}

fn full_tag(tag: &Tag) -> String {
    format!("{}{}", tag.handle, tag.suffix)
}

fn short_tag(tag: &str) -> String {
    tag.strip_prefix("tag:yaml.org,2002:")
        .map_or_else(|| tag.to_owned(), |name| format!("!!{name}"))
}

fn unknown_tag(tag: &str) -> String {
    format!("the tag `{}` is not known", short_tag(tag))
}
