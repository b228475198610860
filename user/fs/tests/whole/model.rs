//! What a file system should do: a tree in memory.

use std::collections::BTreeMap;

use lv6_fs::content::SIZE_MAX;
use lv6_fs::{Disk, FileSystem, ROOT};
use lv6_ulib::Errno;
use lv6_ulib::fs::{FileKind, NAME_MAX};

/// A file or a directory. Contents are kept apart, by number: a file that is open outlives its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    Dir(BTreeMap<String, Node>),
    File(usize),
}

/// A file system.
#[derive(Clone, Debug)]
pub struct Model {
    root: Node,
    pub contents: Vec<Vec<u8>>,
}

/// The names that lead to a node from the root.
type Names = Vec<String>;

impl Model {
    /// An empty one.
    pub fn new() -> Model {
        Model { root: Node::Dir(BTreeMap::new()), contents: Vec::new() }
    }

    fn node(&self, names: &[String]) -> Option<&Node> {
        names.iter().try_fold(&self.root, |node, name| match node {
            Node::Dir(entries) => entries.get(name),
            Node::File(_) => None,
        })
    }

    fn dir(&mut self, names: &[String]) -> &mut BTreeMap<String, Node> {
        let node = names.iter().fold(&mut self.root, |node, name| match node {
            Node::Dir(entries) => entries.get_mut(name).expect("it exists"),
            Node::File(_) => panic!("a file has no entries"),
        });
        match node {
            Node::Dir(entries) => entries,
            Node::File(_) => panic!("a file has no entries"),
        }
    }

