//! Keys, clicks and commands in the place of the events, whichever view it shows.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::layout::{Position, Rect};

use super::events::Search;
use super::sheet::Goal;
use super::{View, explain, params, state, statistics, tools};
use crate::config::Parameters;
use crate::preview::{PreviewFailure, Shown};
use crate::tui::app::preview::{Preview, resolve};
use crate::tui::app::prompt::Prompt;
use crate::tui::app::{App, Focus, Row};
use crate::tui::pane::Lead;

impl Preview {
    /// Makes the rows of the shown view anew.
    pub(in crate::tui::app) fn make_sheet(&mut self, parameters: &Parameters) {
        let panes = &self.panes;
        let width = panes.sheet.width;
        let rows = match panes.view {
            View::Events | View::Samples => return,
            View::Statistics => statistics::rows(panes.statistics.as_deref(), width),
            View::Explain => explain::rows(panes, self.chosen_event(), self.schedule.as_ref()),
            View::State => state::rows(panes, self.events.last(), width),
            View::Tools => tools::rows(&panes.tools, parameters.zone, self.times.now_us, width),
            View::Params => params::rows(panes, parameters),
        };
        let forms = matches!(self.panes.view, View::Tools | View::Params);
        self.panes.sheet.fill(rows, forms);
    }

    /// Brings the shown view in step with its place; true when it needs something from the preview.
    pub(in crate::tui::app) fn settle_view(&mut self, area: Rect, parameters: &Parameters) -> bool {
        let width = usize::from(area.width.saturating_sub(2));
        let height = usize::from(area.height);
        let sheet = &mut self.panes.sheet;
        sheet.height = height;
        if sheet.width != width {
            sheet.width = width;
            self.make_sheet(parameters);
        }
        self.panes.sheet.follow();
        // The list of tables, the columns' names, and the chosen cell in full.
        self.panes.view == View::Samples && self.panes.samples.settle(height.saturating_sub(5))
    }
}

impl App {
    pub(in crate::tui::app) fn events_key(&mut self, key: &KeyEvent) {
        let page = self.preview.panes.sheet.height.max(2) - 1;
        let page = isize::try_from(page).unwrap_or(10);
        let by = match key.code {
            KeyCode::Up | KeyCode::Char('k') => -1,
            KeyCode::Down | KeyCode::Char('j') => 1,
            KeyCode::PageUp => -page,
            KeyCode::PageDown => page,
            KeyCode::Home => isize::MIN,
            KeyCode::End => isize::MAX,
            KeyCode::Left | KeyCode::Char('h') => return self.sideways(-1),
            KeyCode::Right | KeyCode::Char('l') => return self.sideways(1),
            KeyCode::Enter => return self.enter(),
            _ => return,
        };
        let preview = &mut self.preview;
        match preview.panes.view {
            View::Events => match key.code {
                KeyCode::PageUp | KeyCode::PageDown if !preview.panes.tree => preview.scroll(by),
                _ => {
                    preview.choose(by);
                    if key.code == KeyCode::Home {
                        preview.scroll(isize::MIN);
                    }
                }
            },
            View::Samples => preview.panes.samples.step(by, 0),
            _ => preview.panes.sheet.step(by),
        }
    }

    /// Follows a tab in the heading of the right panes.
    pub(in crate::tui::app) fn choose_tab(&mut self, lead: Lead) {
        match lead {
            Lead::Timestamps => self.set_focus(Focus::Timestamps),
            Lead::View(view) => self.show_view(view),
            Lead::Next => self.cycle_view(true),
            Lead::Previous => self.cycle_view(false),
        }
    }

    fn sideways(&mut self, by: isize) {
        let preview = &mut self.preview;
        match preview.panes.view {
            View::Events if preview.panes.tree => drop(preview.fold(Some(by < 0))),
            View::Events if !preview.panes.wrap => {
                let shift = preview.panes.shift.saturating_add_signed(by * 8);
                preview.panes.shift = shift.min(10_000);
            }
            View::Samples => preview.panes.samples.step(0, by),
            View::State => self.fold_state(Some(by < 0)),
            _ => {}
        }
    }

    fn enter(&mut self) {
        match self.preview.panes.view {
            View::Events => self.events_enter(),
            View::Samples => self.open_sample(),
            _ => {
                let goal = self
                    .preview
                    .panes
                    .sheet
                    .chosen()
                    .map(|row| row.goal.clone());
                self.follow_goal(goal.unwrap_or_default());
            }
        }
    }

