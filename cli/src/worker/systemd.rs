//! A service for systemd that starts a worker the way it was started now. Knows no option by name but its own.

use crate::error::CliError;
use std::path::Path;

/// The text of a unit for these arguments of the program.
pub fn unit(arguments: impl Iterator<Item = String>) -> Result<String, CliError> {
    let program = std::env::current_exe().map_err(CliError::outside)?;
    let folder = std::env::current_dir().map_err(CliError::outside)?;
    Ok(text(&program, &folder, arguments))
}

fn text(program: &Path, folder: &Path, arguments: impl Iterator<Item = String>) -> String {
    let arguments = arguments.filter(|argument| argument != "--print-systemd");
    let line: Vec<String> = std::iter::once(program.display().to_string())
        .chain(arguments)
        .map(|a| quoted(&a))
        .collect();
    let (line, folder) = (
        line.join(" "),
        folder.display().to_string().replace('%', "%%"),
    );
    format!(
        "\
# As yourself: save as ~/.config/systemd/user/bytebiota-worker.service, then
#   systemctl --user enable --now bytebiota-worker
#   loginctl enable-linger    (so that it runs while you are not logged in)
# Pause and go on: systemctl --user kill -s USR1 bytebiota-worker
[Unit]
Description=ByteBiota worker

[Service]
ExecStart={line}
WorkingDirectory={folder}
Restart=on-failure
RestartSec=30
# It finishes and delivers what it has begun.
KillSignal=SIGINT
TimeoutStopSec=120
Nice=19
CPUWeight=1
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"
    )
}

/// As systemd reads it: within quotes, with what it would replace made plain.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@+".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    let mut text = String::from('"');
    for c in argument.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            '$' | '%' => text.extend([c, c]),
            '\n' => text.push_str("\\n"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_arrive_as_they_were() {
        let arguments = [
            "worker",
            "--print-systemd",
            "--nick",
            "50 % \"me\" $HOME",
            "--hours",
            "mon-fri 22-6",
        ];
        let text = text(
            Path::new("/opt/my bin/bytebiota"),
            Path::new("/home/me"),
            arguments.into_iter().map(str::to_owned),
        );
        let line = "ExecStart=\"/opt/my bin/bytebiota\" worker --nick \"50 %% \\\"me\\\" $$HOME\" --hours \"mon-fri 22-6\"\n";
        assert!(text.contains(line), "{text}");
        assert!(!text.contains("print-systemd"), "{text}");
    }
}
