namespace Semblance.Server.Batching;

/// <summary>
/// Represents what is computed for the texts of a batch: a model with options. Texts of different requests share a batch if their
/// computations are equal.
/// </summary>
internal abstract record BatchComputation
{
    /// <summary>Computes the results of a batch and stores them in its requests.</summary>
    /// <param name="items">The texts of the batch.</param>
    /// <param name="maxThreads">The maximum number of threads.</param>
    public abstract void Run(IReadOnlyList<BatchItem> items, int maxThreads);
}
