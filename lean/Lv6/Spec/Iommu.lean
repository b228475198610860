module
public import Lv6.Spec.Interrupt
public import Lv6.Spec.PageTable
/-!
# System calls on devices, and the memory that they may reach

A process claims a device and builds the tables that translate its accesses, from pages of its own, as it builds its page
tables. Nothing is taken out of these tables while they may be in use: they go when the process is a zombie and its devices
have been taken away. A slot is in use if its entry is not 0, whether or not a device can pass through it.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- Whether the number names a DMA page. -/
def isDmapn (d : Nat) : Prop := d < 512
instance (d : Nat) : Decidable (isDmapn d) := inferInstanceAs (Decidable (_ < _))

/-- Whether the number names a page of the PCI hole that belongs to a device. -/
def isPciPage (s : State) (c : Nat) : Prop := c < 393216 ∧ s.pciPageValid c = true
instance (s : State) (c : Nat) : Decidable (isPciPage s c) := inferInstanceAs (Decidable (_ ∧ _))

/-! ## Memory of devices, for processes -/

/-- Map the page `c` of the PCI hole, which belongs to a device of the caller, at `pt[i]` of the caller. Configuration space
is for reading only: who writes to it can move the device over another one. -/
def mapPcipage (s : State) (pt i c : Nat) (perm : Word) : Nat × State :=
  if ¬ isPciPage s c then (EINVAL, s)
  else if s.pciOwner (s.pciPageDev c) ≠ s.current then (EACCES, s)
  else if s.pciPageConfig c = true ∧ perm.writable = true then (EACCES, s)
  else mapPage s s.current pt i (0xa0000 + c) perm .x86Pt

/-- Map the caller's DMA page `d` at `pt[i]` of the caller. -/
def mapIommuFrame (s : State) (pt i d : Nat) (perm : Word) : Nat × State :=
  if ¬ isDmapn d then (EINVAL, s)
  else if s.dmaType d ≠ .iommuFrame then (EINVAL, s)
  else if s.dmaOwner d ≠ s.current then (EACCES, s)
  else mapPage s s.current pt i (s.base + 8192 + d) perm .x86Pt

/-! ## Memory of processes, for devices -/

/-- Claim the device `d` for the caller, with the free page `q` as the root of its tables: it can reach nothing yet. The
hardware's context entry is to be made again. -/
def allocIommuRoot (s : State) (d q : Nat) : Nat × State :=
  if ¬ isDevid d then (EINVAL, s)
  else if s.pciPresent d = 0 then (ENODEV, s)
  else if s.pciOwner d ≠ 0 then (EBUSY, s)
  else if ¬ isFree s q then (EINVAL, s)
  else
    let s₁ := allocPage s s.current .iommuPml4 q
    (0, { s₁ with
      pciOwner := upd s₁.pciOwner d s.current
      pciRoot := upd s₁.pciRoot d q
      nrDevs := upd s₁.nrDevs s.current (s₁.nrDevs s.current + 1)
      contextRequest := d + 1
      flushIotlb := 1 })

/-- May the caller put a new entry at `table[i]`, an IOMMU table of type `t`? -/
def checkIommuMap (s : State) (table i : Nat) (perm : Word) (t : PageType) : Nat :=
  if ¬ isPageOf s table t then EINVAL
  else if s.pageOwner table ≠ s.current then EACCES
  else if ¬ isIndex i then EINVAL
  else if ¬ isIommuPerm perm then EINVAL
  else if s.word table i ≠ 0#64 then EINVAL
  else 0

/-- Write an entry into an IOMMU table and ask for a flush of the devices' cached translations. -/
def setIommuEntry (s : State) (table i : Nat) (e : Word) : State :=
  { s with word := upd2 s.word table i e, flushIotlb := 1 }

/-- Give the caller the free page `q` as an IOMMU table of type `child`, at `table[i]`, a table of type `parent`. -/
def allocIommuTable (s : State) (table i q : Nat) (perm : Word) (parent child : PageType) : Nat × State :=
  let e := checkIommuMap s table i perm parent
  if ¬ isFree s q then (EINVAL, s)
  else if e ≠ 0 then (e, s)
  else (0, setIommuEntry (allocPage s s.current child q) table i (makeEntry (s.base + q) perm))

/-- Give the caller the free page `q` as a level-3 IOMMU table. -/
def allocIommuPdpt (s : State) (table i q : Nat) (perm : Word) : Nat × State :=
  allocIommuTable s table i q perm .iommuPml4 .iommuPdpt
/-- Give the caller the free page `q` as a level-2 IOMMU table. -/
def allocIommuPd (s : State) (table i q : Nat) (perm : Word) : Nat × State :=
  allocIommuTable s table i q perm .iommuPdpt .iommuPd
/-- Give the caller the free page `q` as a level-1 IOMMU table. -/
def allocIommuPt (s : State) (table i q : Nat) (perm : Word) : Nat × State :=
  allocIommuTable s table i q perm .iommuPd .iommuPt

/-- Give the caller the free DMA page `d`, filled with zeros, at `table[i]` of a level-1 IOMMU table. -/
def allocIommuFrame (s : State) (table i d : Nat) (perm : Word) : Nat × State :=
  let e := checkIommuMap s table i perm .iommuPt
  if ¬ isDmapn d then (EINVAL, s)
  else if s.dmaType d ≠ .free then (EBUSY, s)
  else if e ≠ 0 then (e, s)
  else
    let s₁ := { s with
      dmaType := upd s.dmaType d .iommuFrame
      dmaOwner := upd s.dmaOwner d s.current
      dmaWord := upd s.dmaWord d fun _ => 0#64
      nrDmapages := upd s.nrDmapages s.current (s.nrDmapages s.current + 1) }
    (0, setIommuEntry s₁ table i (makeEntry (s.base + 8192 + d) perm))

/-! ## Taking them back -/

/-- Take the DMA page `d` from a zombie. Any process may call it, but not while the zombie still has a device, which may
write to the page. -/
def reclaimIommuFrame (s : State) (d : Nat) : Nat × State :=
  let p := s.dmaOwner d
  if ¬ isDmapn d then (EINVAL, s)
  else if s.dmaType d = .free then (EINVAL, s)
  else if s.state p ≠ .zombie then (EACCES, s)
  else if s.nrDevs p ≠ 0 then (EBUSY, s)
  else (0, { s with
    dmaType := upd s.dmaType d .free
    dmaOwner := upd s.dmaOwner d 0
    nrDmapages := upd s.nrDmapages p (s.nrDmapages p - 1) })

/-- Take the device `d` from a zombie. Any process may call it, but not while the zombie still has an interrupt route. The
hardware's context entry is to be cleared, and what the device remembers to be dropped: from then on it reaches nothing. -/
def reclaimIommuRoot (s : State) (d : Nat) : Nat × State :=
  let p := s.pciOwner d
  if ¬ isDevid d then (EINVAL, s)
  else if ¬ isPid p then (EACCES, s)
  else if s.state p ≠ .zombie then (EACCES, s)
  else if s.nrIntremaps p ≠ 0 then (EBUSY, s)
  else (0, { s with
    pciOwner := upd s.pciOwner d 0
    pciRoot := upd s.pciRoot d 0
    nrDevs := upd s.nrDevs p (s.nrDevs p - 1)
    contextRequest := d + 1
    flushIotlb := 1 })

end Lv6.Spec
