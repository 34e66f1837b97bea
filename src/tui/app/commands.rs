//! Running commands by their id.

use super::{App, Buffer, Focus};
use crate::tui::command::{Command, Id};
use crate::tui::event::Effect;

impl App {
    /// Runs a command, or says why it cannot be run now.
    pub fn run(&mut self, id: Id) {
        if self.keep_command(id) {
            return;
        }
        if let Some(command) = Command::get(id)
            && let Err(why) = (command.available)(self)
        {
            self.warn(format!("{}: {why}", command.title));
            return;
        }
        if id == Id::RunStop {
            // What was said of the run before is no news of this one.
            self.toasts.clear();
        }
        if let Some(command) = Command::get(id) {
            (command.run)(self);
        }
    }

    /// Gives the pane the whole screen, or takes it back.
    pub fn toggle_zoom(&mut self) {
        self.zoom = !self.zoom;
    }

    /// Draws everything anew and previews from the present moment.
    pub fn refresh(&mut self) {
        self.effects.push(Effect::Redraw);
        self.repin_preview();
    }

    /// Has the next frame fail, to show that the terminal is restored: half a frame is under way then,
    /// which is the worst moment.
    #[cfg(debug_assertions)]
    pub fn panic(&mut self) {
        self.fails = true;
    }

    /// Fails when that was asked for.
    #[cfg(debug_assertions)]
    #[expect(clippy::panic, reason = "shows that the terminal is restored")]
    pub fn fail_when_asked(&self) {
        if self.fails {
            panic!("asked for by the command debug.panic")
        }
    }

    /// Takes the last change of the shown file back.
    pub fn undo(&mut self) {
        self.step_history(Buffer::undo, "undo");
    }

    /// Does the change that was taken back again.
    pub fn redo(&mut self) {
        self.step_history(Buffer::redo, "redo");
    }

    fn step_history(&mut self, step: fn(&mut Buffer) -> bool, what: &str) {
        if self.refuse_read_only() {
            return;
        }
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        if step(buffer) {
            self.touch_preview();
        } else {
            self.info(format!("nothing to {what}"));
        }
    }

    /// Takes the selection, or the line, to the clipboard.
    pub fn cut(&mut self) {
        if !self.refuse_read_only()
            && let Some(text) = self.buffer_mut().map(Buffer::cut)
        {
            self.put_on_clipboard(text);
            self.touch_preview();
        }
    }

    /// Inserts what was cut or copied here.
    pub fn paste_clipboard(&mut self) {
        let clipboard = self.clipboard.clone();
        if !self.refuse_read_only()
            && let Some(buffer) = self.buffer_mut()
        {
            buffer.insert(&clipboard);
            self.touch_preview();
        }
    }

    /// Selects the whole text.
    pub fn select_all(&mut self) {
        if let Some(buffer) = self.buffer_mut() {
            buffer.select_all();
        }
    }

    /// Copies the selection, the line, or what the pane has chosen.
    pub fn copy(&mut self) {
        let text = match self.focus {
            Focus::Editor => self.buffer().map(Buffer::copy),
            Focus::Events => return self.copy_event(),
            _ => self.preview.chosen_text(),
        };
        if let Some(text) = text {
            self.info("copied");
            self.put_on_clipboard(text);
        }
    }

    pub(super) fn put_on_clipboard(&mut self, text: String) {
        self.clipboard.clone_from(&text);
        self.editing.vim.set_clipboard(&text);
        self.effects.push(Effect::Copy(text));
    }

    pub(super) fn refuse_read_only(&mut self) -> bool {
        let why = self.buffer().and_then(|buffer| {
            let why = buffer.read_only.as_ref()?;
            Some(format!("{} cannot be changed: {why}", buffer.name))
        });
        let refused = why.is_some();
        if let Some(why) = why {
            self.warn(why);
        }
        refused
    }

    /// Gives the keys to the next pane, or to the one before.
    pub fn cycle_focus(&mut self, forward: bool) {
        let layout = self.layout();
        let open = |focus: Focus| match focus {
            Focus::Files => layout.files.is_some() || self.zoom,
            Focus::Pipeline => self.pipeline_details || self.pipeline.seen(),
            Focus::Editor | Focus::Timestamps | Focus::Events => true,
        };
        let ring: Vec<Focus> = Focus::ALL
            .into_iter()
            .filter(|focus| open(*focus))
            .collect();
        let at = ring
            .iter()
            .position(|focus| *focus == self.focus)
            .unwrap_or(0);
        let next = if forward {
            at + 1
        } else {
            at + ring.len().saturating_sub(1)
        };
        if let Some(focus) = ring.get(next % ring.len().max(1)) {
            self.set_focus(*focus);
        }
    }

    /// Shows or hides the list of files.
    pub fn toggle_files(&mut self) {
        let shown = self.layout().files.is_some();
        self.files_shown = Some(!shown);
        if shown && self.focus == Focus::Files {
            self.set_focus(Focus::Editor);
        }
    }

    /// Shows or hides the details of the pipeline.
    pub fn toggle_details(&mut self) {
        self.pipeline_details = !(self.pipeline_details || self.focus == Focus::Pipeline);
        if !self.pipeline_details && self.focus == Focus::Pipeline {
            self.set_focus(Focus::Editor);
        }
    }

    /// Live mode, or sample mode.
    pub fn toggle_mode(&mut self) {
        self.pipeline.live = !self.pipeline.live;
        // Which timestamps lie in the past matters in live mode only.
        self.parameters.live_mode = self.pipeline.live;
        self.touch_preview();
        self.info(if self.pipeline.live {
            "live mode: timestamps are released when they are due"
        } else {
            "sample mode: timestamps are released as fast as possible"
        });
    }
}
