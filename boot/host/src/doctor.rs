//! `lv6 doctor`: what is here, what is missing, and the command that installs it.

use std::fmt::Write;

use crate::config::Config;
use crate::tools::{self, Requirement, State};
use crate::{extract, verify};

/// Looks at every requirement. Returns the report, and whether all that running and testing need is there.
pub fn examine(config: &Config) -> (String, bool) {
    let mut needed = vec![
        tools::compiler(config),
        tools::component(config, "rustfmt", "rustfmt"),
        tools::component(config, "clippy-driver", "clippy"),
        tools::guest_target(config),
        tools::qemu(),
        tools::boot_loader(),
        tools::ovmf(),
    ];
    needed.extend(verify::requirements());
    let optional = extract::requirements();
    let complete = needed.iter().all(|r| matches!(r.state, State::Found(_)));
    let rows: Vec<_> = needed.into_iter().chain(optional).collect();
    (report(&rows), complete)
}

fn report(rows: &[Requirement]) -> String {
    let name = rows.iter().map(|r| r.name.len()).max().unwrap_or_default();
    let used = rows.iter().map(|r| r.used_by.len()).max().unwrap_or_default();
    let mut text = String::new();
    for r in rows {
        let (mark, note) = match &r.state {
            State::Found(version) => ("ok     ", version.clone()),
            State::Missing(fix) => ("MISSING", format!("install with: {fix}")),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{mark}  {:name$}  for {:used$}  {note}", r.name, r.used_by);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_has_a_line_for_each_requirement() {
        let rows = [
            tools::requirement("qemu", "run", Some("7.2.22".into()), "apt-get install qemu".into()),
            tools::requirement("node.js", "verify", None, "apt-get install nodejs".into()),
        ];
        assert_eq!(
            report(&rows),
            "ok       qemu     for run     7.2.22\n\
             MISSING  node.js  for verify  install with: apt-get install nodejs\n"
        );
    }
}
