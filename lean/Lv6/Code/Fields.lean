module
public import Aeneas
public import Aeneas.Lemmas.Array
public import Lv6.Code.Abi
public import Lv6.Code.State
public import Lv6.Spec.State
/-! Generated from the structures of `Lv6.Code.State`; see EXTRACTION.json. Do not edit.

For each field `x` of the specification's state: `xOf`, the field as a function of the array of records; `xOf_get`, a
read; `xOf_set`, a write; `x_abs`, the same field of `abs k`. Proofs about the code use only these. -/
open Aeneas Aeneas.Std Result
open Lv6.Spec (upd)
set_option linter.all false
@[expose] public section
noncomputable section
namespace Lv6.Code

def state.FileType.abs : state.FileType → Spec.FileType
  | .None => .none
  | .Pipe => .pipe
  | .Inode => .inode
  | .Socket => .socket
theorem state.FileType.None_abs : state.FileType.None.abs = .none := rfl
theorem state.FileType.Pipe_abs : state.FileType.Pipe.abs = .pipe := rfl
theorem state.FileType.Inode_abs : state.FileType.Inode.abs = .inode := rfl
theorem state.FileType.Socket_abs : state.FileType.Socket.abs = .socket := rfl
deriving instance Inhabited for state.FileType
theorem state.FileType.is_ok (a b : state.FileType) : state.FileType.is a b = ok (decide (a.abs = b.abs)) := by
  cases a <;> cases b <;> rfl

def state.PageType.abs : state.PageType → Spec.PageType
  | .Free => .free
  | .Reserved => .reserved
  | .ProcData => .procData
  | .Frame => .frame
  | .X86Pml4 => .x86Pml4
  | .X86Pdpt => .x86Pdpt
  | .X86Pd => .x86Pd
  | .X86Pt => .x86Pt
  | .IommuPml4 => .iommuPml4
  | .IommuPdpt => .iommuPdpt
  | .IommuPd => .iommuPd
  | .IommuPt => .iommuPt
  | .IommuFrame => .iommuFrame
theorem state.PageType.Free_abs : state.PageType.Free.abs = .free := rfl
theorem state.PageType.Reserved_abs : state.PageType.Reserved.abs = .reserved := rfl
theorem state.PageType.ProcData_abs : state.PageType.ProcData.abs = .procData := rfl
theorem state.PageType.Frame_abs : state.PageType.Frame.abs = .frame := rfl
theorem state.PageType.X86Pml4_abs : state.PageType.X86Pml4.abs = .x86Pml4 := rfl
theorem state.PageType.X86Pdpt_abs : state.PageType.X86Pdpt.abs = .x86Pdpt := rfl
theorem state.PageType.X86Pd_abs : state.PageType.X86Pd.abs = .x86Pd := rfl
theorem state.PageType.X86Pt_abs : state.PageType.X86Pt.abs = .x86Pt := rfl
theorem state.PageType.IommuPml4_abs : state.PageType.IommuPml4.abs = .iommuPml4 := rfl
theorem state.PageType.IommuPdpt_abs : state.PageType.IommuPdpt.abs = .iommuPdpt := rfl
theorem state.PageType.IommuPd_abs : state.PageType.IommuPd.abs = .iommuPd := rfl
theorem state.PageType.IommuPt_abs : state.PageType.IommuPt.abs = .iommuPt := rfl
theorem state.PageType.IommuFrame_abs : state.PageType.IommuFrame.abs = .iommuFrame := rfl
deriving instance Inhabited for state.PageType
theorem state.PageType.is_ok (a b : state.PageType) : state.PageType.is a b = ok (decide (a.abs = b.abs)) := by
  cases a <;> cases b <;> rfl

def state.ProcState.abs : state.ProcState → Spec.ProcState
  | .Unused => .unused
  | .Embryo => .embryo
  | .Runnable => .runnable
  | .Running => .running
  | .Sleeping => .sleeping
  | .Zombie => .zombie
theorem state.ProcState.Unused_abs : state.ProcState.Unused.abs = .unused := rfl
theorem state.ProcState.Embryo_abs : state.ProcState.Embryo.abs = .embryo := rfl
theorem state.ProcState.Runnable_abs : state.ProcState.Runnable.abs = .runnable := rfl
theorem state.ProcState.Running_abs : state.ProcState.Running.abs = .running := rfl
theorem state.ProcState.Sleeping_abs : state.ProcState.Sleeping.abs = .sleeping := rfl
theorem state.ProcState.Zombie_abs : state.ProcState.Zombie.abs = .zombie := rfl
deriving instance Inhabited for state.ProcState
theorem state.ProcState.is_ok (a b : state.ProcState) : state.ProcState.is a b = ok (decide (a.abs = b.abs)) := by
  cases a <;> cases b <;> rfl
deriving instance Inhabited for state.DmaDesc
deriving instance Inhabited for state.File
deriving instance Inhabited for state.Intremap
deriving instance Inhabited for state.PageDesc
deriving instance Inhabited for state.PciFunc
deriving instance Inhabited for state.PciPage
deriving instance Inhabited for state.PciSlot
deriving instance Inhabited for state.Proc

/-- An array of numbers as a function. -/
@[irreducible] def natsOf {n : Usize} (a : Std.Array U64 n) (i : Nat) : Nat := (a.get i).val
theorem natsOf_get {n : Usize} (a : Std.Array U64 n) (i : Nat) : (a.get i).val = natsOf a i := by unfold natsOf; rfl
theorem natsOf_set {n : Usize} (a : Std.Array U64 n) (i : Usize) (x : U64) (h : i.val < n.val) :
    natsOf (a.set i x) = upd (natsOf a) i.val x.val := by
  funext q; unfold natsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl
theorem natsOf_repeat (n : Usize) : natsOf (Array.repeat n 0#u64) = fun _ => 0 := by
  funext q; unfold natsOf; rw [Array.get_repeat]; split <;> rfl

/-- An array of words as a function. -/
@[irreducible] def wordsOf {n : Usize} (a : Std.Array U64 n) (i : Nat) : Spec.Word := (a.get i).bv
theorem wordsOf_get {n : Usize} (a : Std.Array U64 n) (i : Nat) : (a.get i).bv = wordsOf a i := by
  unfold wordsOf; rfl
theorem wordsOf_set {n : Usize} (a : Std.Array U64 n) (i : Usize) (x : U64) (h : i.val < n.val) :
    wordsOf (a.set i x) = upd (wordsOf a) i.val x.bv := by
  funext q; unfold wordsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl
theorem wordsOf_repeat (n : Usize) : wordsOf (Array.repeat n 0#u64) = fun _ => 0#64 := by
  funext q; unfold wordsOf; rw [Array.get_repeat]; split <;> rfl

/-- `procs[i].state` -/
@[irreducible] def stateOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Spec.ProcState :=
  (a.get i).state.abs
theorem stateOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).state.abs = stateOf a i := by unfold stateOf; rfl
theorem stateOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    stateOf (a.set i v) = upd (stateOf a) i.val v.state.abs := by
  funext q; unfold stateOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ppid` -/
@[irreducible] def ppidOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ppid.val
theorem ppidOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ppid.val = ppidOf a i := by unfold ppidOf; rfl
theorem ppidOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ppidOf (a.set i v) = upd (ppidOf a) i.val v.ppid.val := by
  funext q; unfold ppidOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].page_table_root` -/
@[irreducible] def rootOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).page_table_root.val
theorem rootOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).page_table_root.val = rootOf a i := by unfold rootOf; rfl
theorem rootOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    rootOf (a.set i v) = upd (rootOf a) i.val v.page_table_root.val := by
  funext q; unfold rootOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].stack` -/
@[irreducible] def stackOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).stack.val
theorem stackOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).stack.val = stackOf a i := by unfold stackOf; rfl
theorem stackOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    stackOf (a.set i v) = upd (stackOf a) i.val v.stack.val := by
  funext q; unfold stackOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].hvm` -/