    /// The directories that a list of names leads through, from the root.
    fn walk<'a>(&self, path: impl Iterator<Item = &'a str>) -> Result<Names, Errno> {
        let mut at = Names::new();
        for name in path {
            match self.node(&at) {
                Some(Node::Dir(_)) => {}
                _ => return Err(Errno::ENOTDIR),
            }
            match name {
                "." => {}
                ".." => drop(at.pop()),
                name => {
                    at.push(name.to_owned());
                    self.node(&at).ok_or(Errno::ENOENT)?;
                }
            }
        }
        Ok(at)
    }

    fn check(path: &str) -> Result<Vec<&str>, Errno> {
        let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty()).collect();
        match path {
            "" => Err(Errno::ENOENT),
            _ if names.iter().any(|name| name.len() > NAME_MAX) => Err(Errno::ENAMETOOLONG),
            _ => Ok(names),
        }
    }

    fn resolve(&self, path: &str) -> Result<Names, Errno> {
        let at = self.walk(Self::check(path)?.into_iter())?;
        match self.node(&at) {
            Some(Node::File(_)) if path.ends_with('/') => Err(Errno::ENOTDIR),
            _ => Ok(at),
        }
    }

    /// The directory that holds the last name of a path, and that name.
    fn target(&self, path: &str) -> Result<(Names, String), Errno> {
        let mut names = Self::check(path)?;
        let last = names.pop().unwrap_or("");
        let dir = self.walk(names.into_iter())?;
        match self.node(&dir) {
            Some(Node::Dir(_)) => Ok((dir, last.to_owned())),
            _ => Err(Errno::ENOTDIR),
        }
    }

    pub fn make_dir(&mut self, path: &str) -> Result<(), Errno> {
        let (dir, name) = self.target(path)?;
        if ["", ".", ".."].contains(&&*name) || self.dir(&dir).contains_key(&name) {
            return Err(Errno::EEXIST);
        }
        self.dir(&dir).insert(name, Node::Dir(BTreeMap::new()));
        Ok(())
    }

    /// Opens a file, and returns the number of its contents.
    pub fn open(&mut self, path: &str, create: bool, exclusive: bool, truncate: bool) -> Result<usize, Errno> {
        let found = match self.resolve(path) {
            Ok(_) if create && exclusive => return Err(Errno::EEXIST),
            Err(Errno::ENOENT) if create => {
                let (dir, name) = self.target(path)?;
                if path.ends_with('/') {
                    return Err(Errno::EISDIR);
                }
                self.contents.push(Vec::new());
                let new = self.contents.len() - 1;
                self.dir(&dir).insert(name, Node::File(new));
                new
            }
            result => match self.node(&result?) {
                Some(Node::File(found)) => *found,
                _ => return Err(Errno::EISDIR),
            },
        };
        if truncate {
            self.contents[found].clear();
        }
        Ok(found)
    }

    pub fn write(&mut self, file: usize, offset: Option<u64>, bytes: &[u8]) -> Result<u64, Errno> {
        let contents = &mut self.contents[file];
        let offset = offset.unwrap_or(contents.len() as u64);
        if bytes.is_empty() {
            return Ok(offset);
        }
        let end = offset.checked_add(bytes.len() as u64).filter(|&end| end <= SIZE_MAX).ok_or(Errno::EFBIG)?;
        if contents.len() < end as usize {
            contents.resize(end as usize, 0);
        }
        contents[offset as usize..end as usize].copy_from_slice(bytes);
        Ok(end)
    }

    pub fn truncate(&mut self, file: usize, size: u64) -> Result<(), Errno> {
        if size > SIZE_MAX {
            return Err(Errno::EFBIG);
        }
        self.contents[file].resize(size as usize, 0);
        Ok(())
    }

    pub fn unlink(&mut self, path: &str, is_dir: bool) -> Result<(), Errno> {
        let (dir, name) = self.target(path)?;
        match &*name {
            "" => return Err(Errno::EBUSY),
            "." => return Err(Errno::EINVAL),
            ".." => return Err(Errno::ENOTEMPTY),
            _ => {}
        }
        match (self.dir(&dir).get(&name), is_dir) {
            (None, _) => Err(Errno::ENOENT),
            (Some(Node::Dir(_)), false) => Err(Errno::EISDIR),
            (Some(Node::File(_)), true) => Err(Errno::ENOTDIR),
            (Some(Node::File(_)), false) if path.ends_with('/') => Err(Errno::ENOTDIR),
            (Some(Node::Dir(entries)), true) if !entries.is_empty() => Err(Errno::ENOTEMPTY),
            _ => {
                self.dir(&dir).remove(&name);
                Ok(())
            }
        }
    }

    pub fn rename(&mut self, path: &str, new_path: &str) -> Result<(), Errno> {
        let (from, name) = self.target(path)?;
        let (to, new_name) = self.target(new_path)?;
        if [&name, &new_name].iter().any(|name| ["", ".", ".."].contains(&&***name)) {
            return Err(Errno::EBUSY);
        }
        let moved = self.dir(&from).get(&name).cloned().ok_or(Errno::ENOENT)?;
        let is_dir = matches!(moved, Node::Dir(_));
        if !is_dir && (path.ends_with('/') || new_path.ends_with('/')) {
            return Err(Errno::ENOTDIR);
        }
        let own = [&from[..], std::slice::from_ref(&name)].concat();
        if is_dir && to.starts_with(&own) {
            return Err(Errno::EINVAL);
        }
        match (self.dir(&to).get(&new_name), is_dir) {
            _ if from == to && name == new_name => return Ok(()),
            (Some(Node::File(_)), true) => return Err(Errno::ENOTDIR),
            (Some(Node::Dir(_)), false) => return Err(Errno::EISDIR),
            (Some(Node::Dir(entries)), true) if !entries.is_empty() => return Err(Errno::ENOTEMPTY),
            _ => {}
        }
        self.dir(&from).remove(&name);
        self.dir(&to).insert(new_name, moved);
        Ok(())
    }

    /// All paths, with the contents of files.
    pub fn listing(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let mut all = BTreeMap::new();
        let mut waiting = vec![(String::new(), &self.root)];
        while let Some((path, node)) = waiting.pop() {
            match node {
                Node::File(file) => drop(all.insert(path, Some(self.contents[*file].clone()))),
                Node::Dir(entries) => {
                    waiting.extend(entries.iter().map(|(name, node)| (format!("{path}/{name}"), node)));
                    all.insert(path, None);
                }
            }
        }
        all
    }
}

/// All paths of a file system, with the contents of files.
pub fn listing(fs: &mut FileSystem<impl Disk>) -> Result<BTreeMap<String, Option<Vec<u8>>>, Errno> {
    let mut all = BTreeMap::from([(String::new(), None)]);
    let mut waiting = vec![(String::new(), ROOT)];
    while let Some((path, dir)) = waiting.pop() {
        for entry in fs.entries(dir)?.into_iter().filter(|entry| ![".", ".."].contains(&&*entry.name)) {
            let path = format!("{path}/{}", entry.name);
            let number = entry.inode as u32;
            if entry.kind == FileKind::Directory {
                assert_eq!(fs.path_of(number)?, path);
                waiting.push((path.clone(), number));
                all.insert(path, None);
            } else {
                let mut contents = vec![0; fs.stat(number)?.size as usize];
                assert_eq!(fs.read(number, 0, &mut contents)?, contents.len());
                all.insert(path, Some(contents));
            }
        }
    }
    Ok(all)
}
