namespace Semblance.Cli.Commands.Indexes;

/// <summary>An index that a command has opened, wherever it is kept.</summary>
/// <param name="index">The index.</param>
/// <param name="owner">What ends with it: the index itself, or the way to its database.</param>
internal sealed class OpenIndex(IVectorIndex index, IDisposable owner) : IDisposable
{
    /// <summary>The index.</summary>
    public IVectorIndex Index => index;

    public void Dispose() => owner.Dispose();
}
