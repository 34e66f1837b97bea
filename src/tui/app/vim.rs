//! The editor's key sets: which keys mean what, and what the set with modes asks of the program.

use crossterm::event::{KeyCode, KeyEvent};

use super::{Action, App, Overlay};
use crate::tui::command::{self, Id};
use crate::tui::editor::vim::{
    Ex, MOST_PLAYED, Meaning, Mode, Names, Outcome, Playing, Remap, Remapped, Setting, Vim,
};
use crate::tui::editor::{Buffer, KeySet, Options, Shape};
use crate::tui::event::Effect;
use crate::tui::keymap::Keymap;
use crate::tui::terminal::Cursor;

/// How the editor behaves, and what it remembers beyond single files.
#[derive(Debug, Default)]
pub struct Editing {
    /// Which keys do what.
    pub keys: KeySet,
    /// How texts are shown and typed.
    pub options: Options,
    /// The set with modes.
    pub vim: Vim,
    /// Keys of one's own in its modes.
    pub remap: Remap,
    /// Recorded keys on their way.
    playing: Option<Playing>,
    /// The file that was shown last, to notice when another one is.
    shown: Option<std::path::PathBuf>,
}

impl App {
    /// Chooses the keys of the editor. With modes, numbers of lines count from the cursor's.
    pub fn set_key_set(&mut self, keys: KeySet) {
        if self.editing.keys == keys {
            return;
        }
        self.editing.keys = keys;
        self.editing.options.relative = keys == KeySet::Vim;
        let mut vim = Vim::default();
        vim.set_clipboard(&self.clipboard);
        self.editing.vim = vim;
        for buffer in self
            .project
            .iter_mut()
            .flat_map(|project| &mut project.buffers)
        {
            buffer.shape = Shape::Bar;
            buffer.deselect();
            buffer.seal();
        }
        self.settle_keys();
    }

    /// Brings the keys of commands in step with the editor's, which may have been chosen by a command.
    pub(super) fn settle_keys(&mut self) {
        let mut settings = self.settings.clone();
        settings.key_set = self.editing.keys;
        self.keymap = Keymap::new(&settings).0;
    }

    /// The keys of the editor.
    pub fn key_set(&self) -> KeySet {
        self.editing.keys
    }

    /// How texts are shown and typed.
    pub fn editor_options(&self) -> Options {
        self.editing.options
    }

    /// Changes how texts are shown and typed.
    pub fn set_editor_options(&mut self, options: Options) {
        self.editing.options = options;
    }

    /// The mode of the editor's keys, when they have modes.
    pub fn mode(&self) -> Option<Mode> {
        (self.editing.keys == KeySet::Vim).then(|| self.editing.vim.mode())
    }

    /// The other set of keys.
    pub fn toggle_key_set(&mut self) {
        let vim = self.key_set() == KeySet::Plain;
        self.editing.remap.forget();
        self.set_key_set(if vim { KeySet::Vim } else { KeySet::Plain });
        self.info(if vim {
            "the editor's keys are those of vi; i types text, Esc goes back, : takes commands"
        } else {
            "the editor's keys are plain: type text, commands by Ctrl and Alt"
        });
    }

    /// Long lines go on in the next row, or are cut.
    pub fn toggle_wrap(&mut self) {
        let mut options = self.editor_options();
        options.wrap = !options.wrap;
        self.set_editor_options(options);
    }

    /// Blanks at the ends of lines are shown, or not.
    pub fn toggle_whitespace(&mut self) {
        let mut options = self.editor_options();
        options.whitespace = !options.whitespace;
        self.set_editor_options(options);
    }

    /// Lines are numbered from the cursor's, or from the first.
    pub fn toggle_relative(&mut self) {
        let mut options = self.editor_options();
        options.relative = !options.relative;
        self.set_editor_options(options);
    }

    /// Brackets are closed by themselves, or not.
    pub fn toggle_pairs(&mut self) {
        let mut options = self.editor_options();
        options.pairs = !options.pairs;
        let on = options.pairs;
        self.set_editor_options(options);
        self.info(if on {
            "brackets and quotes are closed by themselves"
        } else {
            "brackets and quotes are typed one by one"
        });
    }

