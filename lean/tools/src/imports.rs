//! The header of a Lean file: `module` and the `import` lines.

use crate::lexer::{Token, tokens};

/// One `import`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The module named.
    pub name: String,
    /// `import all`, which sees the private part of the module and is refused here.
    pub all: bool,
    /// Its line, counted from 1.
    pub line: usize,
}

/// What precedes the first command of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// Whether the file begins with `module`.
    pub module: bool,
    /// The imports, in order.
    pub imports: Vec<Import>,
}

/// Reads the header of a file. What does not look like one ends it, as it does in Lean.
pub fn header(text: &str) -> Header {
    let mut header = Header::default();
    let mut tokens = tokens(text).peekable();
    if tokens.peek().is_some_and(|t| t.token == Token::Word("module")) {
        header.module = true;
        tokens.next();
    }
    tokens.next_if(|t| t.token == Token::Word("prelude"));
    loop {
        while tokens.next_if(|t| matches!(t.token, Token::Word("public" | "private" | "meta"))).is_some() {}
        let Some(import) = tokens.next_if(|t| t.token == Token::Word("import")) else { return header };
        let all = tokens.next_if(|t| t.token == Token::Word("all")).is_some();
        let Some(Token::Word(name)) = tokens.next().map(|t| t.token) else { return header };
        header.imports.push(Import { name: name.replace(['«', '»'], ""), all, line: import.line });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        header(text).imports.into_iter().map(|i| i.name).collect()
    }

    #[test]
    fn a_header_with_everything() {
        let text = "/- Copyright: import Nope -/\nmodule\n\npublic import Init -- import No\nimport Lv6.Spec.Proc\n\
                    public meta import Lean.Elab.Tactic import A\n\n/-! import Not -/\n@[expose] public section\nimport Late";
        assert_eq!(names(text), ["Init", "Lv6.Spec.Proc", "Lean.Elab.Tactic", "A"]);
        let header = header(text);
        assert!(header.module);
        assert_eq!(header.imports[1], Import { name: "Lv6.Spec.Proc".into(), all: false, line: 5 });
    }

    #[test]
    fn public_section_is_not_an_import() {
        assert_eq!(names("module\npublic import A\npublic section\nimport B"), ["A"]);
        assert_eq!(names("module\npublic meta section"), Vec::<String>::new());
    }

    #[test]
    fn import_all_is_seen() {
        let header = header("module\npublic import A\nimport all B");
        assert_eq!(header.imports.iter().map(|i| i.all).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn plain_files_have_no_module() {
        assert_eq!(
            header("import A\nimport B"),
            Header {
                module: false,
                imports: vec![
                    Import { name: "A".into(), all: false, line: 1 },
                    Import { name: "B".into(), all: false, line: 2 }
                ]
            }
        );
        assert_eq!(header(""), Header::default());
    }
}
