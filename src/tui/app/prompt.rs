//! A line to type a value into: what it is for, what is meant by what stands there, why it cannot be taken.

use std::fmt;
use std::rc::Rc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{App, Overlay};
use crate::tui::editor::Input;

/// Does something with what was typed; may refuse it, in words.
pub type Take = Rc<dyn Fn(&mut App, &str) -> Result<(), String>>;
/// What the text means, in words, or why it means nothing.
pub type Meaning = Rc<dyn Fn(&App, &str) -> Result<String, String>>;
/// Follows each change of the text, as a filter does.
pub type Follow = Rc<dyn Fn(&mut App, &str)>;

/// The line.
///
/// ```text
/// ━ Rate ceiling ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━
///  > 500/s
///  at most 500 events a second
/// ```
pub struct Prompt {
    /// What the value is, in two or three words.
    pub title: String,
    /// What can be typed, shown while nothing is.
    pub help: String,
    /// What was typed.
    pub input: Input,
    /// What stands below: the meaning, or why it is none.
    pub remark: Result<String, String>,
    before: String,
    take: Take,
    meaning: Option<Meaning>,
    follow: Option<Follow>,
}

impl fmt::Debug for Prompt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prompt")
            .field("title", &self.title)
            .field("input", &self.input)
            .field("remark", &self.remark)
            .finish_non_exhaustive()
    }
}

impl Prompt {
    /// Asks for a value; Enter hands it to `take`, which keeps the line open by refusing.
    pub fn new(
        title: impl Into<String>,
        help: impl Into<String>,
        take: impl Fn(&mut App, &str) -> Result<(), String> + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            help: help.into(),
            input: Input::default(),
            remark: Ok(String::new()),
            before: String::new(),
            take: Rc::new(take),
            meaning: None,
            follow: None,
        }
    }

    /// With a text to begin with.
    #[must_use]
    pub fn text(mut self, text: &str) -> Self {
        self.input = Input::new(text);
        text.clone_into(&mut self.before);
        self
    }

    /// Says below the line what the text means, or why it means nothing.
    #[must_use]
    pub fn meaning(
        mut self,
        meaning: impl Fn(&App, &str) -> Result<String, String> + 'static,
    ) -> Self {
        self.meaning = Some(Rc::new(meaning));
        self
    }

    /// Tells of each change, as a filter wants it; Esc tells of the first text again.
    #[must_use]
    pub fn follow(mut self, follow: impl Fn(&mut App, &str) + 'static) -> Self {
        self.follow = Some(Rc::new(follow));
        self
    }
}

impl App {
    /// Opens a line to type a value into.
    pub fn ask(&mut self, mut prompt: Prompt) {
        prompt.remark = self.remark(&prompt);
        self.overlays.push(Overlay::Prompt(Box::new(prompt)));
    }

    fn remark(&self, prompt: &Prompt) -> Result<String, String> {
        let text = prompt.input.text().trim();
        match &prompt.meaning {
            _ if text.is_empty() => Ok(prompt.help.clone()),
            Some(meaning) => meaning(self, text),
            None => Ok(prompt.help.clone()),
        }
    }

    pub(super) fn prompt_key(&mut self, key: &KeyEvent) {
        // It leaves the stack meanwhile, so that what it calls may open others.
        let Some(Overlay::Prompt(mut prompt)) = self.overlays.pop() else {
            return;
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        match key.code {
            KeyCode::Esc => return self.leave_prompt(&prompt),
            KeyCode::Char('c' | 'g' | 'q') if control => return self.leave_prompt(&prompt),
            KeyCode::Enter => {
                let text = prompt.input.text().trim().to_owned();
                match Rc::clone(&prompt.take)(self, &text) {
                    Ok(()) => return,
                    Err(why) => prompt.remark = Err(why),
                }
            }
            _ => {
                if prompt.input.key(key) {
                    self.typed(&mut prompt);
                }
            }
        }
        self.overlays.push(Overlay::Prompt(prompt));
    }

    /// Puts a pasted text into it.
    pub(super) fn prompt_paste(&mut self, text: &str) {
        let Some(Overlay::Prompt(mut prompt)) = self.overlays.pop() else {
            return;
        };
        prompt.input.insert(text);
        self.typed(&mut prompt);
        self.overlays.push(Overlay::Prompt(prompt));
    }

    fn typed(&mut self, prompt: &mut Prompt) {
        if let Some(follow) = &prompt.follow {
            follow(self, prompt.input.text());
        }
        prompt.remark = self.remark(prompt);
    }

    fn leave_prompt(&mut self, prompt: &Prompt) {
        if let Some(follow) = &prompt.follow {
            follow(self, &prompt.before);
        }
    }
}
