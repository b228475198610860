module
public import Init
/-!
# Page-table entries

A table entry is a 64-bit word. The specification keeps it as the processor sees it and never decodes it into something
else: here are the bits that matter (AMD64 manual, volume 2, section 5.3), and those of the IOMMU's entries (Intel VT-d
specification, section 9.8), which are few.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Eight bytes of memory: a table entry, a register, a piece of data. -/
abbrev Word := BitVec 64

namespace Word
/-- Bit 0, P: the entry maps something. -/
def present (e : Word) : Bool := e.getLsbD 0
/-- Bit 1, W: stores are allowed. -/
def writable (e : Word) : Bool := e.getLsbD 1
/-- Bit 7, PS: in a table of level 2 or 3, the entry maps a large page. -/
def large (e : Word) : Bool := e.getLsbD 7
/-- Bit 8, G: the translation survives a flush. -/
def global (e : Word) : Bool := e.getLsbD 8
/-- Bits 51 to 12: the number of the page frame that the entry points at. -/
def pfn (e : Word) : Nat := (e.toNat >>> 12) % 2 ^ 40
/-- Bit 0 of an IOMMU table entry, R: the device may read. -/
def deviceReads (e : Word) : Bool := e.getLsbD 0
/-- Bit 1 of an IOMMU table entry, W: the device may write. -/
def deviceWrites (e : Word) : Bool := e.getLsbD 1
end Word

/-- The bits that a process may choose in an entry: P, W, U, PWT, PCD, the three free bits, NX. Not PS, which would make
a large page; not G, which would outlive a flush; not A and D, which belong to the processor. -/
def permMask : Word := 0x8000000000000e1f#64

/-- The accessed and dirty bits: what the processor sets in an entry by itself. -/
def adMask : Word := 0x60#64

/-- The bits that a process may choose in an entry of an IOMMU table: reading and writing. Bit 7 would make a large page. -/
def iommuPermMask : Word := 3#64

/-- Whether permission bits are allowed: none but those of `permMask`, and the present bit among them. -/
def isPerm (perm : Word) : Prop := perm &&& ~~~permMask = 0#64 ∧ perm.present = true
instance (perm : Word) : Decidable (isPerm perm) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether permission bits of an IOMMU table entry are allowed: none but those of `iommuPermMask`. -/
def isIommuPerm (perm : Word) : Prop := perm &&& ~~~iommuPermMask = 0#64
instance (perm : Word) : Decidable (isIommuPerm perm) := inferInstanceAs (Decidable (_ = _))

/-- The entry that maps the page frame `pfn` with permissions `perm`. -/
def makeEntry (pfn : Nat) (perm : Word) : Word := (BitVec.ofNat 64 pfn <<< 12) ||| perm

/-- The two entries differ at most in their accessed and dirty bits. -/
def SameButAD (e e' : Word) : Prop := e &&& ~~~adMask = e' &&& ~~~adMask

end Lv6.Spec
