//! What the event stage has cut up for its workers and not yet handed on.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::batch::TimestampBatch;

use super::crew::Board;
use super::divided::Divided;
use super::job::{Job, Part, Piece, Way};
use super::shared::Shared;

/// A batch of timestamps that was cut up.
pub(super) struct Group {
    pub(super) timestamps: Arc<TimestampBatch>,
    /// Pieces that are not yet handed on.
    pub(super) pieces: usize,
}

/// A piece that is in work, or done.
pub(super) struct Posted {
    pub(super) piece: Piece,
    /// What was picked of templates that are off when it was begun.
    pub(super) left_out: Vec<(u16, u64)>,
    /// What the event stage itself made of it; otherwise it is on the board.
    pub(super) part: Option<Part>,
}

/// What is cut up and not yet handed on.
pub(super) struct Window<'a> {
    shared: &'a Shared,
    pub(super) groups: VecDeque<Group>,
    /// Pieces in work or done, and those behind them.
    pub(super) posted: VecDeque<Posted>,
    pub(super) cut: VecDeque<Piece>,
    /// Number of the next job.
    number: u64,
    /// Number of the first timestamp that is not cut up.
    pub(super) index: u64,
    pub(super) most_jobs: usize,
    /// When workers only finish what is begun.
    pub(super) divided: Option<Divided>,
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        // Looked ahead only, as what waits in the queue is.
        for group in &self.groups {
            self.shared.discard(&group.timestamps);
        }
    }
}

impl<'a> Window<'a> {
    /// An empty one at a timestamp.
    pub(super) fn new(shared: &'a Shared, index: u64, most_jobs: usize) -> Self {
        Self {
            shared,
            groups: VecDeque::new(),
            posted: VecDeque::new(),
            cut: VecDeque::new(),
            number: 0,
            index,
            most_jobs,
            divided: None,
        }
    }

    /// Cuts a batch into pieces of `size` timestamps.
    pub(super) fn cut(&mut self, timestamps: TimestampBatch, size: usize) {
        let timestamps = Arc::new(timestamps);
        let before = self.cut.len();
        let mut start = 0;
        while start < timestamps.len() {
            let end = timestamps.len().min(start + size);
            self.cut.push_back(Piece {
                index: self.index + start as u64,
                timestamps: timestamps.clone(),
                range: start..end,
            });
            start = end;
        }
        self.index += timestamps.len() as u64;
        let pieces = self.cut.len() - before;
        self.groups.push_back(Group { timestamps, pieces });
    }

    /// The job for the next piece.
    pub(super) fn post(&mut self, way: Way, left_out: Vec<(u16, u64)>) -> Option<Job> {
        let piece = self.cut.pop_front()?;
        let job = Job {
            number: self.number,
            piece: piece.clone(),
            way,
        };
        self.number += 1;
        self.posted.push_back(Posted {
            piece,
            left_out,
            part: None,
        });
        Some(job)
    }

    /// The event stage itself is done with the next piece.
    pub(super) fn keep(&mut self, part: Part) {
        if let Some(piece) = self.cut.pop_front() {
            self.posted.push_back(Posted {
                piece,
                left_out: Vec::new(),
                part: Some(part),
            });
        }
    }

    /// True when there is room for another piece in work.
    pub(super) fn has_room(&self) -> bool {
        self.posted.len() < self.most_jobs
    }

    /// True when the oldest piece can be taken.
    pub(super) fn is_next_done(&self, board: &Board) -> bool {
        let oldest = self.posted.front();
        oldest.is_some_and(|posted| posted.part.is_some() || board.is_next_done())
    }

    /// Takes back what was begun from a piece on, whose part cannot be taken.
    pub(super) fn give_up(&mut self, piece: Piece, part: &Part, board: &Board) {
        board.skip_to(self.number);
        let behind = self.posted.iter().map(|posted| posted.piece.len() as u64);
        let begun = piece.len() as u64 + behind.sum::<u64>();
        let failed = part.done < piece.len();
        if let Some(divided) = &mut self.divided {
            divided.give_up(&piece, begun, failed);
        }
        while let Some(posted) = self.posted.pop_back() {
            self.cut.push_front(posted.piece);
        }
        self.cut.push_front(piece);
    }
}
