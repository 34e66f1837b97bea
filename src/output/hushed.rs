//! An output whose options hold secrets: neither the form of its options nor its errors show them,
//! whatever servers and libraries quote.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::config::hush;

use super::{
    DeliveryConfig, FormatConfig, Items, LocalOutput, Output, OutputConfig, OutputEnv, OutputError,
    Receipt, RemoteOutput, TextConfig,
};

/// Keeps the secrets of `config` from being shown; everything else is as it was.
pub fn hushed(config: Box<dyn OutputConfig>) -> Box<dyn OutputConfig> {
    Box::new(HushedConfig(config))
}

struct HushedConfig(Box<dyn OutputConfig>);

impl fmt::Debug for HushedConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl OutputConfig for HushedConfig {
    fn format(&self) -> &FormatConfig {
        self.0.format()
    }

    fn file(&self) -> Option<&Path> {
        self.0.file()
    }

    fn separator(&self) -> &str {
        self.0.separator()
    }

    fn texts(&self) -> &[TextConfig] {
        self.0.texts()
    }

    fn delivery(&self) -> &DeliveryConfig {
        self.0.delivery()
    }

    fn build(&self, env: &OutputEnv<'_>) -> Result<Output, OutputError> {
        Ok(match self.0.build(env).map_err(clean)? {
            Output::Local(output) => Output::Local(Box::new(HushedLocal(output))),
            Output::Remote(output) => Output::Remote(Arc::new(HushedRemote(output))),
        })
    }
}

fn clean(mut error: OutputError) -> OutputError {
    if let Cow::Owned(message) = hush(&error.message) {
        error.message = message;
    }
    if let Some(Cow::Owned(help)) = error.help.as_deref().map(hush) {
        error.help = Some(help);
    }
    error
}

fn clean_receipt(mut receipt: Receipt) -> Receipt {
    let failures = std::mem::take(&mut receipt.failures).into_iter();
    receipt.failures = failures
        .map(|(range, error)| (range, clean(error)))
        .collect();
    receipt
}

struct HushedLocal(Box<dyn LocalOutput>);

impl fmt::Debug for HushedLocal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl LocalOutput for HushedLocal {
    fn open(&mut self) -> Result<(), OutputError> {
        self.0.open().map_err(clean)
    }

    fn write(&mut self, items: &Items<'_>, now: Instant) -> Receipt {
        clean_receipt(self.0.write(items, now))
    }

    fn due(&self) -> Option<Instant> {
        self.0.due()
    }

    fn tick(&mut self, now: Instant) -> Result<(), OutputError> {
        self.0.tick(now).map_err(clean)
    }

    fn close(&mut self) -> Result<(), OutputError> {
        self.0.close().map_err(clean)
    }
}

struct HushedRemote(Arc<dyn RemoteOutput>);

impl fmt::Debug for HushedRemote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl RemoteOutput for HushedRemote {
    fn open(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        self.0.open().map(|opened| opened.map_err(clean)).boxed()
    }

    fn send<'a>(&'a self, items: Items<'a>) -> BoxFuture<'a, Receipt> {
        self.0.send(items).map(clean_receipt).boxed()
    }

    fn close(&self) -> BoxFuture<'_, Result<(), OutputError>> {
        self.0.close().map(|closed| closed.map_err(clean)).boxed()
    }
}