    fn follow_goal(&mut self, goal: Goal) {
        match goal {
            // What leads nowhere leads to what does.
            Goal::None => {
                if !self.preview.panes.sheet.next_goal() {
                    self.info("nothing here leads anywhere");
                }
            }
            Goal::Line(path, line) => self.open_below(&path.to_string_lossy(), line),
            Goal::Template(file) => self.open_below(&file, 0),
            Goal::Row(sample, row) => {
                self.preview.panes.samples.show(&sample, row);
                self.show_view(View::Samples);
            }
            Goal::Fold(_) => self.fold_state(None),
            Goal::Value(..) => self.edit_state(),
            Goal::Tool(tool) => self.ask_tool(tool),
            Goal::Param(name) => self.ask_param(&name),
            Goal::Secret(name) => self.info(format!(
                "secrets are kept out of the project: set it with `evtui secrets set {name}`"
            )),
        }
    }

    /// Opens a file of the project in the editor.
    fn open_below(&mut self, file: &str, line: usize) {
        let path = self.project.as_ref().map(|project| project.root.join(file));
        if let Some(path) = path {
            self.show_file(path, Some((line, 0)));
        }
    }

    fn open_sample(&mut self) {
        let samples = &self.preview.panes.samples;
        let problem = samples.info().and_then(|info| info.problem.clone());
        let file = samples.info().and_then(|info| info.file.clone());
        let header = samples.table.as_ref().is_some_and(|table| table.header);
        let row = samples.row + usize::from(header);
        let place = problem.and_then(|(_, place)| place);
        let place = self
            .project
            .as_ref()
            .and_then(|project| place.map(|place| resolve(&project.root, &place)));
        match (place, file) {
            (Some((path, span)), _) => {
                self.show_file(path, Some(span.map_or((0, 0), |span| span.start)));
            }
            // A row of a CSV file is a line of it, but for cells that go over several.
            (None, Some(file)) => self.open_below(&file, row),
            (None, None) => self.info("its rows stand in generator.yml"),
        }
    }

    fn fold_state(&mut self, close: Option<bool>) {
        let panes = &mut self.preview.panes;
        let chosen = panes.sheet.chosen().map(|row| row.goal.clone());
        let Some(Goal::Fold(name)) = chosen else {
            return;
        };
        let closed = panes.state_folded.contains(&name);
        match close.unwrap_or(!closed) {
            true => drop(panes.state_folded.insert(name)),
            false => drop(panes.state_folded.remove(&name)),
        }
        self.preview.make_sheet(&self.parameters);
    }

    /// Goes to where the chosen problem or event comes from, or folds.
    pub(in crate::tui::app) fn events_enter(&mut self) {
        let preview = &self.preview;
        let place = match preview.problems.get(preview.chosen) {
            Some(problem) => problem.place.clone(),
            None => {
                let event = preview.events.get(preview.chosen - preview.problems.len());
                let failed = event.and_then(|event| match &event.text {
                    Err(PreviewFailure::Render(error)) => error.places.first(),
                    _ => event.fault.as_ref().and_then(|fault| fault.place.as_ref()),
                });
                let root = self.project.as_ref().map(|project| &project.root);
                root.zip(failed).map(|(root, place)| resolve(root, place))
            }
        };
        match place {
            Some((path, span)) => {
                self.show_file(path, Some(span.map_or((0, 0), |span| span.start)));
            }
            None if self.preview.fold(None) => {}
            None => self.toggle_zoom(),
        }
    }

    /// The event after the chosen one, or before; in the samples the table.
    pub fn next_event(&mut self, by: isize) {
        let before = self.preview.chosen;
        match self.preview.panes.view {
            View::Samples => return self.next_sample(by),
            _ => self.preview.choose_event(by),
        }
        let asks = matches!(self.preview.panes.view, View::Explain | View::Tools);
        if asks && self.preview.chosen != before {
            self.preview.hurry(self.now);
        }
    }

