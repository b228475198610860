//! How a line of extracted code can be wrong.
//!
//! Each operator looks at the shape that Aeneas gives a line: `if c`, `let x ← Array.update a i v`,
//! `{ r with field := v }`, `UScalar.cast .Usize x`, a literal, an error number. What it makes is still well typed in
//! nearly all cases; where it is not, Lean refuses the changed file and the fault counts for nothing.

use super::fault::{Fault, Kind};
use super::source::Function;

const ERRNO: &str = "lv6_abi.errno.";
const CAST: &str = "UScalar.cast .Usize ";

/// Fields of one type, each of which is easily taken for the next.
const ALIKE: [&[&str]; 6] = [
    &["nr_children", "nr_fds", "nr_pages", "nr_dmapages", "nr_devs", "nr_ports", "nr_vectors", "nr_intremaps"],
    &["ready_prev", "ready_next"],
    &["free_prev", "free_next"],
    &["page_table_root", "stack", "hvm", "io_bitmap_a", "io_bitmap_b"],
    &["ipc_from", "ipc_val", "ipc_page", "ipc_size", "ipc_fd", "killed", "ppid"],
    &["value", "omode", "offset", "refcnt"],
];

/// Constants of one type.
const CONSTANTS: [&[&str]; 3] = [
    &["ProcState.Runnable", "ProcState.Running", "ProcState.Sleeping", "ProcState.Zombie", "ProcState.Embryo"],
    &[
        "PageType.Frame",
        "PageType.ProcData",
        "PageType.X86Pml4",
        "PageType.X86Pdpt",
        "PageType.X86Pd",
        "PageType.X86Pt",
        "PageType.IommuPml4",
        "PageType.IommuPdpt",
        "PageType.IommuPd",
        "PageType.IommuPt",
        "PageType.IommuFrame",
    ],
    &["FileType.Inode", "FileType.Pipe", "FileType.Socket"],
];

/// Shared tables.
const TABLES: [&[&str]; 1] = [&["PAGE_DESC_FRAME", "PROC_FRAME", "FILE_FRAME", "DEVICE_FRAME"]];

/// Every fault that can be made in a function.
pub fn faults(module: &str, function: &Function) -> Vec<Fault> {
    let mut found = Vec::new();
    for (n, line) in function.body.iter().enumerate() {
        let mut add = |kind, new: String| {
            if new != *line {
                found.push(Fault {
                    module: module.to_string(),
                    function: function.name.clone(),
                    kind,
                    line: function.first_line + n,
                    old: line.clone(),
                    new,
                });
            }
        };
        if let Some(new) = dropped_check(&function.body, n) {
            add(Kind::DroppedCheck, new);
        }
        for (kind, new) in missing_write(line) {
            add(kind, new);
        }
        if let Some(new) = off_by_one(line) {
            add(Kind::OffByOne, new);
        }
        if let Some(new) = wrong_index(line, &function.numbers) {
            add(Kind::WrongIndex, new);
        }
        if let Some(new) = swapped(line, &ALIKE, |name| format!("with {name} :=")) {
            add(Kind::SwappedField, new);
        }
        if let Some(new) = swapped(line, &CONSTANTS, |name| format!("state.{name}")) {
            add(Kind::WrongConstant, new);
        }
        if let Some(new) = swapped(line, &TABLES, |name| format!("lv6_abi.layout.{name}")) {
            add(Kind::WrongConstant, new);
        }
        if let Some(new) = swapped_arguments(line, &function.numbers) {
            add(Kind::SwappedArguments, new);
        }
        if function.body.len() == 1
            && let Some(new) = missing_call(line)
        {
            add(Kind::MissingCall, new);
        }
        if let Some(new) = wrong_error(line) {
            add(Kind::WrongError, new);
        }
    }
    found
}

/// `if c` whose one branch is an error: the condition becomes the answer that goes on.
fn dropped_check(body: &[String], n: usize) -> Option<String> {
    let line = &body[n];
    let start = line.find("if ")?;
    let before = &line[..start];
    if !(before.trim().is_empty() || before.trim_end().ends_with('←') || before.trim_end().ends_with("else")) {
        return None;
    }
    let is_error = |l: &str| l.contains(ERRNO);
    let then = body.get(n + 1)?;
    let indent = then.find("then")?;
    if is_error(then) {
        return Some(format!("{before}if false"));
    }
    let other =
        body[n + 2..].iter().find(|l| l.find(|c: char| c != ' ') == Some(indent) && l[indent..].starts_with("else"))?;
    is_error(other).then(|| format!("{before}if true"))
}

