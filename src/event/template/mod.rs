//! The plugin `template`: events from Jinja templates, samples and state.

mod analysis;
mod build;
mod cargo;
mod condition;
mod config;
mod dispatch;
mod divided;
#[cfg(test)]
mod divided_tests;
mod explain;
mod globals;
mod legacy;
mod module;
mod pick;
pub(super) mod samples;
mod source;
mod state;
mod subprocess;
#[cfg(test)]
mod tests;
mod values;
mod view;

use super::{
    EventConfig, EventEnv, EventPlugin, EventSource, Inspect, Outline, Sample, SampleInfo,
    SampleWish,
};
use crate::config::{Context, Diagnostics, Node, Schema};
use crate::template::{Value, usage};

pub use build::Streams;
pub use config::TemplateConfig;
pub use source::TemplateSource;

pub(super) const PLUGIN: EventPlugin = EventPlugin {
    schema: &config::SCHEMA,
    decode,
};

fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Box<dyn EventConfig>> {
    Some(Box::new(config::decode(node, cx)?))
}

/// The forms that an entry of `templates` or `samples` may have.
pub(super) fn parts(schema: &Schema, option: &str) -> &'static [&'static Schema] {
    if std::ptr::eq(schema, &config::SCHEMA) {
        config::parts(option)
    } else {
        &[]
    }
}

/// What the gateway has at a path.
pub(super) fn module_names(path: &[&str]) -> Vec<String> {
    let gateway = Value::object(module::Gateway::new(module::FakerMode::Real));
    let found = path.iter().try_fold(gateway, |at, name| match at {
        Value::Object(object) => object.get_attr(name),
        _ => None,
    });
    match found {
        Some(Value::Object(object)) => object.names(),
        _ => Vec::new(),
    }
}

/// The parameters of a function of the gateway.
pub(super) fn module_signature(path: &[&str]) -> Option<String> {
    module::signature(path).map(usage::written)
}

impl TemplateConfig {
    /// Decodes the plugin's options; `None` after errors were reported.
    pub fn decode(node: &Node, cx: &mut Context<'_>) -> Option<Self> {
        config::decode(node, cx)
    }

    /// Builds the source with a random stream of the caller's choice.
    pub fn build_with(
        &self,
        env: &EventEnv<'_>,
        streams: Streams,
        problems: &mut Diagnostics,
    ) -> Option<TemplateSource> {
        build::build(self, env, streams, Inspect::default(), problems)
    }
}

impl EventConfig for TemplateConfig {
    fn build(
        &self,
        env: &EventEnv<'_>,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        self.build_inspected(env, Inspect::default(), problems)
    }

    fn build_inspected(
        &self,
        env: &EventEnv<'_>,
        inspect: Inspect,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let streams = match env.seed {
            Some(seed) => Streams::Seeded(seed),
            None => Streams::Seeded(crate::fake::entropy()),
        };
        let source = build::build(self, env, streams, inspect, problems)?;
        Some(Box::new(source))
    }

    fn build_another(
        &self,
        env: &EventEnv<'_>,
        streams: u64,
        problems: &mut Diagnostics,
    ) -> Option<Box<dyn EventSource>> {
        let source = self.build_with(env, Streams::Seeded(streams), problems)?;
        Some(Box::new(source))
    }

    fn outline(&self) -> Outline {
        view::outline(self)
    }

    fn samples(
        &self,
        env: &EventEnv<'_>,
        wish: &SampleWish,
    ) -> Option<(Vec<SampleInfo>, Option<Sample>)> {
        Some(view::samples(self, env, wish))
    }
}
