//! What Lean prints, line by line: messages as JSON, and the debugging output that the npm build leaves on.

use serde_json::Value;

/// How bad a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The output of `#check` and the like.
    Information,
    /// Counts as an error here: an unfinished proof is only a warning to Lean.
    Warning,
    /// An error.
    Error,
}

/// A message about a place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// How bad.
    pub severity: Severity,
    /// Line, from 1.
    pub line: u64,
    /// Column, from 0, as Lean counts it.
    pub column: u64,
    /// The text.
    pub text: String,
}

/// How much of a message that is cut off is shown.
const SHOWN: usize = 2000;

impl Message {
    /// As Lean itself would print it.
    pub fn show(&self, file: &str) -> String {
        let kind = match self.severity {
            Severity::Information => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        format!("{file}:{}:{}: {kind}: {}", self.line, self.column, self.text.trim_end())
    }

    /// A message whose end is missing: a very long one, when the process ends before the pipe is empty. What it would have
    /// said, and where, comes at its end, so it must not pass as harmless.
    fn cut_off(line: &str) -> Message {
        let text = format!("a message that is cut off: {}", line.chars().take(SHOWN).collect::<String>());
        Message { severity: Severity::Error, line: 0, column: 0, text }
    }

    fn parse(line: &str) -> Option<Message> {
        let json: Value = serde_json::from_str(line).ok()?;
        let severity = match json.get("severity")?.as_str()? {
            "information" => Severity::Information,
            "warning" => Severity::Warning,
            _ => Severity::Error,
        };
        let place = |field| json.get("pos").and_then(|p| p.get(field)).and_then(Value::as_u64).unwrap_or(0);
        let caption = json.get("caption").and_then(Value::as_str).filter(|c| !c.is_empty());
        let data = json.get("data")?.as_str()?;
        let text = caption.map_or_else(|| data.to_string(), |c| format!("{c}:\n{data}"));
        Some(Message { severity, line: place("line"), column: place("column"), text })
    }
}

/// A line that is not noise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A message.
    Message(Message),
    /// Anything else, such as a crash.
    Other(String),
}

/// Drops the noise. One filter per stream, because some noise is known only by the line before it.
#[derive(Debug, Default)]
pub struct Filter {
    in_noise: bool,
}

impl Filter {
    /// The line, unless it is noise.
    pub fn line(&mut self, line: &str) -> Option<Line> {
        let continues = (line.starts_with("  - ") && line.contains(".olean")) || line.starts_with("  mainModule? = ");
        self.in_noise = line.starts_with("[DEBUG") || (self.in_noise && continues);
        if self.in_noise || line.trim().is_empty() {
            return None;
        }
        Some(match Message::parse(line) {
            Some(message) => Line::Message(message),
            None if line.starts_with('{') => Line::Message(Message::cut_off(line)),
            None => Line::Other(line.to_string()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_output_is_dropped_and_messages_are_not() {
        let output = "[DEBUG:FIND] Init: found 1 parts\n  - /x/Init.olean\n[DEBUG:FINALIZE] Init: parts.size=1\n  mainModule? = true\n\
            {\"caption\":\"\",\"data\":\"unused variable `x`\\n\",\"pos\":{\"column\":7,\"line\":4},\"severity\":\"warning\"}\n\
            RuntimeError: unreachable\n  - not/noise.olean\n";
        let mut filter = Filter::default();
        let lines: Vec<_> = output.lines().filter_map(|l| filter.line(l)).collect();
        assert_eq!(lines.len(), 3);
        let Line::Message(message) = &lines[0] else { panic!("{lines:?}") };
        assert_eq!(message.show("F.lean"), "F.lean:4:7: warning: unused variable `x`");
        assert_eq!(lines[1], Line::Other("RuntimeError: unreachable".into()));
        assert_eq!(lines[2], Line::Other("  - not/noise.olean".into()));
    }

    #[test]
    fn a_message_without_its_end_is_an_error() {
        let line = format!("{{\"caption\":\"\",\"data\":\"{}", "x".repeat(70_000));
        let Some(Line::Message(message)) = Filter::default().line(&line) else { panic!("no message") };
        assert_eq!(message.severity, Severity::Error);
        let shown = message.show("F.lean");
        assert!(shown.starts_with("F.lean:0:0: error: a message that is cut off: {") && shown.len() < 3000, "{shown}");
    }

    #[test]
    fn severities() {
        let severity = |s: &str| Message::parse(&format!("{{\"data\":\"d\",\"severity\":\"{s}\"}}")).unwrap().severity;
        assert_eq!(severity("information"), Severity::Information);
        assert_eq!(severity("error"), Severity::Error);
        // A severity that is not known yet must not pass as harmless.
        assert_eq!(severity("catastrophe"), Severity::Error);
    }
}
