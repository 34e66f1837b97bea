//! Python modules that exist, but not here: any use of one says what to do instead.

use std::fmt::Write;

use crate::template::{Error, ErrorKind, Object, Value};

/// Modules that people reach for in templates.
const KNOWN: &[&str] = &[
    "argparse",
    "array",
    "asyncio",
    "binascii",
    "bisect",
    "codecs",
    "collections",
    "copy",
    "csv",
    "dateutil",
    "decimal",
    "email",
    "enum",
    "fractions",
    "functools",
    "getpass",
    "glob",
    "gzip",
    "heapq",
    "hmac",
    "html",
    "http",
    "importlib",
    "io",
    "itertools",
    "locale",
    "logging",
    "numpy",
    "operator",
    "os",
    "os.path",
    "pathlib",
    "pickle",
    "platform",
    "pytz",
    "requests",
    "secrets",
    "shutil",
    "socket",
    "statistics",
    "struct",
    "subprocess",
    "sys",
    "tempfile",
    "textwrap",
    "threading",
    "typing",
    "unicodedata",
    "xml",
    "yaml",
    "zlib",
];

/// A stand-in for a module; `None` for a name that is none.
pub(super) fn find(name: &str) -> Option<Value> {
    let known = KNOWN.iter().find(|known| **known == name)?;
    Some(Value::object(Absent(known)))
}

struct Absent(&'static str);

impl Object for Absent {
    fn type_name(&self) -> &str {
        "module"
    }

    fn get_item(&self, _: &Value) -> Result<Option<Value>, Error> {
        let message = format!("the Python module `{}` is not built in", self.0);
        let known: Vec<_> = super::python_modules().collect();
        Err(Error::new(ErrorKind::NotFound, message).help(format!(
            "an event source of type `script` can use any module; templates have {}",
            known.join(", ")
        )))
    }

    fn text(&self, out: &mut dyn Write) -> std::fmt::Result {
        write!(out, "<module '{}'>", self.0)
    }
}
