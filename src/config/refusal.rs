//! What the operating system refused, in words of people: no numbers, no names of system calls.

use std::io::{self, ErrorKind};

/// Why something could not be done to a file, in a few words that can stand behind a colon.
pub fn why(error: &io::Error) -> String {
    // Whoever made it with words of its own knows better.
    if error.get_ref().is_some() {
        return plain(error);
    }
    let known = match error.kind() {
        ErrorKind::NotFound => "it does not exist",
        ErrorKind::PermissionDenied => "no permission",
        ErrorKind::AlreadyExists => "there is one there already",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::QuotaExceeded => "there is no room left for this user",
        ErrorKind::ReadOnlyFilesystem => "the file system is read-only",
        ErrorKind::NotADirectory => "a folder above it is a file",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::DirectoryNotEmpty => "the folder is not empty",
        ErrorKind::InvalidFilename => "the name is too long, or has characters that it cannot have",
        ErrorKind::FileTooLarge => "it is too large",
        ErrorKind::CrossesDevices => "it is on another disk",
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => "something is using it",
        ErrorKind::OutOfMemory => "there is no memory left",
        ErrorKind::InvalidData => "it is not UTF-8 text",
        ErrorKind::BrokenPipe => "nobody reads it any more",
        _ => return plain(error),
    };
    known.to_owned()
}

/// What can be done about it, as an order, where something can.
pub fn way_out(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        ErrorKind::PermissionDenied => "change its permissions, or choose another place",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room, then try again",
        ErrorKind::ReadOnlyFilesystem => "choose a place that can be written to",
        _ => return None,
    })
}

/// What the system says, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or(&text);
    let known = match error.raw_os_error() {
        // These have no kind of their own.
        #[cfg(unix)]
        Some(24 | 23) => Some("too many files are open"),
        #[cfg(unix)]
        Some(5) => Some("the disk cannot be read or written"),
        #[cfg(unix)]
        Some(40) => Some("its links lead round in a circle"),
        _ => None,
    };
    let mut letters = words.chars();
    match (known, letters.next()) {
        (Some(words), _) => words.to_owned(),
        // An abbreviation keeps its capitals.
        (None, Some(first)) if !letters.as_str().starts_with(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        (None, _) => words.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_numbers_of_the_system_are_shown() {
        for code in 1..130 {
            let said = why(&io::Error::from_raw_os_error(code));
            assert!(!said.contains("os error") && !said.is_empty(), "{said}");
            assert!(!said.ends_with('.'), "{said}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn common_refusals_are_said_in_words_and_lead_on() {
        let of = io::Error::from_raw_os_error;
        assert_eq!(why(&of(30)), "the file system is read-only");
        assert_eq!(
            way_out(&of(30)),
            Some("choose a place that can be written to")
        );
        assert_eq!(why(&of(28)), "the disk is full");
        assert_eq!(why(&of(24)), "too many files are open");
        assert_eq!(why(&io::Error::other("Strange")), "strange");
        let own = io::Error::new(ErrorKind::PermissionDenied, "it is not yours");
        assert_eq!(why(&own), "it is not yours");
        assert_eq!(why(&io::Error::other("URL is odd")), "URL is odd");
    }
}
