using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Semblance.Checkpoints;

/// <summary>
/// Represents a whole file that is mapped into memory, read-only. Every object with a pointer into it holds this object; the mapping ends
/// when the last one is collected (the view is a <see cref="SafeHandle"/>). Mappings of the same file share
/// its pages.
/// </summary>
internal sealed unsafe partial class MappedFile
{
    private const int DontNeed = 4; // MADV_DONTNEED of Linux

    private readonly SafeMemoryMappedViewHandle _view;

    private MappedFile(string path, SafeMemoryMappedViewHandle view, long length)
    {
        Path = path;
        Length = length;
        Data = (byte*)view.DangerousGetHandle();
        _view = view;
    }

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the length of the file when it was opened, against which everything is checked.</summary>
    public long Length { get; }

    /// <summary>Gets the address of the first byte.</summary>
    public byte* Data { get; }

    /// <summary>Maps a file and reads it; if <paramref name="read"/> fails, the file is unmapped at once.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">
    /// The file is empty or a placeholder of Git LFS, or <paramref name="read"/> fails.
    /// </exception>
    public static T Open<T>(string path, Func<MappedFile, T> read)
    {
        var file = Map(path);
        try
        {
            return file.Bytes(0, (int)Math.Min(file.Length, 64)).StartsWith("version https://git-lfs."u8)
                ? throw new CheckpointFormatException(path, "this is a placeholder of Git LFS, not the file itself; run `git lfs pull`.")
                : read(file);
        }
        catch
        {
            file._view.Dispose();
            throw;
        }
        finally
        {
            file.KeepAlive();
        }
    }

    /// <summary>Returns a part of the file; keep this object alive while reading it.</summary>
    public ReadOnlySpan<byte> Bytes(long offset, int count)
    {
        if (offset < 0 || count < 0 || offset > Length - count)
        {
            throw new CheckpointFormatException(
                Path, $"bytes {offset} to {offset + count} are needed, but the file has {Length}; it is damaged or truncated.");
        }

        return new ReadOnlySpan<byte>(Data + offset, count);
    }

    /// <summary>Returns the offset of bytes that <see cref="Bytes"/> returned; 0 if there are none.</summary>
    public long OffsetOf(ReadOnlySpan<byte> part)
    {
        fixed (byte* first = part)
        {
            return part.IsEmpty ? 0 : first - Data;
        }
    }

    /// <summary>Keeps the mapping alive until here; call it after the last use of <see cref="Bytes"/> or <see cref="Data"/>.</summary>
    public void KeepAlive() => GC.KeepAlive(_view);

    /// <summary>
    /// Removes the whole pages of a part of the file from the process; they are mapped again when they are read. Without effect on other
    /// systems than Linux, which take such pages back only when memory runs short.
    /// </summary>
    public void Release(long offset, long count)
    {
        if (OperatingSystem.IsLinux())
        {
            nint page = Environment.SystemPageSize, address = (nint)(Data + offset);
            nint first = (address + page - 1) / page * page, end = (nint)(address + count) / page * page;
            if (first < end)
            {
                _ = Advise(first, (nuint)(end - first), DontNeed); // advice: a failure costs only the memory
            }

            KeepAlive();
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);

    private static MappedFile Map(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!BitConverter.IsLittleEndian)
        {
            throw new PlatformNotSupportedException("Weights are stored little-endian and read in place; this machine is big-endian.");
        }

        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: there is no such file; check the path.", path);
        }

        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        if (stream.Length == 0)
        {
            stream.Dispose();
            throw new CheckpointFormatException(path, "the file is empty; download or copy it again.");
        }

        var length = stream.Length;
        using var mapping = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        var view = mapping.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
        return new MappedFile(path, view, length);
    }
}
