//! Where the panes are: a function of the size and of what is shown.

use ratatui::layout::Rect;

use serde::{Deserialize, Serialize};

use super::app::Focus;

/// What was changed of sizes and places; the rest follows the screen's size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    /// Columns of the list of files.
    pub files: Option<u16>,
    /// Percent of the width that the previews have beside the editor, 15 to 85.
    pub right: Option<u16>,
    /// Percent of the height that the upper preview has, 15 to 85.
    pub upper: Option<u16>,
    /// Rows of the pipeline's details.
    pub pipeline: Option<u16>,
    /// The previews stand left of the editor.
    pub mirrored: bool,
    /// The events stand above the timestamps.
    pub events_first: bool,
    /// The previews are hidden.
    pub bare: bool,
}

/// Percent within which panes share a place.
const SHARES: std::ops::RangeInclusive<u16> = 15..=85;

/// What the layout depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Which pane has the keys.
    pub focus: Focus,
    /// Whether files are shown; `None` leaves it to the width.
    pub files: Option<bool>,
    /// One pane has everything.
    pub zoom: bool,
    /// Rows that the pipeline's details take; 0 when they are not shown.
    pub pipeline_rows: u16,
    /// The pipeline's line is shown.
    pub pipeline_line: bool,
    /// Which of the right panes was used last.
    pub right: Focus,
    /// Sizes and places that were changed.
    pub panes: Arrangement,
}

/// The places; a part that is not shown is `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Layout {
    /// Title bar.
    pub title: Option<Rect>,
    /// List of files.
    pub files: Option<Rect>,
    /// Editor.
    pub editor: Option<Rect>,
    /// Timestamps.
    pub timestamps: Option<Rect>,
    /// Events.
    pub events: Option<Rect>,
    /// True when the right panes share one place, and tabs tell which is shown.
    pub tabs: bool,
    /// Pipeline, one line or more.
    pub pipeline: Option<Rect>,
    /// Status line.
    pub status: Option<Rect>,
    /// Key hints.
    pub hints: Option<Rect>,
    /// Columns between panes.
    pub rules: [Option<Rect>; 2],
}

/// Narrowest screen with two columns.
const TWO_COLUMNS: u16 = 64;
/// Narrowest screen with the files beside them.
const THREE_COLUMNS: u16 = 96;
/// Least height in which the right panes stand above each other.
const STACK: u16 = 24;

/// ```text
/// title
/// files │ editor │ timestamps
///       │        │ events
/// pipeline
/// status
/// hints
/// ```
pub fn layout(size: Rect, wish: Wish) -> Layout {
    let mut out = Layout::default();
    let mut rest = size;
    if rest.height >= 4 {
        out.status = Some(take_bottom(&mut rest, 1));
    }
    if rest.height >= 10 {
        out.title = Some(take_top(&mut rest, 1));
        out.hints = Some(take_bottom(&mut rest, 1));
        if let (Some(status), Some(hints)) = (&mut out.status, &mut out.hints) {
            // Hints stand below the status.
            std::mem::swap(status, hints);
        }
    }
    let pipeline = match () {
        () if wish.zoom && wish.focus == Focus::Pipeline => rest.height,
        () if wish.pipeline_rows > 0 && rest.height >= 12 => {
            let rows = wish.panes.pipeline.unwrap_or(wish.pipeline_rows.min(14));
            rows.max(6).min(rest.height / 2)
        }
        () if wish.pipeline_line && rest.height >= 4 => 1,
        () => 0,
    };
    if pipeline > 0 {
        out.pipeline = Some(take_bottom(&mut rest, pipeline));
    }
    columns(rest, wish, &mut out);
    out
}

/// What lies between the bars: the whole place of a screen that is not the workbench.
pub fn between(size: Rect, layout: &Layout) -> Rect {
    let above = layout.title.map_or(0, |area| area.height);
    let below = [layout.status, layout.hints];
    let below: u16 = below.into_iter().flatten().map(|area| area.height).sum();
    Rect {
        y: size.y + above,
        height: size.height.saturating_sub(above + below),
        ..size
    }
}

