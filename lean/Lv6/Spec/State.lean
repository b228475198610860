module
public import Lv6.Spec.Upd
public import Lv6.Spec.Word
/-!
# The kernel state

One total function for each field of the kernel's tables. Processes, pages and table slots are natural numbers; what a
function says outside of its table means nothing, and no statement looks there. Memory contents are words, as
the hardware has them.

The comment on each field starts with the place of the same field in `rust/kernel/src/state.rs`. Left out are the exported
PCI table and the padding of records: no handler reads or writes them.
-/
@[expose] public section
noncomputable section

namespace Lv6.Spec

/-- What a process is doing. -/
inductive ProcState where
  /-- The slot is free. -/
  | unused
  /-- Being built by its parent; has never run. -/
  | embryo
  /-- On the ready list, waiting for the processor. -/
  | runnable
  /-- On the processor: exactly the current process. -/
  | running
  /-- Waiting for a message. -/
  | sleeping
  /-- Dead; what it owned can be reclaimed. -/
  | zombie
deriving DecidableEq, Inhabited

/-- What a page is used for. -/
inductive PageType where
  /-- On the free list. -/
  | free
  /-- Page 0, the anchor of the free list. -/
  | reserved
  /-- Kernel data of a process: saved registers, control block, I/O bitmap. Never mapped. -/
  | procData
  /-- Memory of a process. -/
  | frame
  /-- Root of a process's page tables. -/
  | x86Pml4
  /-- Level-3 page table. -/
  | x86Pdpt
  /-- Level-2 page table. -/
  | x86Pd
  /-- Level-1 page table. -/
  | x86Pt
  /-- Root of a device's page tables. -/
  | iommuPml4
  /-- Level-3 table of a device. -/
  | iommuPdpt
  /-- Level-2 table of a device. -/
  | iommuPd
  /-- Level-1 table of a device. -/
  | iommuPt
  /-- A DMA page that its owner has claimed. -/
  | iommuFrame
deriving DecidableEq, Inhabited

/-- What an open file is. -/
inductive FileType where
  /-- The slot is free. -/
  | none
  /-- A pipe of the file server. -/
  | pipe
  /-- A file, directory or device of the file server. -/
  | inode
  /-- A socket of the network server. -/
  | socket
deriving DecidableEq, Inhabited

