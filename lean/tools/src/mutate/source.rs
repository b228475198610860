//! The functions of an extracted file.

/// A function of the extraction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name, such as `fd.sys_close`.
    pub name: String,
    /// Its arguments of type `U64`.
    pub numbers: Vec<String>,
    /// The first line of its body, from 1, in the file.
    pub first_line: usize,
    /// The lines of its body.
    pub body: Vec<String>,
}

/// All functions of the file.
pub fn functions(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (n, line) in lines.iter().enumerate() {
        let Some(name) = line.strip_prefix("def ") else { continue };
        let name = name.split([' ', ':', '(']).next().unwrap_or("").to_string();
        // The body starts after the `:=` that ends the signature, and ends at an empty line.
        let end = lines[n..].iter().position(|l| l.is_empty()).map_or(lines.len(), |e| n + e);
        let Some(start) = (n..end).find(|l| lines[*l].contains(":=")) else { continue };
        let signature = lines[n..=start].join(" ");
        let signature = signature.split(":=").next().unwrap_or("");
        let numbers = signature
            .split('(')
            .filter_map(|part| part.split_once(" : Std.U64)"))
            .map(|(name, _)| name.to_string())
            .collect();
        let body = lines[start + 1..end].iter().map(|l| l.to_string()).collect();
        found.push(Function { name, numbers, first_line: start + 2, body });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_a_name_arguments_and_a_body() {
        let text = "module\n\n/-- A comment -/\ndef fd.close\n  (k : state.Kernel) (pid : Std.U64) (fd : Std.U64) :\n  \
                    Result Std.U64\n  := do\n  let b ← f pid\n  ok b\n\ndef fd.one : Std.U64 := 1#u64\n";
        let found = functions(text);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].name.as_str(), found[0].first_line), ("fd.close", 8));
        assert_eq!(found[0].numbers, ["pid", "fd"]);
        assert_eq!(found[0].body, ["  let b ← f pid", "  ok b"]);
        assert_eq!((found[1].name.as_str(), found[1].body.len()), ("fd.one", 0));
    }
}
