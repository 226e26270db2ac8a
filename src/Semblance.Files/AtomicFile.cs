namespace Semblance.Files;

/// <summary>
/// A file written under a temporary name beside its place and renamed when it is complete: a reader finds the old file
/// or the new one, never a part. Without <see cref="Commit"/> the temporary file is removed.
/// </summary>
public sealed class AtomicFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;

    /// <summary>Opens the temporary file.</summary>
    /// <param name="path">The name that the file will have.</param>
    public AtomicFile(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = Path.GetFullPath(path);
        _temporary = $"{_path}.{Guid.NewGuid():N}.tmp";
        Stream = new OutputStream(new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 1 << 16), path);
    }

    /// <summary>Where to write.</summary>
    public OutputStream Stream { get; }

    /// <summary>Whether the file has its name.</summary>
    public bool Committed { get; private set; }

    /// <summary>Brings the bytes to the disk and gives the file its name.</summary>
    /// <exception cref="IOException">They cannot be written; what had the name before still has it.</exception>
    public void Commit()
    {
        Stream.Flush(toDisk: true);
        Stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
        Committed = true;
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
}
