using System.Diagnostics.CodeAnalysis;

namespace Semblance;

/// <summary>Provides operations on the files of an index folder: locking, loading and deleting obsolete files.</summary>
internal static class IndexFiles
{
    private const string LockName = "lock";

    // Error codes for a file that another process has locked: EWOULDBLOCK of Linux and of macOS, ERROR_SHARING_VIOLATION and
    // ERROR_LOCK_VIOLATION of Windows.
    private static readonly int[] Held = [11, 35, unchecked((int)0x80070020), unchecked((int)0x80070021)];

    /// <summary>Returns a value that indicates whether a folder holds an index.</summary>
    public static bool Exist(string folder) => File.Exists(Path.Combine(folder, IndexManifest.FileName));

    /// <summary>Opens a file for writing; others may read it.</summary>
    public static FileStream Open(string path) =>
        new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);

    /// <summary>Locks a folder against other writers. The lock ends with the process; the lock file stays.</summary>
    /// <exception cref="IndexLockedException">Another writer holds the lock.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission to write to the folder is missing.</exception>
    /// <exception cref="IOException">The folder does not exist or cannot be written.</exception>
    public static FileStream Lock(string folder)
    {
        if (!Directory.Exists(folder))
        {
            throw new DirectoryNotFoundException($"{folder}: there is no such folder; build an index, or name its folder.");
        }

        return Writing(folder, () =>
        {
            try
            {
                return new FileStream(
                    Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            }
            catch (IOException e) when (Held.Contains(e.HResult))
            {
                throw new IndexLockedException(folder);
            }
        });
    }

    /// <summary>Opens something for writing and, if that fails, throws an exception with the reason of the operating system.</summary>
    /// <exception cref="IndexLockedException">Another writer holds the lock.</exception>
    /// <exception cref="UnauthorizedAccessException">The permission is missing.</exception>
    /// <exception cref="IOException">The file cannot be written, for example on a read-only disk.</exception>
    public static T Writing<T>(string folder, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException(
                $"{folder}: the index cannot be opened for writing ({e.Message.TrimEnd('.')}); ask for the right to write its files, or " +
                "open it read-only.",
                e);
        }
        catch (IOException e) when (e is not IndexLockedException)
        {
            throw new IOException(
                $"{folder}: the index cannot be opened for writing ({e.Message.TrimEnd('.')}); correct that, or open it read-only.", e);
        }
    }

    /// <summary>Creates and locks the folder of a new index.</summary>
    /// <exception cref="IOException">The folder holds an index already, or cannot be written.</exception>
    public static FileStream Begin(string folder, [NotNull] ref HnswOptions? options)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        options ??= new HnswOptions();
        options.Check();
        if (Exist(folder))
        {
            throw new IOException($"{folder}: there is an index already; add to it, delete the folder, or choose another.");
        }

        Directory.CreateDirectory(folder);
        return Lock(folder);
    }

    /// <summary>Creates the log and the manifest of a new index whose segment is complete.</summary>
    public static void Found(string folder, IndexManifest manifest)
    {
        WriteAheadLog.Create(Path.Combine(folder, manifest.Log), Open).Dispose();
        manifest.Write(folder);
    }

    /// <summary>Reads the manifest and the segment of an index and applies its log.</summary>
    public static (IndexManifest Manifest, IndexState State, long LogLength) Load(string folder)
    {
        for (var attempt = 1; ; attempt++)
        {
            var manifest = IndexManifest.Read(folder);
            try
            {
                var log = Path.Combine(folder, manifest.Log);
                var state = new IndexState(Segment.Open(folder, manifest), manifest.Options.Similarity, log);
                var (length, _) = WriteAheadLog.Read(log, record => LogRecord.Apply(record.Span, manifest.Dimension, log, state));
                return (manifest, state, length);
            }
            catch (FileNotFoundException) when (attempt < 5 && IndexManifest.Read(folder).Generation != manifest.Generation)
            {
                // The index was compacted between reading the manifest and opening its files.
            }
            catch (FileNotFoundException e)
            {
                throw new IndexFormatException(
                    Path.Combine(folder, IndexManifest.FileName),
                    $"the file {Path.GetFileName(e.FileName)} that belongs to it is missing; restore the index, or build it again.",
                    e);
            }
        }
    }

    /// <summary>
    /// Deletes the files that are left of a compaction, completed or not. Files that a reader still has open are deleted by the next call.
    /// </summary>
    public static void DeleteOthers(string folder, long counting)
    {
        foreach (var path in Directory.EnumerateFiles(folder))
        {
            var (name, ending) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
            if (ending is ".segment" or ".log" or ".records"
                && long.TryParse(name, out var generation)
                && (generation != counting || ending == ".records"))
            {
                Delete(folder, Path.GetFileName(path));
            }
        }
    }

    /// <summary>Deletes a file if possible.</summary>
    public static void Delete(string folder, string name)
    {
        try
        {
            File.Delete(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The file only takes space.
        }
    }
}
