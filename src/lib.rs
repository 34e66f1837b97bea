//! The map of the crate.
//!
//! ```text
//! generator.yml --config--> Document --pipeline::plan--> Plan --pipeline::start--> Running
//!    inputs --merge by time--> TimestampBatch --queue--> event source --EventBatch--> queue per output --> format --> write
//! ```
//!
//! A layer knows only those above it in this list (`tests/layers.rs` checks it):
//!
//! | module | what it is |
//! |---|---|
//! | [`time`] | zones, wall clock and instant, clocks, versatile datetimes, cron |
//! | [`batch`] | the two data types that flow through a pipeline |
//! | [`config`] | text to spanned tree to checked configuration; diagnostics |
//! | [`fake`] | random streams and fake-data providers |
//! | [`template`] | the template language: values and text, nothing of generators |
//! | [`input`] | plugins: when |
//! | [`event`] | plugins: what |
//! | [`output`] | plugins: where to; formatters |
//! | [`language`] | completion, hover help, fixes, JSON Schema, portability |
//! | [`pipeline`] | one running generator: stages, queues, counters, stop |
//! | [`preview`] | design-time evaluation with limits |
//! | [`instance`] | many generators behind one handle |
//! | [`tui`] | face: the terminal application |
//! | [`cli`] | face: the command line |
//!
//! Glossary: *generator* a project that can run · *project* its folder · *pipeline* a generator
//! running · *stage* input, event, output · *plugin* one kind of a stage · *batch*, *timestamp*,
//! *event*, *formatter* · *sample* a data set · *state* locals, shared, globals · *run* from start to
//! its end reason · *preview* · *instance* a process that holds generators · *diagnostic* a problem
//! with a place.

pub mod batch;
pub mod cli;
pub mod config;
pub mod event;
pub mod fake;
pub mod input;
pub mod instance;
pub mod language;
pub mod output;
pub mod pipeline;
pub mod preview;
pub mod template;
pub mod time;
pub mod tui;
