namespace Semblance;

/// <summary>The exception that is thrown when an index is already open for writing, in this process or in another one.</summary>
public sealed class IndexLockedException : IOException
{
    /// <summary>
    /// Initializes a new instance of the <see cref="IndexLockedException"/> class for the index in <paramref name="folder"/>.
    /// </summary>
    public IndexLockedException(string folder)
        : base(
            $"{folder}: the index is open for writing already, in this process or another one; close it there, or open it " +
            "read-only.") => Folder = folder;

    /// <summary>Gets the folder of the index.</summary>
    public string Folder { get; }
}
