//! The template language: Jinja2 as Eventum configures it, compiled to a compact program.
//!
//! Knows values and text, nothing of generators, plugins or documents.
