namespace Semblance.Files;

/// <summary>
/// A file written under a temporary name beside its place and renamed when it is complete: a reader finds the old file
/// or the new one, never a part. Without <see cref="Commit"/> the temporary file is removed.
/// </summary>
/// <remarks>
/// The temporary file of a process that was killed is removed by the next writer of the same file. A writer that lives holds a lock on its own,
/// so several may write one file at a time: the last to commit wins.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _isStaged;

    /// <summary>Opens the temporary file.</summary>
    /// <param name="path">The name that the file will have.</param>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _isStaged = AtomicFolder.IsStaged(_path);
        if (!_isStaged)
        {
            TemporaryNames.DeleteAbandoned(_path);
        }

        (_temporary, var file) = Create(_path);
        Stream = new OutputStream(file, path);
    }

    /// <summary>Where to write.</summary>
    public OutputStream Stream { get; }

    /// <summary>Whether the file has its name.</summary>
    public bool Committed { get; private set; }

    /// <summary>Brings the bytes to the disk, gives the file its name, and brings the name to the disk; within an <see cref="AtomicFolder"/> its commit does that for all files.</summary>
    /// <exception cref="IOException">They cannot be written; what had the name before still has it.</exception>
    public void Commit()
    {
        Stream.Flush(toDisk: !_isStaged);
        File.Move(_temporary, _path, overwrite: true); // while it is open, and so locked
        Committed = true;
        Stream.Dispose();
        if (!_isStaged)
        {
            NativeFiles.Flush(Path.GetDirectoryName(_path)!);
        }
    }

    /// <summary>Closes the file, and removes it unless it was committed.</summary>
    public void Dispose()
    {
        if (!Committed)
        {
            try
            {
                Stream.Dispose();
            }
            catch (IOException)
            {
                // The disk is full, and what is buffered is not wanted.
            }
            finally
            {
                File.Delete(_temporary);
            }
        }
    }

    private static (string Path, FileStream File) Create(string path)
    {
        const int Attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            var temporary = $"{path}.{TemporaryNames.NewId()}{TemporaryNames.Ending}";
            try
            {
                // Windows renames an open file only if it is shared for that.
                var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None, bufferSize: 1 << 16);
                if (File.Exists(temporary))
                {
                    return (temporary, file);
                }

                file.Dispose();
            }
            catch (IOException) when (attempt < Attempts && File.Exists(temporary))
            {
                // Another writer took it for one that was left, in the moment between its creation and its lock.
            }
        }
    }
}