/// A write that is left out, one for each field that a record update names.
fn missing_write(line: &str) -> Vec<(Kind, String)> {
    let mut found = Vec::new();
    if let Some((before, rest)) = line.split_once("Array.update ")
        && let Some(array) = rest.split(' ').next()
        && before.trim_end().ends_with('←')
    {
        let kind = if line.contains("flush") { Kind::MissingFlush } else { Kind::MissingWrite };
        found.push((kind, format!("{}:= {array}", before.trim_end().trim_end_matches('←'))));
    }
    let Some((before, record)) = line.split_once("{ ") else { return found };
    let Some((old, rest)) = record.split_once(" with ") else { return found };
    let (fields, end) = fields(rest);
    // A record may go on in the next line.
    let open_end = if rest.ends_with(',') { "," } else { "" };
    let (close, after) = rest[end..].strip_prefix(" }").map_or((open_end, &rest[end..]), |after| (" }", after));
    for field in &fields {
        let name = field.split(' ').next().unwrap_or("");
        let others: Vec<&str> = fields.iter().filter(|f| *f != field).copied().collect();
        let kept = match (others.is_empty(), close) {
            (false, _) => format!("{{ {old} with {}{close}", others.join(", ")),
            (true, " }") => old.to_string(),
            (true, _) => continue,
        };
        let kind = match name {
            "requests" | "flush_tlb" | "flush_iotlb" | "context" | "intremap" | "io_bitmap" => Kind::MissingFlush,
            "pages" | "dma_pages" => Kind::MissingZeroing,
            "refcnt" => Kind::MissingCounter,
            _ if name.starts_with("nr_") => Kind::MissingCounter,
            _ => Kind::MissingWrite,
        };
        found.push((kind, format!("{before}{kept}{after}")));
    }
    found
}

