namespace Semblance.Files;

/// <summary>
/// Represents a file that is written under a temporary name and renamed when it is complete: a reader finds the old file or the new one,
/// never a part. Without <see cref="Commit"/> the temporary file is removed.
/// </summary>
/// <remarks>
/// The next writer of the same file removes the temporary file of a process that was killed. A writer locks its temporary file, so several
/// can write the same file at a time: the last to commit wins.
/// </remarks>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _isStaged;

    /// <summary>Initializes a new instance of the <see cref="AtomicFile"/> class and opens the temporary file.</summary>
    /// <param name="path">The path that the file will have.</param>
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

    /// <summary>Gets the stream to write to.</summary>
    public OutputStream Stream { get; }

    /// <summary>Gets a value that indicates whether the file is committed.</summary>
    public bool Committed { get; private set; }

    /// <summary>
    /// Flushes the bytes to the disk, gives the file its name, and flushes the name to the disk. Within an <see cref="AtomicFolder"/>, the
    /// commit of the folder flushes all files.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; an old file still has the name.</exception>
    public void Commit()
    {
        Stream.Flush(toDisk: !_isStaged);
        File.Move(_temporary, _path, overwrite: true); // while it is open, and therefore locked
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
                // The disk is full, and the buffered bytes are not needed.
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
                // Windows renames an open file only if it is shared for deletion.
                var share = OperatingSystem.IsWindows() ? FileShare.Delete : FileShare.None;
                var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, share, bufferSize: 1 << 16);
                if (File.Exists(temporary))
                {
                    return (temporary, file);
                }

                file.Dispose();
            }
            catch (IOException) when (attempt < Attempts && File.Exists(temporary))
            {
                // Another writer removed it as abandoned, between its creation and its lock.
            }
        }
    }
}
