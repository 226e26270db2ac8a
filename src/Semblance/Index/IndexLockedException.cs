namespace Semblance;

/// <summary>An index is open for writing already, in this process or in another one. What else keeps an index from being written has other exceptions.</summary>
public sealed class IndexLockedException : IOException
{
    /// <summary>The index in <paramref name="folder"/> is being written.</summary>
    public IndexLockedException(string folder)
        : base($"{folder}: the index is open for writing already, here or in another process; close it there, or open it read-only.") => Folder = folder;

    /// <summary>The index.</summary>
    public string Folder { get; }
}
