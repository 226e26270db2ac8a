namespace Semblance;

/// <summary>Somebody else writes an index already.</summary>
public sealed class IndexLockedException : IOException
{
    /// <summary>The index in <paramref name="folder"/> is being written.</summary>
    public IndexLockedException(string folder)
        : base($"{folder}: the index is open for writing already, here or in another process; close it there, or open it read-only.") => Folder = folder;

    /// <summary>The index.</summary>
    public string Folder { get; }
}
