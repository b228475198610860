module
public import Lv6.Theorems.Witness
public import Lv6.Theorems.IommuWalk
public import Lv6.Spec.Keep.Clone
public import Lv6.Spec.Keep.Iommu
public import Lv6.Spec.Keep.Scan
/-!
# The theorems on devices are not empty

When one device is there, init can claim it and lead it to a DMA page: each of the calls succeeds, and afterwards a unit finds
that page at the device's address 0, with tables of four levels as with three. When init has died, what it had can be taken
back.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec.Witness

/-! ## One device -/

/-- The device: function 0 of device 3 on bus 0. -/
abbrev device : Nat := 24

/-- What the boot scan says: one function, with a page of memory at the beginning of the PCI hole, which an IOMMU confines. -/
def oneDevice : Scan where
  count := 1
  iommu := 1
  ecam := 0
  devid _ := device
  classCode _ := 0x2000000
  barBase _ _ := 0xa0000000
  barSize _ i := if i = 0 then 4096 else 0

/-- The kernel has started, and has taken over what the scan says. -/
def found : State := (bootDevices start oneDevice).2

theorem found_inv : Inv found := (bootDevices_inv start_inv (initial_unclaimed (by decide) (by decide)) oneDevice).1

/-! ## Claiming it -/

/-- Init has a level-1 table, page 6, after the three calls of `Witness.calls_succeed`. -/
def tables : State := (allocPt (allocPd (allocPdpt found 1 1 0 4 readWrite).2 1 4 0 5 readWrite).2 1 5 0 6 readWrite).2
/-- Init claims the device, with page 7 as the root of its tables. -/
def root : Nat × State := allocIommuRoot tables device 7
/-- It makes page 8 the device's first level-3 table. -/
def ioPdpt : Nat × State := allocIommuPdpt root.2 7 0 8 readWrite
/-- It makes page 9 the device's first level-2 table. -/
def ioPd : Nat × State := allocIommuPd ioPdpt.2 8 0 9 readWrite
/-- It makes page 10 the device's first level-1 table. -/
def ioPt : Nat × State := allocIommuPt ioPd.2 9 0 10 readWrite
/-- It leads the device's address 0 to DMA page 0. -/
def dma : Nat × State := allocIommuFrame ioPt.2 10 0 0 readWrite

/-- All five calls succeed. -/
theorem device_calls_succeed : root.1 = 0 ∧ ioPdpt.1 = 0 ∧ ioPd.1 = 0 ∧ ioPt.1 = 0 ∧ dma.1 = 0 := by decide +kernel

/-- The state after them satisfies the invariant. -/
theorem dma_inv : Inv dma.2 :=
  have tables_inv := allocPt_inv (allocPd_inv (allocPdpt_inv found_inv))
  allocIommuFrame_inv (allocIommuPt_inv (allocIommuPd_inv (allocIommuPdpt_inv (allocIommuRoot_inv tables_inv))))

/-- The first page of the device's address space is now DMA page 0, which it can read and write; with four levels of tables and
with three. -/
theorem dma_walk (levels : Levels) : dma.2.deviceWalk levels device 0#64 = .hit (512 + 8192) true true := by
  cases levels <;> decide +kernel

/-- It belongs to init, as the isolation theorem says that it must. -/
theorem dma_own : dma.2.dmaOwner 0 = 1 ∧ dma.2.dmaType 0 = .iommuFrame := by decide +kernel

/-- Init can map the DMA page, at address 0. -/
theorem mapIommuFrame_succeeds : (mapIommuFrame dma.2 6 0 0 readWrite).1 = 0 := by decide +kernel

/-- Or the registers of the device. -/
theorem mapPcipage_succeeds : (mapPcipage dma.2 6 0 0 readWrite).1 = 0 := by decide +kernel

/-! ## Taking it back -/

/-- Init makes a child. -/
def child : Nat × State := clone dma.2 2 11 12 13
/-- It puts it on the ready list. -/
def ready : Nat × State := setRunnable child.2 2
/-- It kills itself. -/
def killed : Nat × State := kill ready.2 1
/-- It gives the processor up, and is dead. -/
def dead : Nat × State := switch killed.2 2
/-- The child takes the device. -/
def noDevice : Nat × State := reclaimIommuRoot dead.2 device
/-- It takes the DMA page. -/
def noDma : Nat × State := reclaimIommuFrame noDevice.2 0

/-- Init dies, and the child can take the device and the DMA page of the dead process. -/
theorem reclaim_succeeds : child.1 = 0 ∧ ready.1 = 0 ∧ killed.1 = 0 ∧ dead.1 = 0 ∧ noDevice.1 = 0 ∧ noDma.1 = 0 := by
  decide +kernel

/-- The invariant holds after all of this. -/
theorem noDma_inv : Inv noDma.2 :=
  reclaimIommuFrame_inv (reclaimIommuRoot_inv (switch_inv (kill_inv (setRunnable_inv (clone_inv dma_inv)))))

end Lv6.Spec.Witness
