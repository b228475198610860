//! What a run says at its end.

use std::collections::BTreeMap;

use super::fault::{Fault, Kind, Outcome};
use crate::table::Table;

/// A row per kind of fault, a row per function, and the survivors by name.
pub fn summary(results: &[(Fault, Outcome)]) -> String {
    let valid: Vec<&(Fault, Outcome)> = results.iter().filter(|(_, o)| *o != Outcome::IllTyped).collect();
    let found = |list: &[&(Fault, Outcome)]| list.iter().filter(|(_, o)| matches!(o, Outcome::Found { .. })).count();

    let mut kinds = Table::new(["kind", "seeded", "found"]);
    for kind in Kind::ALL {
        let of_kind: Vec<_> = valid.iter().filter(|(f, _)| f.kind == kind).copied().collect();
        if !of_kind.is_empty() {
            kinds.row([kind.to_string(), of_kind.len().to_string(), found(&of_kind).to_string()]);
        }
    }
    let mut by_function: BTreeMap<&str, Vec<&(Fault, Outcome)>> = BTreeMap::new();
    for result in &valid {
        by_function.entry(&result.0.function).or_default().push(result);
    }
    let mut functions = Table::new(["function", "seeded", "found", "where the first proof fails"]);
    for (function, list) in &by_function {
        let place = list.iter().find_map(|(_, o)| match o {
            Outcome::Found { place, .. } => Some(place.clone()),
            _ => None,
        });
        functions.row([
            function.to_string(),
            list.len().to_string(),
            found(list).to_string(),
            place.unwrap_or_default(),
        ]);
    }
    let mut text = format!("\n{kinds}\n{functions}\n");
    for (fault, _) in valid.iter().filter(|(_, o)| *o == Outcome::Survived) {
        text += &format!("survived: {fault}\n");
    }
    text += &format!("{} faults seeded, {} found by a proof", valid.len(), found(&valid));
    match results.len() - valid.len() {
        0 => text + "\n",
        n => text + &format!("; {n} more were no valid code\n"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_that_are_no_code_do_not_count() {
        let fault = |line| Fault {
            module: "Lv6.Code.Fd".into(),
            function: "fd.sys_dup".into(),
            kind: Kind::DroppedCheck,
            line,
            old: "if b".into(),
            new: "if true".into(),
        };
        let found = Outcome::Found { module: "Lv6.Refine.Fd".into(), place: "lean/Lv6/Refine/Fd.lean:9".into() };
        let text = summary(&[(fault(1), found), (fault(2), Outcome::IllTyped), (fault(3), Outcome::Survived)]);
        assert!(text.contains("2 faults seeded, 1 found by a proof; 1 more were no valid code"));
        assert!(text.contains("survived: Lv6/Code/Fd.lean:3"));
        assert!(text.contains("fd.sys_dup  2       1      lean/Lv6/Refine/Fd.lean:9"));
    }
}