    /// As rendered, or as the next output formats them.
    pub fn next_format(&mut self) {
        let panes = &mut self.preview.panes;
        let count = panes.outputs.len();
        panes.shown = match panes.shown {
            Shown::Rendered => Shown::Output(0),
            Shown::Output(index) if index + 1 < count => Shown::Output(index + 1),
            Shown::Output(_) => Shown::Rendered,
        };
        panes.changes.forget();
        let words = match self.preview.format_name() {
            Some(name) => format!("events as {name} sends them"),
            None => "events as they are rendered".to_owned(),
        };
        self.info(words);
        self.show_events();
        self.preview.hurry(self.now);
    }

    fn show_events(&mut self) {
        if self.preview.panes.view != View::Events {
            self.show_view(View::Events);
        }
    }

    /// JSON as trees, or as text.
    pub fn toggle_tree(&mut self) {
        self.show_events();
        self.preview.panes.tree = !self.preview.panes.tree;
        self.preview.lay_out();
        let row = self.preview.cursor;
        self.preview.put_cursor(row);
        let json = self.preview.trees.iter().any(Option::is_some);
        if self.preview.panes.tree && !json {
            self.info("no event is JSON: there is nothing to show as a tree");
        }
    }

    /// Folds everything that can be, or unfolds it.
    pub fn fold_all(&mut self) {
        let preview = &mut self.preview;
        if preview.panes.view == View::State {
            let folded = &mut preview.panes.state_folded;
            if folded.is_empty() {
                let goals = preview.panes.sheet.rows.iter().map(|row| &row.goal);
                let names = goals.filter_map(|goal| match goal {
                    Goal::Fold(name) => Some(name.clone()),
                    _ => None,
                });
                folded.extend(names);
            } else {
                folded.clear();
            }
            return preview.make_sheet(&self.parameters);
        }
        if preview.panes.folded.is_empty() {
            let ways = preview.rows.iter().filter_map(|row| match row {
                &Row::Tree(event, node) => {
                    let held = preview.tree_node(event, node)?;
                    let inside = held.items > 0 && held.depth > 0;
                    inside.then(|| preview.way(event, node)).flatten()
                }
                _ => None,
            });
            let ways: Vec<String> = ways.collect();
            preview.panes.folded.extend(ways);
        } else {
            preview.panes.folded.clear();
        }
        preview.lay_out();
    }

    /// Long lines go on in the next row, or past the edge.
    pub fn toggle_events_wrap(&mut self) {
        let panes = &mut self.preview.panes;
        panes.wrap = !panes.wrap;
        panes.shift = 0;
        let words = match panes.wrap {
            true => "long lines wrap",
            false => "long lines are cut; ← and → move them",
        };
        self.preview.lay_out();
        self.info(words);
    }

    /// Asks what to look for in what is shown.
    pub fn search_events(&mut self) {
        if self.preview.panes.view == View::Samples {
            return self.search_samples();
        }
        self.show_events();
        let follow = |app: &mut App, typed: &str| app.look_for(typed);
        let take = |app: &mut App, typed: &str| {
            app.look_for(typed);
            let count = app.preview.panes.search.as_ref().map_or(0, Search::count);
            match (typed, count) {
                ("", _) => Ok(()),
                (_, 0) => Err(format!("no event has `{typed}`")),
                _ => Ok(()),
            }
        };
        let before = self.preview.panes.search.as_ref();
        let before = before.map_or(String::new(), |search| search.text.clone());
        let help = "a text or regular expression; a capital makes it exact";
        let prompt = Prompt::new("Search the events", help, take).text(&before);
        let meaning = |app: &App, _: &str| {
            let search = app.preview.panes.search.as_ref();
            match search.map_or(0, Search::count) {
                0 => Err("nothing matches".to_owned()),
                count => Ok(crate::tui::text::count(count, "match").replace("matchs", "matches")),
            }
        };
        self.ask(prompt.follow(follow).meaning(meaning));
    }

    fn look_for(&mut self, typed: &str) {
        self.preview.panes.search = (!typed.is_empty()).then(|| Search::new(typed));
        if let Some(search) = &mut self.preview.panes.search {
            search.look(&self.preview.events);
        }
        self.preview.seek(true, true);
    }

    /// Goes to the next match, or the one before.
    pub fn seek_event(&mut self, forward: bool) {
        if self.preview.panes.view == View::Samples {
            return self.seek_sample(forward);
        }
        if self.preview.panes.search.is_none() {
            return self.search_events();
        }
        self.show_events();
        if !self.preview.seek(forward, false) {
            self.info("nothing matches");
        }
    }

