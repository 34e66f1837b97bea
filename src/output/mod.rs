//! Plugins that say where to, and the formatters in front of them. One file a plugin.
//!
//! Knows nothing of inputs, event sources or threads.
