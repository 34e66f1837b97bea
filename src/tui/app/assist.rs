//! Help while typing: completion, what a word is, fixes, the list of problems, and whether Eventum can
//! run the project. What is known comes with each preview; nothing here reads a file.

use std::path::PathBuf;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Focus, Item, Pick, Screen};
use crate::config::{Diagnostic, Severity, Span};
use crate::language::{self, Completion, Fix, Hover, Obstacle, Outline, Query};
use crate::tui::command::Id;
use crate::tui::editor::{Buffer, Shape};
use crate::tui::pane;

/// Letters of a word after which completion opens by itself.
const SOON: usize = 2;
/// Most rows of the list that are seen at once.
pub const ROWS: usize = 8;

/// What is known and shown.
#[derive(Debug, Default)]
pub struct Assist {
    /// Names of the project, as of the last preview that could read it.
    pub(super) words: Arc<Outline>,
    /// What Eventum does not know.
    obstacles: Vec<Obstacle>,
    /// Words that could stand at the cursor.
    pub popup: Option<Popup>,
    /// What is known of the word at the cursor.
    pub told: Option<Hover>,
    /// Rows of that left out at the top, where there is no room for all.
    pub told_top: usize,
    /// The text and cursor that popup and help belong to.
    seen: Option<Seen>,
}

/// A state of the editor.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    path: PathBuf,
    revision: u64,
    head: usize,
}

/// Words that could stand at the cursor.
#[derive(Debug)]
pub struct Popup {
    /// The character at which the word begins that is replaced.
    start: usize,
    /// The words, the likeliest first.
    pub items: Vec<Completion>,
    /// Index of the chosen one.
    pub chosen: usize,
    /// First row shown.
    pub top: usize,
    /// It was asked for, or moved in: Enter takes the chosen word. One that came by itself leaves
    /// Enter to the text.
    meant: bool,
}

impl Popup {
    fn go(&mut self, by: isize) {
        let last = self.items.len().saturating_sub(1);
        self.chosen = self.chosen.saturating_add_signed(by).min(last);
        self.top = self.top.min(self.chosen);
        self.top = self.top.max((self.chosen + 1).saturating_sub(ROWS));
        self.meant = true;
    }
}

impl App {
    /// What a preview found out.
    pub(super) fn heard_words(&mut self, words: Option<&Arc<Outline>>, obstacles: Vec<Obstacle>) {
        if let Some(words) = words {
            self.assist.words = words.clone();
        }
        self.assist.obstacles = obstacles;
    }

    /// Closes or renews what belongs to the place of the cursor, and opens completion after letters
    /// that were typed.
    pub(super) fn follow_cursor(&mut self) {
        let shown = self.screen == Screen::Design
            && self.focus == Focus::Editor
            && self.overlays.is_empty();
        let now = self.buffer().filter(|_| shown).map(|buffer| Seen {
            path: buffer.path.clone(),
            revision: buffer.revision(),
            head: buffer.head(),
        });
        if now == self.assist.seen {
            return;
        }
        let before = std::mem::replace(&mut self.assist.seen, now);
        self.assist.told = None;
        let (Some(before), Some(now)) = (before, &self.assist.seen) else {
            self.assist.popup = None;
            return;
        };
        let edited = before.path == now.path && before.revision != now.revision;
        let typed = edited && now.head == before.head + 1;
        match self.assist.popup.take() {
            Some(popup) if edited && now.head > popup.start => self.renew(&popup),
            None if typed && self.typing_a_word() => self.open_completions(false),
            _ => {}
        }
    }

    fn renew(&mut self, old: &Popup) {
        self.open_completions(old.meant);
        if self
            .assist
            .popup
            .as_ref()
            .is_some_and(|new| new.start != old.start)
        {
            self.assist.popup = None;
        }
    }

    /// True when what stands before the cursor is long enough to guess at, or asks for a name.
    fn typing_a_word(&self) -> bool {
        let Some(buffer) = self.buffer().filter(|one| one.shape == Shape::Bar) else {
            return false;
        };
        let (line, column) = buffer.cursor();
        let text = buffer.line(line);
        let before: Vec<char> = text.chars().take(column).collect();
        let word = before
            .iter()
            .rev()
            .take_while(|c| c.is_alphanumeric() || **c == '_')
            .count();
        word >= SOON || matches!(before.last(), Some('.'))
    }