    /// Copies the value under the cursor.
    pub fn copy_value(&mut self) {
        let value = match self.preview.panes.view {
            View::Events => self.preview.chosen_part().map(|(_, value)| value),
            View::Samples => self.preview.panes.samples.cell().map(str::to_owned),
            _ => {
                let row = self.preview.panes.sheet.chosen();
                row.map(|row| match &row.tree {
                    Some((_, value)) => value.clone(),
                    None => row.text().trim().to_owned(),
                })
            }
        };
        self.copy_or(value, "show JSON as a tree to choose a value");
    }

    /// Copies the way to the value under the cursor.
    pub fn copy_path(&mut self) {
        let path = match self.preview.panes.view {
            View::Events => self.preview.chosen_part().map(|(path, _)| path),
            _ => {
                let row = self.preview.panes.sheet.chosen();
                row.and_then(|row| Some(row.tree.as_ref()?.0.clone()))
            }
        };
        self.copy_or(path, "show JSON as a tree to choose a value");
    }

    /// Copies the chosen event as it is shown.
    pub fn copy_event(&mut self) {
        let text = match self.preview.panes.view {
            View::Samples => {
                let samples = &self.preview.panes.samples;
                samples.cells(samples.row).map(|cells| cells.join("\t"))
            }
            View::Events => self.preview.chosen_text(),
            _ => {
                let rows = self.preview.panes.sheet.rows.iter();
                Some(
                    rows.map(super::SheetRow::text)
                        .collect::<Vec<_>>()
                        .join("\n"),
                )
            }
        };
        self.copy_or(text, "there is nothing to copy");
    }

    fn copy_or(&mut self, text: Option<String>, nothing: &str) {
        match text {
            Some(text) => {
                let start = crate::tui::text::fit(text.lines().next().unwrap_or_default(), 40);
                self.info(format!("copied {start}"));
                self.put_on_clipboard(text);
            }
            None => self.info(nothing),
        }
    }

    /// Takes back or removes what the row stands for.
    pub fn remove_row(&mut self) {
        match self.preview.panes.view {
            View::Params => self.forget_param(),
            _ => self.remove_from_state(),
        }
    }

    /// A click below the heading of the events; a second one on the same place follows it.
    pub(in crate::tui::app) fn click_events(&mut self, body: Rect, at: Position) {
        let row = usize::from(at.y.saturating_sub(body.y));
        let preview = &mut self.preview;
        match preview.panes.view {
            View::Events => {
                let above = usize::from(preview.needs_rows(body.height));
                let Some(row) = row.checked_sub(above) else {
                    return self.show_view(View::Params);
                };
                let index = preview.top + row;
                let Some(hit) = preview.rows.get(index) else {
                    return;
                };
                let Some(item) = preview.item_of(hit) else {
                    return;
                };
                let again = preview.cursor == index;
                match hit {
                    Row::Tree(..) => {
                        preview.put_cursor(index);
                        if again {
                            preview.fold(None);
                        }
                    }
                    Row::Fault(..) => {
                        preview.chosen = item;
                        self.events_enter();
                    }
                    _ => {
                        preview.chosen = item;
                        preview.cursor = index;
                    }
                }
            }
            View::Samples => {
                // Below the list of tables and the names of the columns.
                if let Some(index) = row.checked_sub(2) {
                    let samples = &mut preview.panes.samples;
                    if index < samples.height {
                        let wanted = samples.top + index;
                        let by = isize::try_from(wanted).unwrap_or(0)
                            - isize::try_from(samples.row).unwrap_or(0);
                        samples.step(by, 0);
                    }
                } else {
                    self.next_sample(1);
                }
            }
            _ => {
                let sheet = &mut preview.panes.sheet;
                let index = sheet.top + row;
                if index < sheet.rows.len() {
                    let again = sheet.cursor == index;
                    sheet.cursor = index;
                    if again {
                        self.enter();
                    }
                }
            }
        }
    }

    /// The wheel over the place of the events.
    pub(in crate::tui::app) fn wheel_events(&mut self, by: isize) {
        let preview = &mut self.preview;
        match preview.panes.view {
            View::Events => preview.scroll(by),
            View::Samples => preview.panes.samples.step(by, 0),
            _ => preview.panes.sheet.scroll(by),
        }
    }
}