@[irreducible] def hvmOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).hvm.val
theorem hvmOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).hvm.val = hvmOf a i := by unfold hvmOf; rfl
theorem hvmOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    hvmOf (a.set i v) = upd (hvmOf a) i.val v.hvm.val := by
  funext q; unfold hvmOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].io_bitmap_a` -/
@[irreducible] def ioBitmapAOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).io_bitmap_a.val
theorem ioBitmapAOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).io_bitmap_a.val = ioBitmapAOf a i := by unfold ioBitmapAOf; rfl
theorem ioBitmapAOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ioBitmapAOf (a.set i v) = upd (ioBitmapAOf a) i.val v.io_bitmap_a.val := by
  funext q; unfold ioBitmapAOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].io_bitmap_b` -/
@[irreducible] def ioBitmapBOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).io_bitmap_b.val
theorem ioBitmapBOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).io_bitmap_b.val = ioBitmapBOf a i := by unfold ioBitmapBOf; rfl
theorem ioBitmapBOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ioBitmapBOf (a.set i v) = upd (ioBitmapBOf a) i.val v.io_bitmap_b.val := by
  funext q; unfold ioBitmapBOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ofile` -/
@[irreducible] def ofileOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat → Nat :=
  natsOf (a.get i).ofile
theorem ofileOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    natsOf (a.get i).ofile = ofileOf a i := by unfold ofileOf; rfl
theorem ofileOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ofileOf (a.set i v) = upd (ofileOf a) i.val (natsOf v.ofile) := by
  funext q; unfold ofileOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_children` -/
@[irreducible] def nrChildrenOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_children.val
theorem nrChildrenOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_children.val = nrChildrenOf a i := by unfold nrChildrenOf; rfl
theorem nrChildrenOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrChildrenOf (a.set i v) = upd (nrChildrenOf a) i.val v.nr_children.val := by
  funext q; unfold nrChildrenOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_fds` -/
@[irreducible] def nrFdsOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_fds.val
theorem nrFdsOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_fds.val = nrFdsOf a i := by unfold nrFdsOf; rfl
theorem nrFdsOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrFdsOf (a.set i v) = upd (nrFdsOf a) i.val v.nr_fds.val := by
  funext q; unfold nrFdsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_pages` -/
@[irreducible] def nrPagesOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_pages.val
theorem nrPagesOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_pages.val = nrPagesOf a i := by unfold nrPagesOf; rfl
theorem nrPagesOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrPagesOf (a.set i v) = upd (nrPagesOf a) i.val v.nr_pages.val := by
  funext q; unfold nrPagesOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_dmapages` -/
@[irreducible] def nrDmapagesOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_dmapages.val
theorem nrDmapagesOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_dmapages.val = nrDmapagesOf a i := by unfold nrDmapagesOf; rfl
theorem nrDmapagesOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrDmapagesOf (a.set i v) = upd (nrDmapagesOf a) i.val v.nr_dmapages.val := by
  funext q; unfold nrDmapagesOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_devs` -/
@[irreducible] def nrDevsOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_devs.val
theorem nrDevsOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_devs.val = nrDevsOf a i := by unfold nrDevsOf; rfl
theorem nrDevsOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrDevsOf (a.set i v) = upd (nrDevsOf a) i.val v.nr_devs.val := by
  funext q; unfold nrDevsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_ports` -/
@[irreducible] def nrPortsOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_ports.val
theorem nrPortsOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_ports.val = nrPortsOf a i := by unfold nrPortsOf; rfl
theorem nrPortsOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrPortsOf (a.set i v) = upd (nrPortsOf a) i.val v.nr_ports.val := by
  funext q; unfold nrPortsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_vectors` -/
@[irreducible] def nrVectorsOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_vectors.val
theorem nrVectorsOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_vectors.val = nrVectorsOf a i := by unfold nrVectorsOf; rfl
theorem nrVectorsOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrVectorsOf (a.set i v) = upd (nrVectorsOf a) i.val v.nr_vectors.val := by
  funext q; unfold nrVectorsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].nr_intremaps` -/
@[irreducible] def nrIntremapsOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).nr_intremaps.val
theorem nrIntremapsOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).nr_intremaps.val = nrIntremapsOf a i := by unfold nrIntremapsOf; rfl
theorem nrIntremapsOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nrIntremapsOf (a.set i v) = upd (nrIntremapsOf a) i.val v.nr_intremaps.val := by
  funext q; unfold nrIntremapsOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].killed` -/
@[irreducible] def killedOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).killed.val
theorem killedOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).killed.val = killedOf a i := by unfold killedOf; rfl
theorem killedOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    killedOf (a.set i v) = upd (killedOf a) i.val v.killed.val := by
  funext q; unfold killedOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].use_io_bitmap` -/
@[irreducible] def useIoBitmapOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).use_io_bitmap.val
theorem useIoBitmapOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).use_io_bitmap.val = useIoBitmapOf a i := by unfold useIoBitmapOf; rfl
theorem useIoBitmapOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    useIoBitmapOf (a.set i v) = upd (useIoBitmapOf a) i.val v.use_io_bitmap.val := by
  funext q; unfold useIoBitmapOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ipc_from` -/
@[irreducible] def ipcFromOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ipc_from.val
theorem ipcFromOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ipc_from.val = ipcFromOf a i := by unfold ipcFromOf; rfl
theorem ipcFromOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ipcFromOf (a.set i v) = upd (ipcFromOf a) i.val v.ipc_from.val := by
  funext q; unfold ipcFromOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ipc_val` -/
@[irreducible] def ipcValOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ipc_val.val
theorem ipcValOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ipc_val.val = ipcValOf a i := by unfold ipcValOf; rfl
theorem ipcValOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ipcValOf (a.set i v) = upd (ipcValOf a) i.val v.ipc_val.val := by
  funext q; unfold ipcValOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ipc_page` -/
@[irreducible] def ipcPageOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ipc_page.val
theorem ipcPageOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ipc_page.val = ipcPageOf a i := by unfold ipcPageOf; rfl
theorem ipcPageOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ipcPageOf (a.set i v) = upd (ipcPageOf a) i.val v.ipc_page.val := by
  funext q; unfold ipcPageOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ipc_size` -/
@[irreducible] def ipcSizeOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ipc_size.val
theorem ipcSizeOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ipc_size.val = ipcSizeOf a i := by unfold ipcSizeOf; rfl
theorem ipcSizeOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ipcSizeOf (a.set i v) = upd (ipcSizeOf a) i.val v.ipc_size.val := by
  funext q; unfold ipcSizeOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ipc_fd` -/
@[irreducible] def ipcFdOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ipc_fd.val
theorem ipcFdOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ipc_fd.val = ipcFdOf a i := by unfold ipcFdOf; rfl
theorem ipcFdOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    ipcFdOf (a.set i v) = upd (ipcFdOf a) i.val v.ipc_fd.val := by
  funext q; unfold ipcFdOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].intr` -/
@[irreducible] def intrOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat → Spec.Word :=
  wordsOf (a.get i).intr
theorem intrOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    wordsOf (a.get i).intr = intrOf a i := by unfold intrOf; rfl
theorem intrOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    intrOf (a.set i v) = upd (intrOf a) i.val (wordsOf v.intr) := by
  funext q; unfold intrOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].«name»` -/
@[irreducible] def nameOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat → Spec.Word :=
  wordsOf (a.get i).«name»
