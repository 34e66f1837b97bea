//! Running commands by their id.

use super::{App, Focus, Overlay};
use crate::tui::command::{Command, Id};
use crate::tui::editor::Find;
use crate::tui::event::Effect;
use crate::tui::theme::Theme;

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
        match id {
            Id::Quit => self.quit(),
            Id::Help => self.overlays.push(Overlay::Help(0)),
            Id::Palette => self.open_commands(),
            Id::QuickOpen => self.open_files(),
            Id::Save => self.save(),
            Id::SaveAll => self.save_all(None),
            Id::CloseFile => self.close_file(),
            Id::NextFile => self.cycle_file(true),
            Id::PreviousFile => self.cycle_file(false),
            Id::NextPane => self.cycle_focus(true),
            Id::PreviousPane => self.cycle_focus(false),
            Id::FocusFiles => self.set_focus(Focus::Files),
            Id::FocusEditor => self.set_focus(Focus::Editor),
            Id::FocusTimestamps => self.set_focus(Focus::Timestamps),
            Id::FocusEvents => self.set_focus(Focus::Events),
            Id::FocusPipeline => self.set_focus(Focus::Pipeline),
            Id::Zoom => self.zoom = !self.zoom,
            Id::ToggleFiles => self.toggle_files(),
            Id::RunStop => self.toggle_pipeline(),
            Id::Abort => self.ask_abort(),
            Id::Mode => self.toggle_mode(),
            Id::Pause
            | Id::ResumeNow
            | Id::Faster
            | Id::Slower
            | Id::GainUp
            | Id::GainDown
            | Id::PlainPace => self.control_pipeline(id),
            Id::PipelineView => self.toggle_details(),
            Id::Refresh => {
                self.effects.push(Effect::Redraw);
                self.repin_preview();
            }
            Id::SpanLonger => self.change_span(true),
            Id::SpanShorter => self.change_span(false),
            Id::SpanLater => self.move_span(true),
            Id::SpanEarlier => self.move_span(false),
            Id::NextTheme => self.next_theme(),
            Id::NextProblem => self.next_problem(),
            #[cfg(debug_assertions)]
            #[expect(clippy::panic, reason = "shows that the terminal is restored")]
            Id::Panic => panic!("asked for by the command debug.panic"),
            _ => self.edit(id),
        }
    }

    fn edit(&mut self, id: Id) {
        if id == Id::Copy {
            self.copy();
            return;
        }
        if matches!(id, Id::Undo | Id::Redo | Id::Cut | Id::Paste) && self.refuse_read_only() {
            return;
        }
        let clipboard = self.clipboard.clone();
        let Some(buffer) = self.buffer_mut() else {
            return;
        };
        match id {
            Id::Undo | Id::Redo => {
                let done = if id == Id::Undo {
                    buffer.undo()
                } else {
                    buffer.redo()
                };
                if done {
                    self.touch_preview();
                } else {
                    let what = if id == Id::Undo { "undo" } else { "redo" };
                    self.info(format!("nothing to {what}"));
                }
            }
            Id::Cut => {
                let text = buffer.cut();
                self.put_on_clipboard(text);
                self.touch_preview();
            }
            Id::Paste => {
                buffer.insert(&clipboard);
                self.touch_preview();
            }
            Id::SelectAll => buffer.select_all(),
            Id::Find => {
                let text = buffer
                    .selected()
                    .filter(|text| !text.contains('\n'))
                    .unwrap_or_default();
                let origin = buffer
                    .selection()
                    .map_or(buffer.head(), |range| range.start);
                buffer.find = Some(Find::new(origin, &text));
            }
            Id::FindNext => {
                let from = buffer.head();
                buffer.find_from(from, true);
            }
            _ => {}
        }
    }

    fn copy(&mut self) {
        let text = match self.focus {
            Focus::Editor => self.buffer().map(super::Buffer::copy),
            _ => self.preview.chosen_text(),
        };
        if let Some(text) = text {
            self.info("copied");
            self.put_on_clipboard(text);
        }
    }

    fn put_on_clipboard(&mut self, text: String) {
        self.clipboard.clone_from(&text);
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

    fn cycle_focus(&mut self, forward: bool) {
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

    fn toggle_files(&mut self) {
        let shown = self.layout().files.is_some();
        self.files_shown = Some(!shown);
        if shown && self.focus == Focus::Files {
            self.set_focus(Focus::Editor);
        }
    }

    fn toggle_details(&mut self) {
        self.pipeline_details = !(self.pipeline_details || self.focus == Focus::Pipeline);
        if !self.pipeline_details && self.focus == Focus::Pipeline {
            self.set_focus(Focus::Editor);
        }
    }

    fn toggle_mode(&mut self) {
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

    fn next_theme(&mut self) {
        let names: Vec<&str> = Theme::names().collect();
        let at = names
            .iter()
            .position(|name| *name == self.theme.name)
            .unwrap_or(0);
        let next = names
            .get((at + 1) % names.len().max(1))
            .copied()
            .unwrap_or("default");
        match Theme::load(next, self.depth) {
            Ok(theme) => {
                self.info(format!("theme {}", theme.name));
                self.theme = theme;
            }
            Err(error) => self.error(error.to_string()),
        }
    }
}