    fn query<T>(&self, ask: impl FnOnce(&Query<'_>, &Buffer) -> T) -> Option<T> {
        let buffer = self.buffer()?;
        let rope = buffer.rope();
        let text = rope.to_string();
        let mut outline = (*self.assist.words).clone();
        if let Some(project) = &self.project {
            let files = project.tree.entries.iter().filter(|entry| !entry.folder);
            outline.files = files
                .map(|entry| project.relative(&entry.path).into())
                .collect();
        }
        let head = buffer.head().min(rope.len_chars());
        let query = Query {
            path: &buffer.path,
            text: &text,
            offset: rope.char_to_byte(head),
            outline: &outline,
        };
        Some(ask(&query, buffer))
    }

    fn open_completions(&mut self, meant: bool) {
        let found = self.query(|query, buffer| {
            let found = language::complete(query);
            let typed = query.text.get(found.start..query.offset);
            let typed = typed.unwrap_or_default().chars().count();
            (buffer.head() - typed.min(buffer.head()), found.items)
        });
        self.assist.popup = found
            .filter(|(_, items)| !items.is_empty())
            .map(|(start, items)| Popup {
                start,
                items,
                chosen: 0,
                top: 0,
                meant,
            });
    }

    /// Shows what could stand at the cursor.
    pub fn complete(&mut self) {
        if self.refuse_read_only() {
            return;
        }
        self.open_completions(true);
        match self.assist.popup.as_ref().map(|popup| popup.items.len()) {
            None => self.info("nothing is known that could stand here"),
            Some(1) => self.take_completion(),
            Some(_) => {}
        }
    }

    fn take_completion(&mut self) {
        let Some(popup) = self.assist.popup.take() else {
            return;
        };
        let Some(item) = popup.items.get(popup.chosen) else {
            return;
        };
        if let Some(buffer) = self.buffer_mut() {
            let head = buffer.head();
            buffer.point(popup.start.min(head), false);
            buffer.point(head, true);
            buffer.insert(&item.insert);
            self.touch_preview();
        }
        // What was put in is no reason to guess on.
        self.assist.seen = self.buffer().map(|buffer| Seen {
            path: buffer.path.clone(),
            revision: buffer.revision(),
            head: buffer.head(),
        });
    }

    /// Takes the word of the list at an index.
    pub(super) fn click_completion(&mut self, index: usize) {
        if let Some(popup) = &mut self.assist.popup {
            popup.chosen = index.min(popup.items.len().saturating_sub(1));
            self.take_completion();
        }
    }

    /// Goes through the list of words; false when there is none.
    pub(super) fn wheel_completion(&mut self, by: isize) -> bool {
        let popup = self.assist.popup.as_mut();
        popup.map(|popup| popup.go(by)).is_some()
    }

    /// A key of the editor while help is shown; false leaves it to the text.
    pub(super) fn assist_key(&mut self, key: &KeyEvent) -> bool {
        if self.assist.told.is_some() && self.read_on(key.code) {
            return true;
        }
        if self.assist.told.take().is_some() && key.code == KeyCode::Esc {
            return true;
        }
        let Some(popup) = &mut self.assist.popup else {
            return false;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Down => popup.go(1),
            KeyCode::Up => popup.go(-1),
            KeyCode::Char('n') if control => popup.go(1),
            KeyCode::Char('p') if control => popup.go(-1),
            KeyCode::PageDown => popup.go(ROWS.cast_signed()),
            KeyCode::PageUp => popup.go(-ROWS.cast_signed()),
            KeyCode::Tab => self.take_completion(),
            KeyCode::Enter if popup.meant => self.take_completion(),
            KeyCode::Esc => {
                let meant = popup.meant;
                self.assist.popup = None;
                // One that came by itself is in nobody's way.
                return meant;
            }
            _ => return false,
        }
        true
    }

    /// Scrolls the help on a word, where it is longer than there is room.
    fn read_on(&mut self, code: KeyCode) -> bool {
        let down = match code {
            KeyCode::PageDown => true,
            KeyCode::PageUp => false,
            _ => return false,
        };
        let (page, last) = pane::told_reach(self);
        let by = page.saturating_sub(1).max(1);
        let top = self.assist.told_top.min(last);
        self.assist.told_top = if down {
            (top + by).min(last)
        } else {
            top.saturating_sub(by)
        };
        last > 0
    }

    /// Shows what is known of the word at the cursor, with the problem that is there.
    pub fn hover(&mut self) {
        self.assist.popup = None;
        let told = self.query(|query, _| language::hover(query)).flatten();
        let key = self.keymap.label(Id::QuickFix);
        let fix = self.fix_here().filter(|_| !key.is_empty());
        let problem = self.problems_here().first().map(|problem| {
            let mut doc = problem.help.clone().unwrap_or_default();
            if let Some(fix) = fix {
                doc = format!("{doc}\n{key}: {}", fix.title);
            }
            Hover {
                title: problem.message.clone(),
                doc,
            }
        });
        match problem.or(told) {
            Some(told) => {
                self.assist.told = Some(told);
                self.assist.told_top = 0;
            }
            None => self.info("nothing is known of this word"),
        }
    }

    /// The problems on the cursor's line, the nearest first.
    fn problems_here(&self) -> Vec<&Diagnostic> {
        let place = self.buffer().zip(self.project.as_ref());
        let Some((buffer, project)) = place else {
            return Vec::new();
        };
        let (line, column) = buffer.place();
        let all = self.preview.diagnostics.iter();
        let here = all.chain(&self.preview.of_events).filter_map(|one| {
            let place = one.place.as_ref()?;
            let span = place.span?;
            let path = project.root.join(&place.path);
            (buffer.is_at(&path) && span.start.line as usize == line).then_some((one, span))
        });
        let mut here: Vec<(&Diagnostic, Span)> = here.collect();
        here.sort_by_key(|(_, span)| (span.start.column as usize).abs_diff(column));
        here.into_iter().map(|(problem, _)| problem).collect()
    }

    /// The change that mends the nearest problem on the cursor's line that can be mended.
    fn fix_here(&self) -> Option<Fix> {
        let problems = self.problems_here();
        if problems.is_empty() {
            return None;
        }
        let text = self.buffer()?.rope().to_string();
        problems
            .into_iter()
            .find_map(|one| language::fix(one, &text))
    }

    /// Mends the problem on the cursor's line, when the text says how.
    pub fn quick_fix(&mut self) {
        if self.refuse_read_only() {
            return;
        }
        let Some(fix) = self.fix_here() else {
            let said = match self.problems_here().first() {
                None => "no fix here: there is no problem on this line".to_owned(),
                Some(problem) => {
                    let help = problem.help.as_ref().unwrap_or(&problem.message);
                    format!("no fix here can be made by itself: {help}")
                }
            };
            self.info(said);
            return;
        };
        if let Some(buffer) = self.buffer_mut() {
            let (start, end) = (
                char_at(buffer, fix.span.start),
                char_at(buffer, fix.span.end),
            );
            buffer.point(start, false);
            buffer.point(end, true);
            buffer.insert(&fix.text);
            self.touch_preview();
        }
        self.info(fix.title);
    }

    /// Lists all problems; the chosen one is gone to.
    pub fn list_problems(&mut self) {
        let problems = self.preview.problems.iter();
        let items: Vec<Item> = problems
            .map(|problem| {
                let sign = match problem.severity {
                    Severity::Error => "✗",
                    Severity::Warning => "▲",
                };
                Item {
                    title: format!("{sign} {}", problem.message),
                    detail: problem.help.clone().unwrap_or_default(),
                    name: "",
                    // The message needs the room more than folders do.
                    key: problem
                        .label
                        .rsplit('/')
                        .next()
                        .unwrap_or_default()
                        .to_owned(),
                    refused: None,
                    pick: problem
                        .place
                        .as_ref()
                        .map_or(Pick::Nothing, |(path, span)| {
                            let at = span.as_ref().map_or((0, 0), |span| span.start);
                            Pick::Place(path.clone(), at)
                        }),
                }
            })
            .collect();
        if items.is_empty() {
            self.info("there are no problems");
        } else {
            self.open_palette("Problems", items);
        }
    }

    /// Says whether Eventum can run the project, and if not lists what prevents it.
    pub fn list_obstacles(&mut self) {
        let root = self.project.as_ref().map(|project| project.root.clone());
        let items: Vec<Item> = self
            .assist
            .obstacles
            .iter()
            .map(|one| {
                let place = one.place.as_ref();
                let at = place.and_then(|place| place.span).map(|span| span.start);
                let path = place.zip(root.as_ref());
                let path = path.map(|(place, root)| root.join(&place.path));
                Item {
                    title: one.message.clone(),
                    detail: String::new(),
                    name: "",
                    key: at.map_or_else(String::new, |at| format!("{}:{}", at.line, at.column)),
                    refused: None,
                    pick: path.map_or(Pick::Nothing, |path| {
                        let at = at.map_or((0, 0), |at| {
                            let from_zero = |n: u32| (n as usize).saturating_sub(1);
                            (from_zero(at.line), from_zero(at.column))
                        });
                        Pick::Place(path, at)
                    }),
                }
            })
            .collect();
        if items.is_empty() {
            self.info("Eventum 2.6 can run this project as it is");
        } else {
            self.open_palette("What Eventum does not know", items);
        }
    }
}

/// The character index of a place, which is counted from 1.
fn char_at(buffer: &Buffer, at: crate::config::Pos) -> usize {
    let line = (at.line as usize).saturating_sub(1);
    let line = line.min(buffer.lines().saturating_sub(1));
    let column = (at.column as usize).saturating_sub(1);
    let length = buffer.line(line).chars().count();
    buffer.start_of(line) + column.min(length)
}
