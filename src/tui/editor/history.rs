//! Undo and redo: steps of edits with their inverses, joined while one types on.

/// Where the cursor and the other end of the selection are, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Where the cursor is.
    pub head: usize,
    /// The end that stays; `None` when nothing is selected.
    pub anchor: Option<usize>,
}

/// One replacement, enough to do and to undo it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Character index.
    pub at: usize,
    /// What was there.
    pub removed: String,
    /// What is there now.
    pub inserted: String,
}

/// What kind of edit it was; only like follows like into one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A character typed.
    Typing,
    /// A character deleted.
    Deleting,
    /// All else; a step of its own.
    Other,
}

#[derive(Clone, Debug)]
struct Step {
    edits: Vec<Edit>,
    before: Selection,
    after: Selection,
    kind: Kind,
}

/// Most steps kept.
const LIMIT: usize = 5_000;

/// The steps done and undone.
#[derive(Clone, Debug)]
pub struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
    /// Steps forgotten at the far end.
    forgotten: usize,
    sealed: bool,
    /// Number of steps done when the text was as on disk; `None` when no undo leads there.
    saved: Option<usize>,
    /// While everything goes into one step: whether that step has begun.
    group: Option<bool>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            done: Vec::new(),
            undone: Vec::new(),
            forgotten: 0,
            sealed: true,
            saved: Some(0),
            group: None,
        }
    }
}

impl History {
    /// Adds an edit that was done.
    pub fn record(&mut self, edit: Edit, before: Selection, after: Selection, kind: Kind) {
        let here = self.position();
        if self.saved.is_some_and(|saved| saved > here) {
            self.saved = None;
        }
        self.undone.clear();
        if self.group == Some(true)
            && let Some(last) = self.done.last_mut()
        {
            last.take(edit, kind);
            last.after = after;
            return;
        }
        self.group = self.group.map(|_| true);
        if self.group.is_none()
            && !self.sealed
            && let Some(last) = self.done.last_mut()
            && last.join(&edit, kind)
        {
            last.after = after;
        } else {
            self.done.push(Step {
                edits: vec![edit],
                before,
                after,
                kind,
            });
            if self.done.len() > LIMIT {
                self.done.remove(0);
                self.forgotten += 1;
            }
        }
        self.sealed = kind == Kind::Other;
    }

    /// Adds an edit to the step before it, so that one undo takes both back.
    pub fn extend(&mut self, edit: Edit, after: Selection) {
        if let Some(last) = self.done.last_mut() {
            last.edits.push(edit);
            last.after = after;
        }
        self.sealed = true;
    }

    /// From here on every edit goes into one step, until [`History::end`].
    pub fn begin(&mut self) {
        self.group.get_or_insert(false);
        self.sealed = true;
    }

    /// The step that [`History::begin`] opened is whole.
    pub fn end(&mut self) {
        self.group = None;
        self.sealed = true;
    }

    /// Redoing the last step leads to this selection.
    pub fn amend(&mut self, after: Selection) {
        if let Some(last) = self.done.last_mut() {
            last.after = after;
        }
    }

    /// The next edit starts a step of its own.
    pub fn seal(&mut self) {
        self.sealed = true;
    }

    /// Takes the last step back: its inverse edits in the order to do them, and the selection then.
    pub fn undo(&mut self) -> Option<(Vec<Edit>, Selection)> {
        let step = self.done.pop()?;
        self.end();
        let inverse = |edit: &Edit| Edit {
            at: edit.at,
            removed: edit.inserted.clone(),
            inserted: edit.removed.clone(),
        };
        let out = (step.edits.iter().rev().map(inverse).collect(), step.before);
        self.undone.push(step);
        Some(out)
    }

    /// Does the last step taken back again.
    pub fn redo(&mut self) -> Option<(Vec<Edit>, Selection)> {
        let step = self.undone.pop()?;
        self.end();
        let out = (step.edits.clone(), step.after);
        self.done.push(step);
        Some(out)
    }

    /// The text is on disk as it is now.
    pub fn mark_saved(&mut self) {
        self.sealed = true;
        // What follows is a step of its own, so that undo can come back to what was saved.
        self.group = self.group.map(|_| false);
        self.saved = Some(self.position());
    }

    /// The disk has another text.
    pub fn mark_unsaved(&mut self) {
        self.saved = None;
    }

    /// True when the text differs from what is on disk.
    pub fn dirty(&self) -> bool {
        self.saved != Some(self.position())
    }

    fn position(&self) -> usize {
        self.forgotten + self.done.len()
    }
}

impl Step {
    /// Adds an edit to a step that takes everything.
    fn take(&mut self, edit: Edit, kind: Kind) {
        let goes_on = |last: &Edit| last.at + last.inserted.chars().count() == edit.at;
        match self.edits.last_mut() {
            Some(last) if kind == Kind::Typing && edit.removed.is_empty() && goes_on(last) => {
                last.inserted.push_str(&edit.inserted);
            }
            _ => self.edits.push(edit),
        }
    }

    /// Takes the edit in when it goes on where this step stopped, up to the start of a word.
    fn join(&mut self, edit: &Edit, kind: Kind) -> bool {
        let Some(last) = self.edits.last_mut().filter(|_| kind == self.kind) else {
            return false;
        };
        match kind {
            Kind::Typing => {
                let goes_on = last.at + last.inserted.chars().count() == edit.at;
                let blank = |text: &str| text.ends_with(char::is_whitespace);
                let word_starts = blank(&last.inserted) && !blank(&edit.inserted);
                if !goes_on
                    || word_starts
                    || !edit.removed.is_empty()
                    || edit.inserted.contains('\n')
                {
                    return false;
                }
                last.inserted.push_str(&edit.inserted);
                true
            }
            Kind::Deleting if edit.removed.contains('\n') => false,
            Kind::Deleting if edit.at + edit.removed.chars().count() == last.at => {
                last.removed.insert_str(0, &edit.removed);
                last.at = edit.at;
                true
            }
            Kind::Deleting if edit.at == last.at => {
                last.removed.push_str(&edit.removed);
                true
            }
            Kind::Deleting | Kind::Other => false,
        }
    }
}