theorem nameOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    wordsOf (a.get i).«name» = nameOf a i := by unfold nameOf; rfl
theorem nameOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nameOf (a.set i v) = upd (nameOf a) i.val (wordsOf v.«name») := by
  funext q; unfold nameOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ready_prev` -/
@[irreducible] def prevOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ready_prev.val
theorem prevOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ready_prev.val = prevOf a i := by unfold prevOf; rfl
theorem prevOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    prevOf (a.set i v) = upd (prevOf a) i.val v.ready_prev.val := by
  funext q; unfold prevOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `procs[i].ready_next` -/
@[irreducible] def nextOf (a : Std.Array state.Proc 64#usize) (i : Nat) : Nat :=
  (a.get i).ready_next.val
theorem nextOf_get (a : Std.Array state.Proc 64#usize) (i : Nat) :
    (a.get i).ready_next.val = nextOf a i := by unfold nextOf; rfl
theorem nextOf_set (a : Std.Array state.Proc 64#usize) (i : Usize) (v : state.Proc) (h : i.val < 64) :
    nextOf (a.set i v) = upd (nextOf a) i.val v.ready_next.val := by
  funext q; unfold nextOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `page_desc[i].kind` -/
@[irreducible] def pageTypeOf (a : Std.Array state.PageDesc 8192#usize) (i : Nat) : Spec.PageType :=
  (a.get i).kind.abs
theorem pageTypeOf_get (a : Std.Array state.PageDesc 8192#usize) (i : Nat) :
    (a.get i).kind.abs = pageTypeOf a i := by unfold pageTypeOf; rfl
theorem pageTypeOf_set (a : Std.Array state.PageDesc 8192#usize) (i : Usize) (v : state.PageDesc) (h : i.val < 8192) :
    pageTypeOf (a.set i v) = upd (pageTypeOf a) i.val v.kind.abs := by
  funext q; unfold pageTypeOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `page_desc[i].owner` -/
@[irreducible] def pageOwnerOf (a : Std.Array state.PageDesc 8192#usize) (i : Nat) : Nat :=
  (a.get i).owner.val
theorem pageOwnerOf_get (a : Std.Array state.PageDesc 8192#usize) (i : Nat) :
    (a.get i).owner.val = pageOwnerOf a i := by unfold pageOwnerOf; rfl
theorem pageOwnerOf_set (a : Std.Array state.PageDesc 8192#usize) (i : Usize) (v : state.PageDesc) (h : i.val < 8192) :
    pageOwnerOf (a.set i v) = upd (pageOwnerOf a) i.val v.owner.val := by
  funext q; unfold pageOwnerOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `page_desc[i].free_prev` -/
@[irreducible] def freePrevOf (a : Std.Array state.PageDesc 8192#usize) (i : Nat) : Nat :=
  (a.get i).free_prev.val
theorem freePrevOf_get (a : Std.Array state.PageDesc 8192#usize) (i : Nat) :
    (a.get i).free_prev.val = freePrevOf a i := by unfold freePrevOf; rfl
theorem freePrevOf_set (a : Std.Array state.PageDesc 8192#usize) (i : Usize) (v : state.PageDesc) (h : i.val < 8192) :
    freePrevOf (a.set i v) = upd (freePrevOf a) i.val v.free_prev.val := by
  funext q; unfold freePrevOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `page_desc[i].free_next` -/
@[irreducible] def freeNextOf (a : Std.Array state.PageDesc 8192#usize) (i : Nat) : Nat :=
  (a.get i).free_next.val
theorem freeNextOf_get (a : Std.Array state.PageDesc 8192#usize) (i : Nat) :
    (a.get i).free_next.val = freeNextOf a i := by unfold freeNextOf; rfl
theorem freeNextOf_set (a : Std.Array state.PageDesc 8192#usize) (i : Usize) (v : state.PageDesc) (h : i.val < 8192) :
    freeNextOf (a.set i v) = upd (freeNextOf a) i.val v.free_next.val := by
  funext q; unfold freeNextOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pages[i]` -/
