//! Expressions, formatters and moments to try on the chosen event, as typed.

use super::sheet::{Goal, Ink, SheetRow, heading, wrapped};
use crate::preview::{AttemptError, Tried};
use crate::time::{Versatile, Zone};
use crate::tui::app::App;
use crate::tui::app::prompt::Prompt;
use crate::tui::text;

/// What can be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// An expression or template, with what the event's template sees.
    Expression,
    /// A formatter.
    Formatter,
    /// A moment as settings name them.
    Moment,
}

impl Tool {
    const ALL: [Self; 3] = [Self::Expression, Self::Formatter, Self::Moment];

    fn title(self) -> &'static str {
        match self {
            Self::Expression => "Expression",
            Self::Formatter => "Formatter",
            Self::Moment => "Moment",
        }
    }

    fn help(self) -> &'static str {
        match self {
            Self::Expression => "such as timestamp.isoformat() or {{ shared.n }}",
            Self::Formatter => "json, {format: json, indent: 2}, or a template of {{ event }}",
            Self::Moment => "now+1h, -1d, tomorrow 9am, 14:30, 2027-01-31",
        }
    }
}

/// What was typed and what came of it.
#[derive(Debug, Default)]
pub struct Tools {
    texts: [String; 3],
    results: [Option<Result<String, AttemptError>>; 2],
}

impl Tools {
    fn text(&self, tool: Tool) -> &str {
        let [expression, formatter, moment] = &self.texts;
        match tool {
            Tool::Expression => expression,
            Tool::Formatter => formatter,
            Tool::Moment => moment,
        }
    }

    fn set(&mut self, tool: Tool, typed: &str) {
        let [expression, formatter, moment] = &mut self.texts;
        let place = match tool {
            Tool::Expression => expression,
            Tool::Formatter => formatter,
            Tool::Moment => moment,
        };
        typed.clone_into(place);
    }

    /// What the preview has to try.
    pub(super) fn attempts(&self) -> impl Iterator<Item = Tried> {
        let [expression, formatter, _] = &self.texts;
        let expression = (!expression.is_empty()).then(|| Tried::Template(expression.clone()));
        let formatter = (!formatter.is_empty()).then(|| Tried::Formatter(formatter.clone()));
        [expression, formatter].into_iter().flatten()
    }

    pub(super) fn take(&mut self, results: Vec<Result<String, AttemptError>>) {
        let mut results = results.into_iter();
        let [expression, formatter, _] = &self.texts;
        let given = [!expression.is_empty(), !formatter.is_empty()];
        self.results = given.map(|given| if given { results.next() } else { None });
    }
}

/// The rows; `now_us` is the preview's present.
pub(super) fn rows(tools: &Tools, zone: Zone, now_us: i64, width: usize) -> Vec<SheetRow> {
    let mut rows = Vec::new();
    for tool in Tool::ALL {
        let goal = Goal::Tool(tool);
        let from = rows.len();
        heading(&mut rows, tool.title(), tool.help());
        one(tools, tool, zone, now_us, width, &mut rows);
        // All that belongs to a tool leads to its field.
        let own = rows.iter_mut().skip(from);
        own.for_each(|row| row.goal = goal.clone());
    }
    rows
}

/// The rows of a tool below its heading.
fn one(tools: &Tools, tool: Tool, zone: Zone, now_us: i64, width: usize, rows: &mut Vec<SheetRow>) {
    let [expression, formatter] = &tools.results;
    let typed = tools.text(tool);
    if typed.is_empty() {
        rows.push(SheetRow::of("  Enter", Ink::Accent).and(" types one", Ink::Muted));
        return;
    }
    rows.push(SheetRow::of("  ", Ink::Muted).and(typed, Ink::Key));
    let result = match tool {
        Tool::Expression => expression.clone(),
        Tool::Formatter => formatter.clone(),
        Tool::Moment => Some(moment(typed, zone, now_us)),
    };
    match result {
        None => rows.push(SheetRow::of("  … working it out", Ink::Muted)),
        Some(Ok(result)) if result.is_empty() => {
            rows.push(SheetRow::of("= ", Ink::Muted).and("nothing, an empty text", Ink::Muted));
        }
        Some(Ok(result)) => rows.extend(signed(&result, "= ", width, Ink::String)),
        Some(Err(error)) => fault(&error, typed, width, rows),
    }
}

/// Rows of a text with a sign of two cells before the first.
fn signed(text: &str, sign: &str, width: usize, ink: Ink) -> Vec<SheetRow> {
    let mut rows: Vec<SheetRow> = wrapped(text, "  ", width, ink).collect();
    let piece = rows.first_mut().and_then(|row| row.pieces.first_mut());
    if let Some(piece) = piece {
        sign.clone_into(&mut piece.0);
    }
    rows
}

fn fault(error: &AttemptError, typed: &str, width: usize, rows: &mut Vec<SheetRow>) {
    if let Some((1, column)) = error.at {
        let column = (column as usize).saturating_sub(1);
        let before: String = typed.chars().take(column).collect();
        let indent = text::width(&before) + 2;
        if indent < width {
            rows.push(SheetRow::of(format!("{}^", " ".repeat(indent)), Ink::Error));
        }
    }
    let words = match error.at {
        Some((1, column)) => format!("column {column}: {}", error.message),
        Some((line, column)) => format!("{line}:{column}: {}", error.message),
        None => error.message.clone(),
    };
    rows.extend(signed(&words, "✗ ", width, Ink::Error));
    if let Some(help) = &error.help {
        rows.extend(signed(help, "→ ", width, Ink::Muted));
    }
}

fn moment(typed: &str, zone: Zone, now_us: i64) -> Result<String, AttemptError> {
    let said = |message: String, help: Option<String>| AttemptError {
        message,
        at: None,
        help,
    };
    let versatile = Versatile::parse(typed)
        .map_err(|error| said(error.message.clone(), Some(error.help.to_owned())))?;
    let now = zone.at_instant(now_us);
    let at = versatile
        .resolve(zone, now, now)
        .map_err(|error| said(error.to_string(), None))?;
    let ahead = text::ahead(at.instant_us().saturating_sub(now_us));
    Ok(format!("{at}  {ahead} from the preview's now"))
}

impl App {
    /// Types something to try; its result is shown as it is typed.
    pub fn ask_tool(&mut self, tool: Tool) {
        self.show_view(super::View::Tools);
        let follow = move |app: &mut App, typed: &str| app.try_out(tool, typed);
        let take = move |app: &mut App, typed: &str| {
            app.try_out(tool, typed);
            Ok(())
        };
        let before = self.preview.panes.tools.text(tool).to_owned();
        let prompt = Prompt::new(tool.title(), tool.help(), take).text(&before);
        self.ask(prompt.follow(follow));
    }

    fn try_out(&mut self, tool: Tool, typed: &str) {
        if self.preview.panes.tools.text(tool) == typed {
            return;
        }
        self.preview.panes.tools.set(tool, typed);
        if tool == Tool::Moment {
            self.preview.make_sheet(&self.parameters);
        } else {
            self.preview.hurry(self.now);
        }
    }
}
