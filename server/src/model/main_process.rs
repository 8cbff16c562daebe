//! The command that a sandbox runs by itself.

use serde::{Deserialize, Serialize};

use super::{ExecId, ExitStatus, ImageConfig};

/// SIGTERM.
const DEFAULT_STOP_SIGNAL: i32 = 15;

/// What is asked for: what is empty or `None` is the image's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MainRequest {
    /// The program and its first arguments.
    pub entrypoint: Vec<String>,
    /// What follows, or the program where there is no entrypoint.
    pub command: Vec<String>,
    /// What ends it.
    pub stop_signal: Option<i32>,
}

/// A sandbox's main process, of its record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MainProcess {
    /// The program and its first arguments; may be empty.
    pub entrypoint: Vec<String>,
    /// What follows; not empty where there is no entrypoint.
    pub command: Vec<String>,
    /// What ends it.
    pub stop_signal: i32,
    /// The exec that it is, or was when the sandbox ran last.
    pub exec: Option<ExecId>,
    /// How it ended, where that is known.
    pub exit: Option<ExitStatus>,
}

impl MainProcess {
    /// What is asked for over what the image says; `None` where neither names
    /// a program.
    pub fn new(request: &MainRequest, image: &ImageConfig) -> Option<Self> {
        let (entrypoint, cmd) = match request.entrypoint.is_empty() {
            // The image's cmd is meant for the image's entrypoint.
            false => (request.entrypoint.clone(), &Vec::new()),
            true => (image.entrypoint.clone(), &image.cmd),
        };
        let command = match request.command.is_empty() {
            false => request.command.clone(),
            true => cmd.clone(),
        };
        let program = entrypoint.first().or(command.first())?;
        if program.is_empty() {
            return None;
        }
        // An image may say anything.
        let of_image = || super::parse_signal(&image.stop_signal);
        let stop_signal = request.stop_signal.or_else(of_image).unwrap_or(DEFAULT_STOP_SIGNAL);
        Some(Self { entrypoint, command, stop_signal, exec: None, exit: None })
    }

    /// What asks for the same one.
    pub fn request(&self) -> MainRequest {
        MainRequest {
            entrypoint: self.entrypoint.clone(),
            command: self.command.clone(),
            stop_signal: Some(self.stop_signal),
        }
    }

    /// Program and arguments.
    pub fn argv(&self) -> Vec<String> {
        self.entrypoint.iter().chain(&self.command).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_is_asked_for_stands_over_what_the_image_says() {
        for (entrypoint, command, image_entrypoint, image_cmd, argv) in [
            ("", "", "", "", None),
            ("", "", "", "sh -l", Some("sh -l")),
            ("", "", "init", "serve", Some("init serve")),
            ("", "check", "init", "serve", Some("init check")),
            ("mine", "", "init", "serve", Some("mine")),
            ("mine", "a b", "init", "serve", Some("mine a b")),
            ("", "mine", "", "sh", Some("mine")),
        ] {
            let request = MainRequest {
                entrypoint: words(entrypoint),
                command: words(command),
                stop_signal: None,
            };
            let image = ImageConfig {
                entrypoint: words(image_entrypoint),
                cmd: words(image_cmd),
                ..ImageConfig::default()
            };
            let main = MainProcess::new(&request, &image);
            assert_eq!(main.map(|main| main.argv()), argv.map(words), "{request:?}");
        }
    }

    #[test]
    fn the_stop_signal_is_the_images_where_that_is_one() {
        let signal = |asked, image: &str| {
            let request =
                MainRequest { command: words("a"), stop_signal: asked, ..MainRequest::default() };
            let image = ImageConfig { stop_signal: image.to_owned(), ..ImageConfig::default() };
            MainProcess::new(&request, &image).map(|main| main.stop_signal)
        };
        assert_eq!(signal(None, ""), Some(15));
        assert_eq!(signal(None, "SIGQUIT"), Some(3));
        assert_eq!(signal(None, "SIGNOPE"), Some(15));
        assert_eq!(signal(Some(2), "SIGQUIT"), Some(2));
    }
}