@[irreducible] def wordOf (a : Std.Array (Std.Array Std.U64 512#usize) 8192#usize) (i : Nat) : Nat → Spec.Word :=
  wordsOf (a.get i)
theorem wordOf_get (a : Std.Array (Std.Array Std.U64 512#usize) 8192#usize) (i : Nat) :
    wordsOf (a.get i) = wordOf a i := by unfold wordOf; rfl
theorem wordOf_set (a : Std.Array (Std.Array Std.U64 512#usize) 8192#usize) (i : Usize) (v : Std.Array Std.U64 512#usize) (h : i.val < 8192) :
    wordOf (a.set i v) = upd (wordOf a) i.val (wordsOf v) := by
  funext q; unfold wordOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `dma_pages[i]` -/
@[irreducible] def dmaWordOf (a : Std.Array (Std.Array Std.U64 512#usize) 512#usize) (i : Nat) : Nat → Spec.Word :=
  wordsOf (a.get i)
theorem dmaWordOf_get (a : Std.Array (Std.Array Std.U64 512#usize) 512#usize) (i : Nat) :
    wordsOf (a.get i) = dmaWordOf a i := by unfold dmaWordOf; rfl
theorem dmaWordOf_set (a : Std.Array (Std.Array Std.U64 512#usize) 512#usize) (i : Usize) (v : Std.Array Std.U64 512#usize) (h : i.val < 512) :
    dmaWordOf (a.set i v) = upd (dmaWordOf a) i.val (wordsOf v) := by
  funext q; unfold dmaWordOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `files[i].kind` -/
@[irreducible] def fileTypeOf (a : Std.Array state.File 128#usize) (i : Nat) : Spec.FileType :=
  (a.get i).kind.abs
theorem fileTypeOf_get (a : Std.Array state.File 128#usize) (i : Nat) :
    (a.get i).kind.abs = fileTypeOf a i := by unfold fileTypeOf; rfl
theorem fileTypeOf_set (a : Std.Array state.File 128#usize) (i : Usize) (v : state.File) (h : i.val < 128) :
    fileTypeOf (a.set i v) = upd (fileTypeOf a) i.val v.kind.abs := by
  funext q; unfold fileTypeOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `files[i].refcnt` -/
@[irreducible] def fileRefcntOf (a : Std.Array state.File 128#usize) (i : Nat) : Nat :=
  (a.get i).refcnt.val
theorem fileRefcntOf_get (a : Std.Array state.File 128#usize) (i : Nat) :
    (a.get i).refcnt.val = fileRefcntOf a i := by unfold fileRefcntOf; rfl
theorem fileRefcntOf_set (a : Std.Array state.File 128#usize) (i : Usize) (v : state.File) (h : i.val < 128) :
    fileRefcntOf (a.set i v) = upd (fileRefcntOf a) i.val v.refcnt.val := by
  funext q; unfold fileRefcntOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `files[i].value` -/
@[irreducible] def fileValueOf (a : Std.Array state.File 128#usize) (i : Nat) : Nat :=
  (a.get i).value.val
theorem fileValueOf_get (a : Std.Array state.File 128#usize) (i : Nat) :
    (a.get i).value.val = fileValueOf a i := by unfold fileValueOf; rfl
theorem fileValueOf_set (a : Std.Array state.File 128#usize) (i : Usize) (v : state.File) (h : i.val < 128) :
    fileValueOf (a.set i v) = upd (fileValueOf a) i.val v.value.val := by
  funext q; unfold fileValueOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `files[i].omode` -/
@[irreducible] def fileOmodeOf (a : Std.Array state.File 128#usize) (i : Nat) : Nat :=
  (a.get i).omode.val
theorem fileOmodeOf_get (a : Std.Array state.File 128#usize) (i : Nat) :
    (a.get i).omode.val = fileOmodeOf a i := by unfold fileOmodeOf; rfl
theorem fileOmodeOf_set (a : Std.Array state.File 128#usize) (i : Usize) (v : state.File) (h : i.val < 128) :
    fileOmodeOf (a.set i v) = upd (fileOmodeOf a) i.val v.omode.val := by
  funext q; unfold fileOmodeOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `files[i].offset` -/
@[irreducible] def fileOffsetOf (a : Std.Array state.File 128#usize) (i : Nat) : Nat :=
  (a.get i).offset.val
theorem fileOffsetOf_get (a : Std.Array state.File 128#usize) (i : Nat) :
    (a.get i).offset.val = fileOffsetOf a i := by unfold fileOffsetOf; rfl
theorem fileOffsetOf_set (a : Std.Array state.File 128#usize) (i : Usize) (v : state.File) (h : i.val < 128) :
    fileOffsetOf (a.set i v) = upd (fileOffsetOf a) i.val v.offset.val := by
  funext q; unfold fileOffsetOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `dma[i].kind` -/
@[irreducible] def dmaTypeOf (a : Std.Array state.DmaDesc 512#usize) (i : Nat) : Spec.PageType :=
  (a.get i).kind.abs
theorem dmaTypeOf_get (a : Std.Array state.DmaDesc 512#usize) (i : Nat) :
    (a.get i).kind.abs = dmaTypeOf a i := by unfold dmaTypeOf; rfl
theorem dmaTypeOf_set (a : Std.Array state.DmaDesc 512#usize) (i : Usize) (v : state.DmaDesc) (h : i.val < 512) :
    dmaTypeOf (a.set i v) = upd (dmaTypeOf a) i.val v.kind.abs := by
  funext q; unfold dmaTypeOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `dma[i].owner` -/
@[irreducible] def dmaOwnerOf (a : Std.Array state.DmaDesc 512#usize) (i : Nat) : Nat :=
  (a.get i).owner.val
theorem dmaOwnerOf_get (a : Std.Array state.DmaDesc 512#usize) (i : Nat) :
    (a.get i).owner.val = dmaOwnerOf a i := by unfold dmaOwnerOf; rfl
theorem dmaOwnerOf_set (a : Std.Array state.DmaDesc 512#usize) (i : Usize) (v : state.DmaDesc) (h : i.val < 512) :
    dmaOwnerOf (a.set i v) = upd (dmaOwnerOf a) i.val v.owner.val := by
  funext q; unfold dmaOwnerOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci[i].owner` -/
@[irreducible] def pciOwnerOf (a : Std.Array state.PciSlot 65536#usize) (i : Nat) : Nat :=
  (a.get i).owner.val
theorem pciOwnerOf_get (a : Std.Array state.PciSlot 65536#usize) (i : Nat) :
    (a.get i).owner.val = pciOwnerOf a i := by unfold pciOwnerOf; rfl
theorem pciOwnerOf_set (a : Std.Array state.PciSlot 65536#usize) (i : Usize) (v : state.PciSlot) (h : i.val < 65536) :
    pciOwnerOf (a.set i v) = upd (pciOwnerOf a) i.val v.owner.val := by
  funext q; unfold pciOwnerOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci[i].root` -/
@[irreducible] def pciRootOf (a : Std.Array state.PciSlot 65536#usize) (i : Nat) : Nat :=
  (a.get i).root.val
theorem pciRootOf_get (a : Std.Array state.PciSlot 65536#usize) (i : Nat) :
    (a.get i).root.val = pciRootOf a i := by unfold pciRootOf; rfl
theorem pciRootOf_set (a : Std.Array state.PciSlot 65536#usize) (i : Usize) (v : state.PciSlot) (h : i.val < 65536) :
    pciRootOf (a.set i v) = upd (pciRootOf a) i.val v.root.val := by
  funext q; unfold pciRootOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci[i].present` -/
@[irreducible] def pciPresentOf (a : Std.Array state.PciSlot 65536#usize) (i : Nat) : Nat :=
  (a.get i).present.val
theorem pciPresentOf_get (a : Std.Array state.PciSlot 65536#usize) (i : Nat) :
    (a.get i).present.val = pciPresentOf a i := by unfold pciPresentOf; rfl
theorem pciPresentOf_set (a : Std.Array state.PciSlot 65536#usize) (i : Usize) (v : state.PciSlot) (h : i.val < 65536) :
    pciPresentOf (a.set i v) = upd (pciPresentOf a) i.val v.present.val := by
  funext q; unfold pciPresentOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci_pages[i].devid` -/
@[irreducible] def pciPageDevOf (a : Std.Array state.PciPage 393216#usize) (i : Nat) : Nat :=
  (a.get i).devid.val
theorem pciPageDevOf_get (a : Std.Array state.PciPage 393216#usize) (i : Nat) :
    (a.get i).devid.val = pciPageDevOf a i := by unfold pciPageDevOf; rfl
theorem pciPageDevOf_set (a : Std.Array state.PciPage 393216#usize) (i : Usize) (v : state.PciPage) (h : i.val < 393216) :
    pciPageDevOf (a.set i v) = upd (pciPageDevOf a) i.val v.devid.val := by
  funext q; unfold pciPageDevOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci_pages[i].valid` -/
@[irreducible] def pciPageValidOf (a : Std.Array state.PciPage 393216#usize) (i : Nat) : Bool :=
  (a.get i).valid
theorem pciPageValidOf_get (a : Std.Array state.PciPage 393216#usize) (i : Nat) :
    (a.get i).valid = pciPageValidOf a i := by unfold pciPageValidOf; rfl
theorem pciPageValidOf_set (a : Std.Array state.PciPage 393216#usize) (i : Usize) (v : state.PciPage) (h : i.val < 393216) :
    pciPageValidOf (a.set i v) = upd (pciPageValidOf a) i.val v.valid := by
  funext q; unfold pciPageValidOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `pci_pages[i].config` -/
@[irreducible] def pciPageConfigOf (a : Std.Array state.PciPage 393216#usize) (i : Nat) : Bool :=
  (a.get i).config
theorem pciPageConfigOf_get (a : Std.Array state.PciPage 393216#usize) (i : Nat) :
    (a.get i).config = pciPageConfigOf a i := by unfold pciPageConfigOf; rfl
theorem pciPageConfigOf_set (a : Std.Array state.PciPage 393216#usize) (i : Usize) (v : state.PciPage) (h : i.val < 393216) :
    pciPageConfigOf (a.set i v) = upd (pciPageConfigOf a) i.val v.config := by
  funext q; unfold pciPageConfigOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `intremaps[i].active` -/
@[irreducible] def intremapActiveOf (a : Std.Array state.Intremap 8#usize) (i : Nat) : Nat :=
  (a.get i).active.val
theorem intremapActiveOf_get (a : Std.Array state.Intremap 8#usize) (i : Nat) :
    (a.get i).active.val = intremapActiveOf a i := by unfold intremapActiveOf; rfl
theorem intremapActiveOf_set (a : Std.Array state.Intremap 8#usize) (i : Usize) (v : state.Intremap) (h : i.val < 8) :
    intremapActiveOf (a.set i v) = upd (intremapActiveOf a) i.val v.active.val := by
  funext q; unfold intremapActiveOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `intremaps[i].devid` -/
@[irreducible] def intremapDevOf (a : Std.Array state.Intremap 8#usize) (i : Nat) : Nat :=
  (a.get i).devid.val
theorem intremapDevOf_get (a : Std.Array state.Intremap 8#usize) (i : Nat) :
    (a.get i).devid.val = intremapDevOf a i := by unfold intremapDevOf; rfl
theorem intremapDevOf_set (a : Std.Array state.Intremap 8#usize) (i : Usize) (v : state.Intremap) (h : i.val < 8) :
    intremapDevOf (a.set i v) = upd (intremapDevOf a) i.val v.devid.val := by
  funext q; unfold intremapDevOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- `intremaps[i].vector` -/
@[irreducible] def intremapVectorOf (a : Std.Array state.Intremap 8#usize) (i : Nat) : Nat :=
  (a.get i).vector.val
theorem intremapVectorOf_get (a : Std.Array state.Intremap 8#usize) (i : Nat) :
    (a.get i).vector.val = intremapVectorOf a i := by unfold intremapVectorOf; rfl
theorem intremapVectorOf_set (a : Std.Array state.Intremap 8#usize) (i : Usize) (v : state.Intremap) (h : i.val < 8) :
    intremapVectorOf (a.set i v) = upd (intremapVectorOf a) i.val v.vector.val := by
  funext q; unfold intremapVectorOf; rw [Array.get_set _ _ _ _ h]; simp only [upd]; split <;> rfl

/-- The state of the specification that a kernel state stands for. -/
@[irreducible] def abs (k : state.Kernel) : Spec.State where
  state := stateOf k.procs
  ppid := ppidOf k.procs
  root := rootOf k.procs
  stack := stackOf k.procs
  hvm := hvmOf k.procs
  ioBitmapA := ioBitmapAOf k.procs
  ioBitmapB := ioBitmapBOf k.procs
  ofile := ofileOf k.procs
  nrChildren := nrChildrenOf k.procs
  nrFds := nrFdsOf k.procs
  nrPages := nrPagesOf k.procs
  nrDmapages := nrDmapagesOf k.procs
  nrDevs := nrDevsOf k.procs
  nrPorts := nrPortsOf k.procs
  nrVectors := nrVectorsOf k.procs
  nrIntremaps := nrIntremapsOf k.procs
  killed := killedOf k.procs
  useIoBitmap := useIoBitmapOf k.procs
  ipcFrom := ipcFromOf k.procs
  ipcVal := ipcValOf k.procs
  ipcPage := ipcPageOf k.procs
  ipcSize := ipcSizeOf k.procs
  ipcFd := ipcFdOf k.procs
  intr := intrOf k.procs
  name := nameOf k.procs
  prev := prevOf k.procs
  next := nextOf k.procs
  pageType := pageTypeOf k.page_desc
  pageOwner := pageOwnerOf k.page_desc
  freePrev := freePrevOf k.page_desc
  freeNext := freeNextOf k.page_desc
  word := wordOf k.pages
  dmaWord := dmaWordOf k.dma_pages
  fileType := fileTypeOf k.files
  fileRefcnt := fileRefcntOf k.files
  fileValue := fileValueOf k.files
  fileOmode := fileOmodeOf k.files
  fileOffset := fileOffsetOf k.files
  dmaType := dmaTypeOf k.dma
  dmaOwner := dmaOwnerOf k.dma
  pciOwner := pciOwnerOf k.pci
  pciRoot := pciRootOf k.pci
  pciPresent := pciPresentOf k.pci
  pciPageDev := pciPageDevOf k.pci_pages
  pciPageValid := pciPageValidOf k.pci_pages
  pciPageConfig := pciPageConfigOf k.pci_pages
  vectorOwner := natsOf k.vectors
  intremapActive := intremapActiveOf k.intremaps
  intremapDev := intremapDevOf k.intremaps
  intremapVector := intremapVectorOf k.intremaps
  portOwner := natsOf k.ports
  base := k.base.val
  current := k.current.val
  flushTlb := natsOf k.requests.flush_tlb
  flushIotlb := k.requests.flush_iotlb.val
  contextRequest := k.requests.context.val
  intremapRequest := k.requests.intremap.val
  ioBitmapRequest := k.requests.io_bitmap.val

theorem state_abs (k : state.Kernel) : stateOf k.procs = (abs k).state := by unfold abs; rfl
theorem ppid_abs (k : state.Kernel) : ppidOf k.procs = (abs k).ppid := by unfold abs; rfl
theorem root_abs (k : state.Kernel) : rootOf k.procs = (abs k).root := by unfold abs; rfl
theorem stack_abs (k : state.Kernel) : stackOf k.procs = (abs k).stack := by unfold abs; rfl
theorem hvm_abs (k : state.Kernel) : hvmOf k.procs = (abs k).hvm := by unfold abs; rfl
theorem ioBitmapA_abs (k : state.Kernel) : ioBitmapAOf k.procs = (abs k).ioBitmapA := by unfold abs; rfl
theorem ioBitmapB_abs (k : state.Kernel) : ioBitmapBOf k.procs = (abs k).ioBitmapB := by unfold abs; rfl
theorem ofile_abs (k : state.Kernel) : ofileOf k.procs = (abs k).ofile := by unfold abs; rfl
theorem nrChildren_abs (k : state.Kernel) : nrChildrenOf k.procs = (abs k).nrChildren := by unfold abs; rfl
theorem nrFds_abs (k : state.Kernel) : nrFdsOf k.procs = (abs k).nrFds := by unfold abs; rfl
theorem nrPages_abs (k : state.Kernel) : nrPagesOf k.procs = (abs k).nrPages := by unfold abs; rfl
theorem nrDmapages_abs (k : state.Kernel) : nrDmapagesOf k.procs = (abs k).nrDmapages := by unfold abs; rfl
theorem nrDevs_abs (k : state.Kernel) : nrDevsOf k.procs = (abs k).nrDevs := by unfold abs; rfl
theorem nrPorts_abs (k : state.Kernel) : nrPortsOf k.procs = (abs k).nrPorts := by unfold abs; rfl
theorem nrVectors_abs (k : state.Kernel) : nrVectorsOf k.procs = (abs k).nrVectors := by unfold abs; rfl
theorem nrIntremaps_abs (k : state.Kernel) : nrIntremapsOf k.procs = (abs k).nrIntremaps := by unfold abs; rfl
theorem killed_abs (k : state.Kernel) : killedOf k.procs = (abs k).killed := by unfold abs; rfl
theorem useIoBitmap_abs (k : state.Kernel) : useIoBitmapOf k.procs = (abs k).useIoBitmap := by unfold abs; rfl
theorem ipcFrom_abs (k : state.Kernel) : ipcFromOf k.procs = (abs k).ipcFrom := by unfold abs; rfl
theorem ipcVal_abs (k : state.Kernel) : ipcValOf k.procs = (abs k).ipcVal := by unfold abs; rfl
theorem ipcPage_abs (k : state.Kernel) : ipcPageOf k.procs = (abs k).ipcPage := by unfold abs; rfl
theorem ipcSize_abs (k : state.Kernel) : ipcSizeOf k.procs = (abs k).ipcSize := by unfold abs; rfl
theorem ipcFd_abs (k : state.Kernel) : ipcFdOf k.procs = (abs k).ipcFd := by unfold abs; rfl
theorem intr_abs (k : state.Kernel) : intrOf k.procs = (abs k).intr := by unfold abs; rfl
theorem name_abs (k : state.Kernel) : nameOf k.procs = (abs k).name := by unfold abs; rfl
theorem prev_abs (k : state.Kernel) : prevOf k.procs = (abs k).prev := by unfold abs; rfl
theorem next_abs (k : state.Kernel) : nextOf k.procs = (abs k).next := by unfold abs; rfl
theorem pageType_abs (k : state.Kernel) : pageTypeOf k.page_desc = (abs k).pageType := by unfold abs; rfl
theorem pageOwner_abs (k : state.Kernel) : pageOwnerOf k.page_desc = (abs k).pageOwner := by unfold abs; rfl
theorem freePrev_abs (k : state.Kernel) : freePrevOf k.page_desc = (abs k).freePrev := by unfold abs; rfl
theorem freeNext_abs (k : state.Kernel) : freeNextOf k.page_desc = (abs k).freeNext := by unfold abs; rfl
theorem word_abs (k : state.Kernel) : wordOf k.pages = (abs k).word := by unfold abs; rfl
theorem dmaWord_abs (k : state.Kernel) : dmaWordOf k.dma_pages = (abs k).dmaWord := by unfold abs; rfl
theorem fileType_abs (k : state.Kernel) : fileTypeOf k.files = (abs k).fileType := by unfold abs; rfl
theorem fileRefcnt_abs (k : state.Kernel) : fileRefcntOf k.files = (abs k).fileRefcnt := by unfold abs; rfl
theorem fileValue_abs (k : state.Kernel) : fileValueOf k.files = (abs k).fileValue := by unfold abs; rfl
theorem fileOmode_abs (k : state.Kernel) : fileOmodeOf k.files = (abs k).fileOmode := by unfold abs; rfl
theorem fileOffset_abs (k : state.Kernel) : fileOffsetOf k.files = (abs k).fileOffset := by unfold abs; rfl
theorem dmaType_abs (k : state.Kernel) : dmaTypeOf k.dma = (abs k).dmaType := by unfold abs; rfl
theorem dmaOwner_abs (k : state.Kernel) : dmaOwnerOf k.dma = (abs k).dmaOwner := by unfold abs; rfl
theorem pciOwner_abs (k : state.Kernel) : pciOwnerOf k.pci = (abs k).pciOwner := by unfold abs; rfl
theorem pciRoot_abs (k : state.Kernel) : pciRootOf k.pci = (abs k).pciRoot := by unfold abs; rfl
theorem pciPresent_abs (k : state.Kernel) : pciPresentOf k.pci = (abs k).pciPresent := by unfold abs; rfl
theorem pciPageDev_abs (k : state.Kernel) : pciPageDevOf k.pci_pages = (abs k).pciPageDev := by unfold abs; rfl
theorem pciPageValid_abs (k : state.Kernel) : pciPageValidOf k.pci_pages = (abs k).pciPageValid := by unfold abs; rfl
theorem pciPageConfig_abs (k : state.Kernel) : pciPageConfigOf k.pci_pages = (abs k).pciPageConfig := by unfold abs; rfl
theorem vectorOwner_abs (k : state.Kernel) : natsOf k.vectors = (abs k).vectorOwner := by unfold abs; rfl
theorem intremapActive_abs (k : state.Kernel) : intremapActiveOf k.intremaps = (abs k).intremapActive := by unfold abs; rfl
theorem intremapDev_abs (k : state.Kernel) : intremapDevOf k.intremaps = (abs k).intremapDev := by unfold abs; rfl
theorem intremapVector_abs (k : state.Kernel) : intremapVectorOf k.intremaps = (abs k).intremapVector := by unfold abs; rfl
theorem portOwner_abs (k : state.Kernel) : natsOf k.ports = (abs k).portOwner := by unfold abs; rfl
theorem base_abs (k : state.Kernel) : k.base.val = (abs k).base := by unfold abs; rfl
theorem current_abs (k : state.Kernel) : k.current.val = (abs k).current := by unfold abs; rfl
theorem flushTlb_abs (k : state.Kernel) : natsOf k.requests.flush_tlb = (abs k).flushTlb := by unfold abs; rfl
theorem flushIotlb_abs (k : state.Kernel) : k.requests.flush_iotlb.val = (abs k).flushIotlb := by unfold abs; rfl
theorem contextRequest_abs (k : state.Kernel) : k.requests.context.val = (abs k).contextRequest := by unfold abs; rfl
theorem intremapRequest_abs (k : state.Kernel) : k.requests.intremap.val = (abs k).intremapRequest := by unfold abs; rfl
theorem ioBitmapRequest_abs (k : state.Kernel) : k.requests.io_bitmap.val = (abs k).ioBitmapRequest := by unfold abs; rfl
theorem abs_mk (pages dma_pages page_desc procs files devices dma pci pci_pages vectors intremaps ports base current requests) :
    abs (state.Kernel.mk pages dma_pages page_desc procs files devices dma pci pci_pages vectors intremaps ports base current requests) = {
      state := stateOf procs
      ppid := ppidOf procs
      root := rootOf procs
      stack := stackOf procs
      hvm := hvmOf procs
      ioBitmapA := ioBitmapAOf procs
      ioBitmapB := ioBitmapBOf procs
      ofile := ofileOf procs
      nrChildren := nrChildrenOf procs
      nrFds := nrFdsOf procs
      nrPages := nrPagesOf procs
      nrDmapages := nrDmapagesOf procs
      nrDevs := nrDevsOf procs
      nrPorts := nrPortsOf procs
      nrVectors := nrVectorsOf procs
      nrIntremaps := nrIntremapsOf procs
      killed := killedOf procs
      useIoBitmap := useIoBitmapOf procs
      ipcFrom := ipcFromOf procs
      ipcVal := ipcValOf procs
      ipcPage := ipcPageOf procs
      ipcSize := ipcSizeOf procs
      ipcFd := ipcFdOf procs
      intr := intrOf procs
      name := nameOf procs
      prev := prevOf procs
      next := nextOf procs
      pageType := pageTypeOf page_desc
      pageOwner := pageOwnerOf page_desc
      freePrev := freePrevOf page_desc
      freeNext := freeNextOf page_desc
      word := wordOf pages
      dmaWord := dmaWordOf dma_pages
      fileType := fileTypeOf files
      fileRefcnt := fileRefcntOf files
      fileValue := fileValueOf files
      fileOmode := fileOmodeOf files
      fileOffset := fileOffsetOf files
      dmaType := dmaTypeOf dma
      dmaOwner := dmaOwnerOf dma
      pciOwner := pciOwnerOf pci
      pciRoot := pciRootOf pci
      pciPresent := pciPresentOf pci
      pciPageDev := pciPageDevOf pci_pages
      pciPageValid := pciPageValidOf pci_pages
      pciPageConfig := pciPageConfigOf pci_pages
      vectorOwner := natsOf vectors
      intremapActive := intremapActiveOf intremaps
      intremapDev := intremapDevOf intremaps
      intremapVector := intremapVectorOf intremaps
      portOwner := natsOf ports
      base := base.val
      current := current.val
      flushTlb := natsOf requests.flush_tlb
      flushIotlb := requests.flush_iotlb.val
      contextRequest := requests.context.val
      intremapRequest := requests.intremap.val
      ioBitmapRequest := requests.io_bitmap.val
    } := by unfold abs; rfl

theorem lv6_abi.errno.EACCES_val : lv6_abi.errno.EACCES.val = 13 := by unfold lv6_abi.errno.EACCES; rfl
theorem lv6_abi.errno.EAGAIN_val : lv6_abi.errno.EAGAIN.val = 11 := by unfold lv6_abi.errno.EAGAIN; rfl
theorem lv6_abi.errno.EBADF_val : lv6_abi.errno.EBADF.val = 9 := by unfold lv6_abi.errno.EBADF; rfl
theorem lv6_abi.errno.EBUSY_val : lv6_abi.errno.EBUSY.val = 16 := by unfold lv6_abi.errno.EBUSY; rfl
theorem lv6_abi.errno.EEXIST_val : lv6_abi.errno.EEXIST.val = 17 := by unfold lv6_abi.errno.EEXIST; rfl
theorem lv6_abi.errno.EINTR_val : lv6_abi.errno.EINTR.val = 4 := by unfold lv6_abi.errno.EINTR; rfl
theorem lv6_abi.errno.EINVAL_val : lv6_abi.errno.EINVAL.val = 22 := by unfold lv6_abi.errno.EINVAL; rfl
theorem lv6_abi.errno.ENODEV_val : lv6_abi.errno.ENODEV.val = 19 := by unfold lv6_abi.errno.ENODEV; rfl
theorem lv6_abi.errno.ENOMEM_val : lv6_abi.errno.ENOMEM.val = 12 := by unfold lv6_abi.errno.ENOMEM; rfl
theorem lv6_abi.errno.ENOSYS_val : lv6_abi.errno.ENOSYS.val = 38 := by unfold lv6_abi.errno.ENOSYS; rfl
theorem lv6_abi.errno.ESRCH_val : lv6_abi.errno.ESRCH.val = 3 := by unfold lv6_abi.errno.ESRCH; rfl
theorem lv6_abi.errno.ETXTBSY_val : lv6_abi.errno.ETXTBSY.val = 26 := by unfold lv6_abi.errno.ETXTBSY; rfl
theorem lv6_abi.layout.DEVICE_FRAME_val : lv6_abi.layout.DEVICE_FRAME.val = 8776 := by unfold lv6_abi.layout.DEVICE_FRAME; rfl
theorem lv6_abi.layout.DEVICE_FRAMES_val : lv6_abi.layout.DEVICE_FRAMES.val = 2 := by unfold lv6_abi.layout.DEVICE_FRAMES; rfl
theorem lv6_abi.layout.DMA_FRAME_val : lv6_abi.layout.DMA_FRAME.val = 8192 := by unfold lv6_abi.layout.DMA_FRAME; rfl
theorem lv6_abi.layout.FILE_FRAME_val : lv6_abi.layout.FILE_FRAME.val = 8774 := by unfold lv6_abi.layout.FILE_FRAME; rfl
theorem lv6_abi.layout.FILE_FRAMES_val : lv6_abi.layout.FILE_FRAMES.val = 2 := by unfold lv6_abi.layout.FILE_FRAMES; rfl
theorem lv6_abi.layout.PAGE_DESC_FRAME_val : lv6_abi.layout.PAGE_DESC_FRAME.val = 8704 := by unfold lv6_abi.layout.PAGE_DESC_FRAME; rfl
theorem lv6_abi.layout.PAGE_DESC_FRAMES_val : lv6_abi.layout.PAGE_DESC_FRAMES.val = 64 := by unfold lv6_abi.layout.PAGE_DESC_FRAMES; rfl
theorem lv6_abi.layout.PCI_START_FRAME_val : lv6_abi.layout.PCI_START_FRAME.val = 655360 := by unfold lv6_abi.layout.PCI_START_FRAME; rfl
theorem lv6_abi.layout.PROC_FRAME_val : lv6_abi.layout.PROC_FRAME.val = 8768 := by unfold lv6_abi.layout.PROC_FRAME; rfl
theorem lv6_abi.layout.PROC_FRAMES_val : lv6_abi.layout.PROC_FRAMES.val = 6 := by unfold lv6_abi.layout.PROC_FRAMES; rfl
theorem lv6_abi.layout.SHARED_FRAMES_val : lv6_abi.layout.SHARED_FRAMES.val = 8778 := by unfold lv6_abi.layout.SHARED_FRAMES; rfl
theorem lv6_abi.limits.FIRST_VECTOR_val : lv6_abi.limits.FIRST_VECTOR.val = 32 := by unfold lv6_abi.limits.FIRST_VECTOR; rfl
theorem lv6_abi.limits.INIT_HVM_val : lv6_abi.limits.INIT_HVM.val = 3 := by unfold lv6_abi.limits.INIT_HVM; rfl
theorem lv6_abi.limits.INIT_PID_val : lv6_abi.limits.INIT_PID.val = 1 := by unfold lv6_abi.limits.INIT_PID; rfl
theorem lv6_abi.limits.INIT_ROOT_val : lv6_abi.limits.INIT_ROOT.val = 1 := by unfold lv6_abi.limits.INIT_ROOT; rfl
theorem lv6_abi.limits.INIT_STACK_val : lv6_abi.limits.INIT_STACK.val = 2 := by unfold lv6_abi.limits.INIT_STACK; rfl
theorem lv6_abi.limits.LAST_VECTOR_val : lv6_abi.limits.LAST_VECTOR.val = 253 := by unfold lv6_abi.limits.LAST_VECTOR; rfl
theorem lv6_abi.limits.PAGE_SIZE_val : lv6_abi.limits.PAGE_SIZE.val = 4096 := by unfold lv6_abi.limits.PAGE_SIZE; rfl
theorem lv6_abi.pte.IOMMU_PERM_MASK_val : lv6_abi.pte.IOMMU_PERM_MASK.val = 3 := by unfold lv6_abi.pte.IOMMU_PERM_MASK; rfl
theorem lv6_abi.pte.PTE_P_val : lv6_abi.pte.PTE_P.val = 1 := by unfold lv6_abi.pte.PTE_P; rfl
theorem lv6_abi.pte.PTE_PERM_MASK_val : lv6_abi.pte.PTE_PERM_MASK.val = 9223372036854779423 := by unfold lv6_abi.pte.PTE_PERM_MASK; rfl
theorem lv6_abi.pte.PTE_PFN_MASK_val : lv6_abi.pte.PTE_PFN_MASK.val = 1099511627775 := by unfold lv6_abi.pte.PTE_PFN_MASK; rfl
theorem lv6_abi.pte.PTE_PFN_SHIFT_val : lv6_abi.pte.PTE_PFN_SHIFT.val = 12 := by unfold lv6_abi.pte.PTE_PFN_SHIFT; rfl
theorem lv6_abi.pte.PTE_W_val : lv6_abi.pte.PTE_W.val = 2 := by unfold lv6_abi.pte.PTE_W; rfl
theorem lv6_abi.syscall.SYS_ACK_INTR_val : lv6_abi.syscall.SYS_ACK_INTR.val = 59 := by unfold lv6_abi.syscall.SYS_ACK_INTR; rfl
theorem lv6_abi.syscall.SYS_CALL_val : lv6_abi.syscall.SYS_CALL.val = 43 := by unfold lv6_abi.syscall.SYS_CALL; rfl
theorem lv6_abi.syscall.SYS_LSEEK_val : lv6_abi.syscall.SYS_LSEEK.val = 38 := by unfold lv6_abi.syscall.SYS_LSEEK; rfl
theorem lv6_abi.syscall.SYS_RECLAIM_IOMMU_ROOT_val : lv6_abi.syscall.SYS_RECLAIM_IOMMU_ROOT.val = 54 := by unfold lv6_abi.syscall.SYS_RECLAIM_IOMMU_ROOT; rfl
theorem lv6_abi.syscall.SYS_RECLAIM_PAGE_val : lv6_abi.syscall.SYS_RECLAIM_PAGE.val = 30 := by unfold lv6_abi.syscall.SYS_RECLAIM_PAGE; rfl
theorem state.KERNEL_val : state.KERNEL.val = 18446744073709551615 := by unfold state.KERNEL; rfl

/-- A field of a record in an array is a value of its view. -/
def fieldReads :=
  (And.intro (And.intro (And.intro (And.intro (And.intro @natsOf_get
  (And.intro @wordsOf_get
  @stateOf_get))
  (And.intro @ppidOf_get
  (And.intro @rootOf_get
  @stackOf_get)))
  (And.intro (And.intro @hvmOf_get
  (And.intro @ioBitmapAOf_get
  @ioBitmapBOf_get))
  (And.intro @ofileOf_get
  (And.intro @nrChildrenOf_get
  @nrFdsOf_get))))
  (And.intro (And.intro (And.intro @nrPagesOf_get
  (And.intro @nrDmapagesOf_get
  @nrDevsOf_get))
  (And.intro @nrPortsOf_get
  (And.intro @nrVectorsOf_get
  @nrIntremapsOf_get)))
  (And.intro (And.intro @killedOf_get
  (And.intro @useIoBitmapOf_get
  @ipcFromOf_get))
  (And.intro (And.intro @ipcValOf_get
  @ipcPageOf_get)
  (And.intro @ipcSizeOf_get
  @ipcFdOf_get)))))
  (And.intro (And.intro (And.intro (And.intro @intrOf_get
  (And.intro @nameOf_get
  @prevOf_get))
  (And.intro @nextOf_get
  (And.intro @pageTypeOf_get
  @pageOwnerOf_get)))
  (And.intro (And.intro @freePrevOf_get
  (And.intro @freeNextOf_get
  @wordOf_get))
  (And.intro (And.intro @dmaWordOf_get
  @fileTypeOf_get)
  (And.intro @fileRefcntOf_get
  @fileValueOf_get))))
  (And.intro (And.intro (And.intro @fileOmodeOf_get
  (And.intro @fileOffsetOf_get
  @dmaTypeOf_get))
  (And.intro @dmaOwnerOf_get
  (And.intro @pciOwnerOf_get
  @pciRootOf_get)))
  (And.intro (And.intro @pciPresentOf_get
  (And.intro @pciPageDevOf_get
  @pciPageValidOf_get))
  (And.intro (And.intro @pciPageConfigOf_get
  @intremapActiveOf_get)
  (And.intro @intremapDevOf_get
  @intremapVectorOf_get))))))

/-- A view of the kernel's arrays is a field of `abs k`. -/
def fieldsAbs :=
  (And.intro (And.intro (And.intro (And.intro (And.intro @state_abs
  (And.intro @ppid_abs
  @root_abs))
  (And.intro (And.intro @stack_abs
  @hvm_abs)
  (And.intro @ioBitmapA_abs
  @ioBitmapB_abs)))
  (And.intro (And.intro @ofile_abs
  (And.intro @nrChildren_abs
  @nrFds_abs))
  (And.intro (And.intro @nrPages_abs
  @nrDmapages_abs)
  (And.intro @nrDevs_abs
  @nrPorts_abs))))
  (And.intro (And.intro (And.intro @nrVectors_abs
  (And.intro @nrIntremaps_abs
  @killed_abs))
  (And.intro (And.intro @useIoBitmap_abs
  @ipcFrom_abs)
  (And.intro @ipcVal_abs
  @ipcPage_abs)))
  (And.intro (And.intro (And.intro @ipcSize_abs
  @ipcFd_abs)
  (And.intro @intr_abs
  @name_abs))
  (And.intro (And.intro @prev_abs
  @next_abs)
  (And.intro @pageType_abs
  @pageOwner_abs)))))
  (And.intro (And.intro (And.intro (And.intro @freePrev_abs
  (And.intro @freeNext_abs
  @word_abs))
  (And.intro (And.intro @dmaWord_abs
  @fileType_abs)
  (And.intro @fileRefcnt_abs
  @fileValue_abs)))
  (And.intro (And.intro @fileOmode_abs
  (And.intro @fileOffset_abs
  @dmaType_abs))
  (And.intro (And.intro @dmaOwner_abs
  @pciOwner_abs)
  (And.intro @pciRoot_abs
  @pciPresent_abs))))
  (And.intro (And.intro (And.intro @pciPageDev_abs
  (And.intro @pciPageValid_abs
  @pciPageConfig_abs))
  (And.intro (And.intro @vectorOwner_abs
  @intremapActive_abs)
  (And.intro @intremapDev_abs
  @intremapVector_abs)))
  (And.intro (And.intro (And.intro @portOwner_abs
  @base_abs)
  (And.intro @current_abs
  @flushTlb_abs))
  (And.intro (And.intro @flushIotlb_abs
  @contextRequest_abs)
  (And.intro @intremapRequest_abs
  @ioBitmapRequest_abs))))))

/-- The views of an array that has been written to. -/
def fieldWrites :=
  (And.intro (And.intro (And.intro (And.intro (And.intro @natsOf_set
  (And.intro @natsOf_repeat
  @wordsOf_set))
  (And.intro @wordsOf_repeat
  (And.intro @stateOf_set
  @ppidOf_set)))
  (And.intro (And.intro @rootOf_set
  (And.intro @stackOf_set
  @hvmOf_set))
  (And.intro (And.intro @ioBitmapAOf_set
  @ioBitmapBOf_set)
  (And.intro @ofileOf_set
  @nrChildrenOf_set))))
  (And.intro (And.intro (And.intro @nrFdsOf_set
  (And.intro @nrPagesOf_set
  @nrDmapagesOf_set))
  (And.intro @nrDevsOf_set
  (And.intro @nrPortsOf_set
  @nrVectorsOf_set)))
  (And.intro (And.intro @nrIntremapsOf_set
  (And.intro @killedOf_set
  @useIoBitmapOf_set))
  (And.intro (And.intro @ipcFromOf_set
  @ipcValOf_set)
  (And.intro @ipcPageOf_set
  @ipcSizeOf_set)))))
  (And.intro (And.intro (And.intro (And.intro @ipcFdOf_set
  (And.intro @intrOf_set
  @nameOf_set))
  (And.intro @prevOf_set
  (And.intro @nextOf_set
  @pageTypeOf_set)))
  (And.intro (And.intro @pageOwnerOf_set
  (And.intro @freePrevOf_set
  @freeNextOf_set))
  (And.intro (And.intro @wordOf_set
  @dmaWordOf_set)
  (And.intro @fileTypeOf_set
  @fileRefcntOf_set))))
  (And.intro (And.intro (And.intro @fileValueOf_set
  (And.intro @fileOmodeOf_set
  @fileOffsetOf_set))
  (And.intro (And.intro @dmaTypeOf_set
  @dmaOwnerOf_set)
  (And.intro @pciOwnerOf_set
  @pciRootOf_set)))
  (And.intro (And.intro @pciPresentOf_set
  (And.intro @pciPageDevOf_set
  @pciPageValidOf_set))
  (And.intro (And.intro @pciPageConfigOf_set
  @intremapActiveOf_set)
  (And.intro @intremapDevOf_set
  @intremapVectorOf_set))))))

/-- The constructors of the enumerations. -/
def enumAbs :=
  (And.intro (And.intro (And.intro (And.intro @state.FileType.None_abs
  @state.FileType.Pipe_abs)
  (And.intro @state.FileType.Inode_abs
  (And.intro @state.FileType.Socket_abs
  @state.PageType.Free_abs)))
  (And.intro (And.intro @state.PageType.Reserved_abs
  (And.intro @state.PageType.ProcData_abs
  @state.PageType.Frame_abs))
  (And.intro @state.PageType.X86Pml4_abs
  (And.intro @state.PageType.X86Pdpt_abs
  @state.PageType.X86Pd_abs))))
  (And.intro (And.intro (And.intro @state.PageType.X86Pt_abs
  (And.intro @state.PageType.IommuPml4_abs
  @state.PageType.IommuPdpt_abs))
  (And.intro @state.PageType.IommuPd_abs
  (And.intro @state.PageType.IommuPt_abs
  @state.PageType.IommuFrame_abs)))
  (And.intro (And.intro @state.ProcState.Unused_abs
  (And.intro @state.ProcState.Embryo_abs
  @state.ProcState.Runnable_abs))
  (And.intro @state.ProcState.Running_abs
  (And.intro @state.ProcState.Sleeping_abs
  @state.ProcState.Zombie_abs)))))

/-- The numbers that constants stand for. -/
def constants :=
  (And.intro (And.intro (And.intro (And.intro (And.intro @lv6_abi.errno.EACCES_val
  @lv6_abi.errno.EAGAIN_val)
  (And.intro @lv6_abi.errno.EBADF_val
  (And.intro @lv6_abi.errno.EBUSY_val
  @lv6_abi.errno.EEXIST_val)))
  (And.intro (And.intro @lv6_abi.errno.EINTR_val
  @lv6_abi.errno.EINVAL_val)
  (And.intro @lv6_abi.errno.ENODEV_val
  (And.intro @lv6_abi.errno.ENOMEM_val
  @lv6_abi.errno.ENOSYS_val))))
  (And.intro (And.intro (And.intro @lv6_abi.errno.ESRCH_val
  @lv6_abi.errno.ETXTBSY_val)
  (And.intro @lv6_abi.layout.DEVICE_FRAME_val
  (And.intro @lv6_abi.layout.DEVICE_FRAMES_val
  @lv6_abi.layout.DMA_FRAME_val)))
  (And.intro (And.intro @lv6_abi.layout.FILE_FRAME_val
  (And.intro @lv6_abi.layout.FILE_FRAMES_val
  @lv6_abi.layout.PAGE_DESC_FRAME_val))
  (And.intro @lv6_abi.layout.PAGE_DESC_FRAMES_val
  (And.intro @lv6_abi.layout.PCI_START_FRAME_val
  @lv6_abi.layout.PROC_FRAME_val)))))
  (And.intro (And.intro (And.intro (And.intro @lv6_abi.layout.PROC_FRAMES_val
  @lv6_abi.layout.SHARED_FRAMES_val)
  (And.intro @lv6_abi.limits.FIRST_VECTOR_val
  (And.intro @lv6_abi.limits.INIT_HVM_val
  @lv6_abi.limits.INIT_PID_val)))
  (And.intro (And.intro @lv6_abi.limits.INIT_ROOT_val
  @lv6_abi.limits.INIT_STACK_val)
  (And.intro @lv6_abi.limits.LAST_VECTOR_val
  (And.intro @lv6_abi.limits.PAGE_SIZE_val
  @lv6_abi.pte.IOMMU_PERM_MASK_val))))
  (And.intro (And.intro (And.intro @lv6_abi.pte.PTE_P_val
  @lv6_abi.pte.PTE_PERM_MASK_val)
  (And.intro @lv6_abi.pte.PTE_PFN_MASK_val
  (And.intro @lv6_abi.pte.PTE_PFN_SHIFT_val
  @lv6_abi.pte.PTE_W_val)))
  (And.intro (And.intro @lv6_abi.syscall.SYS_ACK_INTR_val
  (And.intro @lv6_abi.syscall.SYS_CALL_val
  @lv6_abi.syscall.SYS_LSEEK_val))
  (And.intro @lv6_abi.syscall.SYS_RECLAIM_IOMMU_ROOT_val
  (And.intro @lv6_abi.syscall.SYS_RECLAIM_PAGE_val
  @state.KERNEL_val))))))

end Lv6.Code
