import Foundation

/// A file as read-only memory, for as long as this object lives.
///
/// The file must not be shortened meanwhile: replace kernels by renaming, as every tool here does.
@safe final class MappedFile: @unchecked Sendable {  // immutable memory
  let path: String
  let count: Int
  let bytes: UnsafeRawPointer

  init(path: String) throws(DynamicsError) {
    let descriptor = unsafe open(path, O_RDONLY)
    guard descriptor >= 0 else {
      throw .unreadableFile(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    let size = lseek(descriptor, 0, SEEK_END)
    guard size > 0 else { throw .unreadableFile(path: path, reason: "the file is empty") }
    guard
      let start = unsafe mmap(nil, Int(size), PROT_READ, MAP_PRIVATE, descriptor, 0),
      unsafe start != MAP_FAILED
    else {
      throw .unreadableFile(path: path, reason: unsafe String(cString: strerror(errno)))
    }
    self.path = path
    count = Int(size)
    unsafe bytes = UnsafeRawPointer(start)
  }

  deinit { unsafe munmap(UnsafeMutableRawPointer(mutating: bytes), count) }

  /// An 8-byte number at a byte offset; the caller has checked the bounds.
  func load<T: BitwiseCopyable>(_ type: T.Type, at offset: Int) -> T {
    unsafe bytes.loadUnaligned(fromByteOffset: offset, as: type)
  }

  func text(at offset: Int, count length: Int) -> String {
    unsafe String(
      decoding: UnsafeRawBufferPointer(start: bytes + offset, count: length), as: UTF8.self)
  }
}