    /// Brings the shown file in step with the settings.
    pub(super) fn settle_editing(&mut self) {
        let Some(project) = &mut self.project else {
            return;
        };
        let shown = project.buffer().map(|buffer| buffer.path.clone());
        let vim = self.editing.keys == KeySet::Vim;
        if shown != self.editing.shown {
            self.editing.remap.forget();
            let before = self.editing.shown.take();
            let old = before.and_then(|path| project.buffer_at(&path));
            if vim && let Some(old) = old {
                self.editing.vim.leave(old);
            } else if vim && let Some(new) = project.buffer_mut() {
                self.editing.vim.leave(new);
            }
            self.editing.shown = shown;
        }
        let elsewhere = self.focus != super::Focus::Editor && self.editing.vim.prompt().is_some();
        if let Some(buffer) = project.buffer_mut() {
            if vim && elsewhere {
                self.editing.vim.leave(buffer);
            }
            buffer.set_options(self.editing.options);
            if vim {
                self.editing.vim.settle(buffer);
            }
        }
    }

    /// Takes over the keys of one's own.
    pub(super) fn settle_remap(&mut self) {
        let all = self.settings.vim.iter().flatten();
        let all = all.map(|one| (one.keys.clone(), Meaning::clone(&one.meaning)));
        self.editing.remap = Remap::new(all);
    }

    /// Keys of the set with modes; false leaves them to the rest.
    pub(super) fn vim_key(&mut self, key: &KeyEvent) -> bool {
        if self.editing.keys != KeySet::Vim || self.buffer().is_none() {
            return false;
        }
        if matches!(key.code, KeyCode::Tab | KeyCode::BackTab) && self.complete_line(key) {
            return true;
        }
        match self.editing.remap.take(key, &self.editing.vim) {
            Remapped::Nothing => true,
            Remapped::Command(name) => {
                self.run_named(&name);
                true
            }
            // What the key set has no use for may be a command's, when it was typed like that.
            Remapped::Keys(keys) => {
                let used = keys.iter().fold(false, |_, key| self.vim_plain_key(key));
                used || keys != [*key]
            }
        }
    }

    fn vim_plain_key(&mut self, key: &KeyEvent) -> bool {
        let page = self.page();
        let Some(buffer) = self
            .project
            .as_mut()
            .and_then(|project| project.buffer_mut())
        else {
            return false;
        };
        let before = buffer.revision();
        let outcome = self.editing.vim.key(buffer, key, page);
        let changed = buffer.revision() != before;
        // What one key does is brought in step before the next, as if both were typed.
        self.settle_editing();
        if changed {
            self.touch_preview();
        }
        match outcome {
            Outcome::Done => {}
            Outcome::Unknown => return false,
            Outcome::Refused => {
                self.refuse_read_only();
            }
            Outcome::Say(text) => self.info(text),
            Outcome::Copied(text) => self.put_on_clipboard(text),
            Outcome::Run(ex) => self.ex(ex),
            Outcome::Play(keys) => self.play(keys),
        }
        true
    }

    /// Takes recorded keys as if they were typed, until one fails or something asks for the next key.
    fn play(&mut self, keys: Vec<KeyEvent>) {
        if let Some(playing) = &mut self.editing.playing {
            return playing.call(keys);
        }
        self.editing.playing = Some(Playing::new(keys));
        self.editing.vim.play(true);
        while let Some(key) = self.editing.playing.as_mut().and_then(Playing::next) {
            self.vim_plain_key(&key);
            let here = self.overlays.is_empty() && self.focus == super::Focus::Editor;
            if self.editing.vim.failed() || !here {
                break;
            }
        }
        self.editing.vim.play(false);
        if self.editing.playing.take().is_some_and(|one| one.is_cut()) {
            let most = crate::tui::text::grouped(MOST_PLAYED as u64);
            self.warn(format!("what was played ended after {most} keys"));
        }
    }

    /// Completes the line behind `:`; false when there is none.
    fn complete_line(&mut self, key: &KeyEvent) -> bool {
        let project = self.project.as_ref();
        let names = || Names {
            files: project.map_or_else(Vec::new, |project| {
                let files = project.tree.entries.iter().filter(|entry| !entry.folder);
                files.map(|entry| project.relative(&entry.path)).collect()
            }),
            commands: command::all().map(|one| one.name.to_owned()).collect(),
        };
        let back = key.code == KeyCode::BackTab;
        self.editing.vim.complete(back, names).is_some()
    }

    /// A text pasted into the line behind `:` or `/`; false when there is none.
    pub(super) fn vim_paste(&mut self, text: &str) -> bool {
        let buffer = self
            .project
            .as_mut()
            .and_then(|project| project.buffer_mut());
        let vim = self.editing.keys == KeySet::Vim;
        vim && buffer.is_some_and(|buffer| self.editing.vim.paste(buffer, text))
    }

    /// Lines of a page of the editor.
    pub fn page(&self) -> usize {
        let area = self.layout().editor;
        area.map_or(1, |area| usize::from(area.height.saturating_sub(2)).max(1))
    }

