using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Semblance;

/// <summary>
/// Represents a read-only memory map of an index file. Its pages are read when they are accessed. Keep a reference to this object while
/// pointers into it are in use.
/// </summary>
internal sealed unsafe class FileMap : IDisposable
{
    private readonly SafeMemoryMappedViewHandle _view;

    /// <param name="path">The path of the file, which is not empty.</param>
    public FileMap(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Path = path;
        Length = stream.Length;
        if (Length == 0)
        {
            throw new IndexFormatException(path, "the file is empty; restore the index, or build it again.");
        }

        using var mapping = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        _view = mapping.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
        Data = (byte*)_view.DangerousGetHandle();
    }

    public string Path { get; }

    public long Length { get; }

    public byte* Data { get; }

    public void Dispose() => _view.Dispose();
}