/-- The whole kernel state. `p` is a process, `q` a page, `i` a slot of a table. -/
structure State where
  /-- `procs[p].state`: what the process is doing. -/
  state : Nat → ProcState
  /-- `procs[p].ppid`: its parent; 0 in an unused slot. -/
  ppid : Nat → Nat
  /-- `procs[p].page_table_root`: the page at which its page tables start. -/
  root : Nat → Nat
  /-- `procs[p].stack`: the page that keeps its registers while it does not run. -/
  stack : Nat → Nat
  /-- `procs[p].hvm`: the page that holds its virtual-machine control block. -/
  hvm : Nat → Nat
  /-- `procs[p].io_bitmap_a`: first page of its I/O bitmap, if `useIoBitmap` is not 0. -/
  ioBitmapA : Nat → Nat
  /-- `procs[p].io_bitmap_b`: second page of its I/O bitmap. -/
  ioBitmapB : Nat → Nat
  /-- `procs[p].ofile[i]`: its file descriptors: a file number, or 0. -/
  ofile : Nat → Nat → Nat
  /-- `procs[p].nr_children`: how many processes have it as their parent. -/
  nrChildren : Nat → Nat
  /-- `procs[p].nr_fds`: how many of its descriptors are in use. -/
  nrFds : Nat → Nat
  /-- `procs[p].nr_pages`: how many pages it owns. -/
  nrPages : Nat → Nat
  /-- `procs[p].nr_dmapages`: how many DMA pages it owns. -/
  nrDmapages : Nat → Nat
  /-- `procs[p].nr_devs`: how many devices it owns. -/
  nrDevs : Nat → Nat
  /-- `procs[p].nr_ports`: how many I/O ports it owns. -/
  nrPorts : Nat → Nat
  /-- `procs[p].nr_vectors`: how many interrupt vectors it owns. -/
  nrVectors : Nat → Nat
  /-- `procs[p].nr_intremaps`: how many interrupt routes its devices have. -/
  nrIntremaps : Nat → Nat
  /-- `procs[p].killed`: 1 if it must die when it next gives the processor up. -/
  killed : Nat → Nat
  /-- `procs[p].use_io_bitmap`: 1 if it has an I/O bitmap. -/
  useIoBitmap : Nat → Nat
  /-- `procs[p].ipc_from`: who sent the last message; while asleep in a call, who may answer it. -/
  ipcFrom : Nat → Nat
  /-- `procs[p].ipc_val`: the number received. -/
  ipcVal : Nat → Nat
  /-- `procs[p].ipc_page`: the page that receives the next message. -/
  ipcPage : Nat → Nat
  /-- `procs[p].ipc_size`: bytes received. -/
  ipcSize : Nat → Nat
  /-- `procs[p].ipc_fd`: the descriptor that receives the next file; an invalid number if none is wanted. -/
  ipcFd : Nat → Nat
  /-- `procs[p].intr[i]`: interrupt vectors that wait for an acknowledgement, one bit each. -/
  intr : Nat → Nat → Word
  /-- `procs[p].name[i]`: its name, up to 16 bytes of text. -/
  name : Nat → Nat → Word
  /-- `procs[p].ready_prev`: the process before it on the ready list. -/
  prev : Nat → Nat
  /-- `procs[p].ready_next`: the process after it on the ready list. -/
  next : Nat → Nat
  /-- `page_desc[q].kind`: what the page is used for. -/
  pageType : Nat → PageType
  /-- `page_desc[q].owner`: its owner; 0 if it is free. -/
  pageOwner : Nat → Nat
  /-- `page_desc[q].free_prev`: the page before it on the free list. -/
  freePrev : Nat → Nat
  /-- `page_desc[q].free_next`: the page after it on the free list. -/
  freeNext : Nat → Nat
  /-- `pages[q][i]`: contents of the pages. -/
  word : Nat → Nat → Word
  /-- `dma_pages[d][i]`: contents of the DMA pages, as the kernel left them; devices write to them. -/
  dmaWord : Nat → Nat → Word
  /-- `files[f].kind`: what the open file is. -/
  fileType : Nat → FileType
  /-- `files[f].refcnt`: how many descriptors refer to it. -/
  fileRefcnt : Nat → Nat
  /-- `files[f].value`: the server's name for it. -/
  fileValue : Nat → Nat
  /-- `files[f].omode`: how it was opened. -/
  fileOmode : Nat → Nat
  /-- `files[f].offset`: where the next read or write starts. -/
  fileOffset : Nat → Nat
  /-- `dma[d].kind`: `free` or `iommuFrame`. -/
  dmaType : Nat → PageType
  /-- `dma[d].owner`: the owner of the DMA page; 0 if it is free. -/
  dmaOwner : Nat → Nat
  /-- `pci[d].owner`: the owner of the device; 0 if no process has claimed it. -/
  pciOwner : Nat → Nat
  /-- `pci[d].root`: the page at which the device's IOMMU tables start, if it is owned. -/
  pciRoot : Nat → Nat
  /-- `pci[d].present`: 1 if the scan found the device. -/
  pciPresent : Nat → Nat
  /-- `pci_pages[c].devid`: the device that the page of the PCI hole belongs to. -/
  pciPageDev : Nat → Nat
  /-- `pci_pages[c].valid`: whether the page of the PCI hole belongs to a device at all. -/
  pciPageValid : Nat → Bool
  /-- `pci_pages[c].config`: whether it is the device's page of the configuration space, which a process may read only. -/
  pciPageConfig : Nat → Bool
  /-- `vectors[v]`: owner of each interrupt vector; 0 if free, `kernel` if it can never be owned. -/
  vectorOwner : Nat → Nat
  /-- `intremaps[i].active`: 1 if the entry of the interrupt-remapping table is in use. -/
  intremapActive : Nat → Nat
  /-- `intremaps[i].devid`: the device whose interrupts it routes. -/
  intremapDev : Nat → Nat
  /-- `intremaps[i].vector`: the vector that they arrive at. -/
  intremapVector : Nat → Nat
  /-- `ports[i]`: owner of each I/O port; 0 if free, `kernel` if it can never be owned. -/
  portOwner : Nat → Nat
  /-- `base`: page frame number at which the kernel state starts. -/
  base : Nat
  /-- `current`: the process on the processor. -/
  current : Nat
  /-- `requests.flush_tlb[p]`: 1 if the process's cached translations must be dropped before it next runs. -/
  flushTlb : Nat → Nat
  /-- `requests.flush_iotlb`: 1 if the devices' cached translations must be dropped. -/
  flushIotlb : Nat
  /-- `requests.context`: 1 + the device whose IOMMU context entry must be made again; 0 for none. -/
  contextRequest : Nat
  /-- `requests.intremap`: 1 + the interrupt-remapping entry that must be made again; 0 for none. -/
  intremapRequest : Nat
  /-- `requests.io_bitmap`: the process whose control block must be pointed at its I/O bitmap; 0 for none. -/
  ioBitmapRequest : Nat

