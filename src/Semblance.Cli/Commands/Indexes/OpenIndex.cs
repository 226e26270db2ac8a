namespace Semblance.Cli.Commands.Indexes;

/// <summary>Represents an open index in a folder or a table.</summary>
/// <param name="index">The index.</param>
/// <param name="owner">The object to dispose with it: the index itself or its data source.</param>
internal sealed class OpenIndex(IVectorIndex index, IDisposable owner) : IDisposable
{
    /// <summary>Gets the index.</summary>
    public IVectorIndex Index => index;

    public void Dispose() => owner.Dispose();
}