/// The fields of a record update, what follows them in braces or parentheses included, and where they end.
fn fields(text: &str) -> (Vec<&str>, usize) {
    let (mut found, mut start, mut depth, mut end) = (Vec::new(), 0, 0, text.len());
    for (at, c) in text.char_indices() {
        match c {
            '}' | ')' if depth == 0 => {
                end = text[..at].trim_end().len();
                break;
            }
            '{' | '(' => depth += 1,
            '}' | ')' => depth -= 1,
            ',' if depth == 0 => {
                found.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text[start..end].trim());
    (found.into_iter().filter(|field| !field.is_empty()).collect(), end)
}

/// The neighbour of the first number of a comparison or sum.
fn off_by_one(line: &str) -> Option<String> {
    let operator = [" < ", " > ", " >= ", " <= ", " + ", " - "].iter().any(|o| line.contains(o));
    let end = line.find("#u64").or_else(|| line.find("#usize")).filter(|_| operator)?;
    let start = line[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |s| s + 1);
    let number: u64 = line[start..end].parse().ok()?;
    Some(format!("{}{}{}", &line[..start], number.checked_add(1)?, &line[end..]))
}

/// Another argument of the function as the index.
fn wrong_index(line: &str, numbers: &[String]) -> Option<String> {
    let start = line.find(CAST)? + CAST.len();
    let end = start + line[start..].find([')', ' ']).unwrap_or(line.len() - start);
    let index = &line[start..end];
    let place = numbers.iter().position(|n| n == index);
    let other = match place {
        Some(_) if numbers.len() == 1 => return None,
        Some(place) => &numbers[(place + 1) % numbers.len()],
        None if index == "k.current" => numbers.first()?,
        None => return None,
    };
    Some(format!("{}{other}{}", &line[..start], &line[end..]))
}

/// The next name of the same group, where the line has one in the given context.
fn swapped(line: &str, groups: &[&[&str]], context: impl Fn(&str) -> String) -> Option<String> {
    for group in groups {
        for (n, name) in group.iter().enumerate() {
            let (old, new) = (context(name), context(group[(n + 1) % group.len()]));
            if let Some(at) = line.find(&old)
                && !line[at + old.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            {
                return Some(line.replacen(&old, &new, 1));
            }
        }
    }
    None
}

/// The first two arguments of a call, which are arguments of the function too, change places. A single one becomes
/// another argument of the function.
fn swapped_arguments(line: &str, numbers: &[String]) -> Option<String> {
    let is_number = |word: &&str| numbers.iter().any(|n| n == word);
    let start = line.find(" k ")? + 3;
    if line[..start].contains("Array.") || line[start..].contains(['{', '(']) {
        return None;
    }
    let mut words: Vec<&str> = line[start..].split(' ').collect();
    let first = words.iter().position(is_number)?;
    match words.get(first + 1).filter(|w| is_number(w)) {
        Some(_) => words.swap(first, first + 1),
        None => {
            let place = numbers.iter().position(|n| n == words[first])?;
            words[first] = &numbers[(place + 1) % numbers.len()];
        }
    }
    Some(format!("{}{}", &line[..start], words.join(" ")))
}

/// A function that is no more than a call of another does nothing, with success.
fn missing_call(line: &str) -> Option<String> {
    let is_call = line.ends_with(" k") && line.trim().split(' ').count() == 2;
    is_call.then(|| "  ok (0#u64, k)".to_string())
}

/// Another error number.
fn wrong_error(line: &str) -> Option<String> {
    let start = line.find(ERRNO)? + ERRNO.len();
    let end = start + line[start..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len() - start);
    let other = if &line[start..end] == "EINVAL" { "EACCES" } else { "EINVAL" };
    Some(format!("{}{other}{}", &line[..start], &line[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(numbers: &[&str], body: &str) -> Vec<(Kind, String)> {
        let function = Function {
            name: "f".into(),
            numbers: numbers.iter().map(|n| n.to_string()).collect(),
            first_line: 1,
            body: body.lines().map(str::to_string).collect(),
        };
        faults("Lv6.Code.X", &function).into_iter().map(|f| (f.kind, f.new)).collect()
    }

    #[test]
    fn a_check_that_leads_to_an_error_is_dropped() {
        let body = "if b\nthen\n  ok (0#u64, k)\nelse ok (lv6_abi.errno.EBADF, k)";
        assert_eq!(
            made(&[], body),
            [
                (Kind::DroppedCheck, "if true".to_string()),
                (Kind::WrongError, "else ok (lv6_abi.errno.EINVAL, k)".to_string())
            ]
        );
        let body = "if file = 0#u64\nthen ok (lv6_abi.errno.EINVAL, k)\nelse\n  ok (0#u64, k)";
        assert_eq!(made(&[], body)[0], (Kind::DroppedCheck, "if false".to_string()));
        assert_eq!(made(&[], "if b\nthen ok 1#u64\nelse ok 2#u64"), []);
    }

    #[test]
    fn each_field_of_an_update_can_be_left_out() {
        assert_eq!(
            made(&[], "  ok { k with procs := a1, requests := r }"),
            [
                (Kind::MissingWrite, "  ok { k with requests := r }".to_string()),
                (Kind::MissingFlush, "  ok { k with procs := a1 }".to_string())
            ]
        );
        assert_eq!(
            made(&[], "  ok { k with procs := a, requests := { k.requests with flush := i } }"),
            [
                (Kind::MissingWrite, "  ok { k with requests := { k.requests with flush := i } }".to_string()),
                (Kind::MissingFlush, "  ok { k with procs := a }".to_string())
            ]
        );
        assert_eq!(
            made(&[], "    { k with procs := a, requests := { k.requests with flush := i }"),
            [
                (Kind::MissingWrite, "    { k with requests := { k.requests with flush := i }".to_string()),
                (Kind::MissingFlush, "    { k with procs := a".to_string())
            ]
        );
        assert_eq!(made(&[], "    { k with procs := a"), []);
        assert_eq!(
            made(&[], "    { k with procs := a, pages := b,")[0],
            (Kind::MissingWrite, "    { k with pages := b,".to_string())
        );
        assert_eq!(
            made(&[], "let a := back { p with nr_fds := i }"),
            [
                (Kind::MissingCounter, "let a := back p".to_string()),
                (Kind::SwappedField, "let a := back { p with nr_pages := i }".to_string())
            ]
        );
        assert_eq!(
            made(&[], "let a ← Array.update p.ofile i v"),
            [(Kind::MissingWrite, "let a := p.ofile".to_string())]
        );
    }

    #[test]
    fn calls_change() {
        let swapped = |line: &str, new: &str| {
            assert_eq!(made(&["nr", "a", "b"], line), [(Kind::SwappedArguments, new.to_string())]);
        };
        swapped("  | 13#uscalar => proc.sys_set k a b", "  | 13#uscalar => proc.sys_set k b a");
        swapped("  | 14#uscalar => proc.sys_kill k a", "  | 14#uscalar => proc.sys_kill k b");
        assert_eq!(made(&[], "  trap.switch_next k"), [(Kind::MissingCall, "  ok (0#u64, k)".to_string())]);
        assert_eq!(
            made(&["pid"], "  vm.map_table k pid lv6_abi.layout.PROC_FRAME"),
            [(Kind::WrongConstant, "  vm.map_table k pid lv6_abi.layout.FILE_FRAME".to_string())]
        );
    }

    #[test]
    fn numbers_indices_and_constants_change() {
        assert_eq!(made(&[], "if i < 512#u64"), [(Kind::OffByOne, "if i < 513#u64".to_string())]);
        assert_eq!(made(&[], "let i ← p.nr_fds + 1#u64"), [(Kind::OffByOne, "let i ← p.nr_fds + 2#u64".to_string())]);
        assert_eq!(
            made(&["pid", "fd"], "let i ← lift (UScalar.cast .Usize fd)"),
            [(Kind::WrongIndex, "let i ← lift (UScalar.cast .Usize pid)".to_string())]
        );
        assert_eq!(made(&["fd"], "let i ← lift (UScalar.cast .Usize fd)"), []);
        assert_eq!(
            made(&[], "page.alloc_page k pid state.PageType.X86Pd pn"),
            [(Kind::WrongConstant, "page.alloc_page k pid state.PageType.X86Pt pn".to_string())]
        );
    }
}