/-! ## Error numbers -/

/-- No such process: the number is not in 1..63. -/
abbrev ESRCH : Nat := 3
/-- Try again: nothing can run. -/
abbrev EAGAIN : Nat := 11
/-- No free slot or page of the kind that the call needs. -/
abbrev ENOMEM : Nat := 12
/-- The object belongs to someone else, or the permission is not allowed. -/
abbrev EACCES : Nat := 13
/-- The object is in use. -/
abbrev EBUSY : Nat := 16
/-- No such device, or none that an IOMMU confines. -/
abbrev ENODEV : Nat := 19
/-- Invalid argument. -/
abbrev EINVAL : Nat := 22
/-- The process still owns something. -/
abbrev ETXTBSY : Nat := 26
/-- No such system call. -/
abbrev ENOSYS : Nat := 38

/-! ## Numbers that name something -/

/-- The process that the kernel starts with. -/
abbrev initPid : Nat := 1

/-- Whether the number can name a process: 1..63. -/
def isPid (p : Nat) : Prop := 0 < p ∧ p < 64
instance (p : Nat) : Decidable (isPid p) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether the number names a page. -/
def isPn (q : Nat) : Prop := q < 8192
instance (q : Nat) : Decidable (isPn q) := inferInstanceAs (Decidable (_ < _))

/-- Whether the number is an index into a page table. -/
def isIndex (i : Nat) : Prop := i < 512
instance (i : Nat) : Decidable (isIndex i) := inferInstanceAs (Decidable (_ < _))

/-! ## Questions about the state -/

/-- Whether `p` is an embryo that the current process is building. -/
def isOwnEmbryo (s : State) (p : Nat) : Prop := s.ppid p = s.current ∧ s.state p = .embryo
instance (s : State) (p : Nat) : Decidable (isOwnEmbryo s p) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether the current process may act on `p`: it is itself, or an embryo that it is building. -/
def mayActOn (s : State) (p : Nat) : Prop := p = s.current ∨ isOwnEmbryo s p
instance (s : State) (p : Nat) : Decidable (mayActOn s p) := inferInstanceAs (Decidable (_ ∨ _))

/-- Whether `q` is a page of type `t`. -/
def isPageOf (s : State) (q : Nat) (t : PageType) : Prop := q < 8192 ∧ s.pageType q = t
instance (s : State) (q : Nat) (t : PageType) : Decidable (isPageOf s q t) := inferInstanceAs (Decidable (_ ∧ _))

/-- Whether `q` is a page on the free list. -/
def isFree (s : State) (q : Nat) : Prop := q < 8192 ∧ s.pageType q = .free
instance (s : State) (q : Nat) : Decidable (isFree s q) := inferInstanceAs (Decidable (_ ∧ _))

end Lv6.Spec