fn columns(mut rest: Rect, wish: Wish, out: &mut Layout) {
    if rest.is_empty() {
        return;
    }
    let alone = wish.zoom || rest.width < TWO_COLUMNS;
    if alone {
        let slot = match wish.focus {
            Focus::Files => &mut out.files,
            Focus::Editor | Focus::Pipeline => &mut out.editor,
            Focus::Timestamps => &mut out.timestamps,
            Focus::Events => &mut out.events,
        };
        *slot = Some(rest);
        return;
    }
    let files = wish
        .files
        .unwrap_or(rest.width >= THREE_COLUMNS || wish.focus == Focus::Files);
    if files {
        let width = wish.panes.files.unwrap_or((rest.width / 5).clamp(20, 32));
        // The others keep room to be of use.
        let width = width.clamp(12, (rest.width / 2).max(12));
        out.files = Some(take_left(&mut rest, width));
        out.rules[0] = Some(take_left(&mut rest, 1));
    }
    if wish.panes.bare && !matches!(wish.focus, Focus::Timestamps | Focus::Events) {
        out.editor = Some(rest);
        return;
    }
    let share = wish
        .panes
        .right
        .map_or(45, |share| share.clamp(*SHARES.start(), *SHARES.end()));
    let right = u16::try_from(u32::from(rest.width) * u32::from(share) / 100).unwrap_or(0);
    let left = rest.width.saturating_sub(right).saturating_sub(1);
    if wish.panes.mirrored {
        let mut previews = take_left(&mut rest, right);
        out.rules[1] = Some(take_left(&mut rest, 1));
        out.editor = Some(rest);
        stack(&mut previews, wish, out);
    } else {
        out.editor = Some(take_left(&mut rest, left));
        out.rules[1] = Some(take_left(&mut rest, 1));
        stack(&mut rest, wish, out);
    }
}

/// The previews above each other, or in one place with tabs.
fn stack(rest: &mut Rect, wish: Wish, out: &mut Layout) {
    if rest.height < STACK {
        out.tabs = true;
        let slot = match wish.right {
            Focus::Timestamps => &mut out.timestamps,
            _ => &mut out.events,
        };
        *slot = Some(*rest);
        return;
    }
    let upper = match wish.panes.upper {
        Some(share) => {
            let share = u32::from(share.clamp(*SHARES.start(), *SHARES.end()));
            let height = u16::try_from(u32::from(rest.height) * share / 100).unwrap_or(0);
            height.clamp(3, rest.height.saturating_sub(3))
        }
        None if wish.panes.events_first => rest.height - (rest.height * 2 / 5).clamp(11, 18),
        None => (rest.height * 2 / 5).clamp(11, 18),
    };
    let first = take_top(rest, upper);
    let (timestamps, events) = if wish.panes.events_first {
        (*rest, first)
    } else {
        (first, *rest)
    };
    out.timestamps = Some(timestamps);
    out.events = Some(events);
}

fn take_top(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    let out = Rect { height, ..*rest };
    rest.y += height;
    rest.height -= height;
    out
}

fn take_bottom(rest: &mut Rect, height: u16) -> Rect {
    let height = height.min(rest.height);
    rest.height -= height;
    Rect {
        y: rest.bottom(),
        height,
        ..*rest
    }
}

fn take_left(rest: &mut Rect, width: u16) -> Rect {
    let width = width.min(rest.width);
    let out = Rect { width, ..*rest };
    rest.x += width;
    rest.width -= width;
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn parts(layout: &Layout) -> Vec<Rect> {
        [
            layout.title,
            layout.files,
            layout.editor,
            layout.timestamps,
            layout.events,
            layout.pipeline,
            layout.status,
            layout.hints,
            layout.rules[0],
            layout.rules[1],
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    #[test]
    fn parts_cover_every_size_exactly_once() {
        for (width, height) in (0..130).flat_map(|w| (0..45).map(move |h| (w, h))) {
            for focus in Focus::ALL {
                for (zoom, details) in [(false, false), (true, false), (false, true), (true, true)]
                {
                    for panes in arrangements() {
                        let wish = Wish {
                            focus,
                            files: None,
                            zoom,
                            pipeline_rows: if details { 9 } else { 0 },
                            pipeline_line: true,
                            right: Focus::Events,
                            panes,
                        };
                        let size = Rect::new(0, 0, width, height);
                        let parts = parts(&layout(size, wish));
                        let area: u32 = parts.iter().map(|part| part.area()).sum();
                        assert_eq!(area, size.area(), "{width}x{height} {wish:?}");
                        for part in &parts {
                            assert_eq!(part.intersection(size), *part);
                        }
                    }
                }
            }
        }
    }

    fn arrangements() -> [Arrangement; 4] {
        let plain = Arrangement::default();
        [
            plain,
            Arrangement {
                mirrored: true,
                events_first: true,
                ..plain
            },
            Arrangement {
                files: Some(u16::MAX),
                right: Some(99),
                upper: Some(0),
                pipeline: Some(u16::MAX),
                ..plain
            },
            Arrangement {
                files: Some(0),
                right: Some(0),
                upper: Some(100),
                pipeline: Some(0),
                bare: true,
                ..plain
            },
        ]
    }
}