    fn ex(&mut self, ex: Ex) {
        match ex {
            Ex::Write { all: false } => self.save(),
            Ex::Write { all: true } => self.save_all(None),
            Ex::WriteQuit { all: false } => self.save_then(Action::CloseOrLeave),
            Ex::WriteQuit { all: true } => self.save_all(Some(Action::Leave)),
            Ex::Quit { all: true, force } if force => self.act(Action::Leave),
            Ex::Quit { all: true, .. } => self.quit(),
            Ex::Quit { force, .. } => self.ex_quit(force),
            Ex::Edit { path, force } => self.ex_edit(path, force),
            Ex::Next => self.cycle_file(true),
            Ex::Previous => self.cycle_file(false),
            Ex::Help => self.run(Id::Help),
            Ex::Set(setting, on) => {
                let options = &mut self.editing.options;
                match setting {
                    Setting::Wrap => options.wrap = on,
                    Setting::Relative => options.relative = on,
                    Setting::Whitespace => options.whitespace = on,
                    Setting::Pairs => options.pairs = on,
                }
            }
            Ex::Command(name) => self.run_named(&name),
        }
    }

    fn run_named(&mut self, name: &str) {
        match command::all().find(|one| one.name == name) {
            Some(command) => self.run(command.id),
            None => self.warn(format!("there is no command {name}")),
        }
    }

    fn ex_quit(&mut self, force: bool) {
        let dirty = self.buffer().filter(|buffer| buffer.dirty() && !force);
        if let Some(name) = dirty.map(|buffer| buffer.name.clone()) {
            self.warn(format!(
                "{name} has changes that are not saved: :wq saves them, :q! drops them"
            ));
            return;
        }
        let open = self
            .project
            .as_ref()
            .map_or(0, |project| project.buffers.len());
        let alone = force && open < 2;
        self.act(if alone {
            Action::Leave
        } else {
            Action::CloseOrLeave
        });
    }

    fn ex_edit(&mut self, path: Option<String>, force: bool) {
        let Some(name) = path else {
            let Some(buffer) = self.buffer() else {
                return;
            };
            if buffer.dirty() && !force {
                self.warn("there are changes that are not saved: :e! drops them");
                return;
            }
            let path = buffer.path.clone();
            self.reload_from_disk(path);
            return;
        };
        let Some(project) = &self.project else {
            return;
        };
        let path = project.root.join(&name);
        let open = project.buffers.iter().any(|buffer| buffer.is_at(&path));
        let mut entries = project.tree.entries.iter();
        match entries.find(|entry| entry.path == path) {
            Some(entry) if entry.folder => self.warn(format!("{name} is a folder")),
            Some(_) => self.show_file(path, None),
            None if open => self.show_file(path, None),
            None => self.begin_file(&name),
        }
    }

    /// Shows an empty text for a file that is not there; saving makes the file.
    fn begin_file(&mut self, name: &str) {
        let path = match self.new_path(name, None) {
            Ok(path) if !name.trim().ends_with('/') => path,
            Ok(_) => return self.create_file(name),
            Err(why) => return self.warn(format!("{name}: {why}")),
        };
        let Some(project) = &mut self.project else {
            return;
        };
        let name = project.relative(&path);
        project.awaited = None;
        project
            .buffers
            .push(Buffer::unborn(path.clone(), name.clone()));
        project.active = project.buffers.len() - 1;
        self.set_focus(super::Focus::Editor);
        self.info(format!("{name} is new: saving makes the file"));
        // The list of files may not know of one that is there.
        self.effects.push(Effect::Reread(path));
    }

    /// How the terminal's cursor is to look: only the set with modes asks for something.
    pub fn cursor(&self) -> Cursor {
        let editor = self.focus == super::Focus::Editor && self.overlays.is_empty();
        let shown = editor && self.screen == super::Screen::Design && self.buffer().is_some();
        match self.vim().map(|vim| (vim.mode(), vim.prompt().is_some())) {
            Some((Mode::Insert, _) | (_, true)) if shown => Cursor::Bar,
            Some(_) if shown => Cursor::Block,
            _ => Cursor::Own,
        }
    }

    /// The line typed behind `:` or `/`, while one is, or the keys of an unfinished command.
    pub fn vim(&self) -> Option<&Vim> {
        let typing = self
            .overlays
            .iter()
            .any(|one| !matches!(one, Overlay::Help(_)));
        (self.editing.keys == KeySet::Vim && !typing).then_some(&self.editing.vim)
    }
}
