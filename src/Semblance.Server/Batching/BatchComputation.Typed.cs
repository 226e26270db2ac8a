using Semblance.Modules;

namespace Semblance.Server.Batching;

/// <summary>Represents a computation with a result of a given type for each text.</summary>
/// <typeparam name="TResult">The type of the result of a text.</typeparam>
internal abstract record BatchComputation<TResult> : BatchComputation
{
    /// <inheritdoc/>
    public sealed override void Run(IReadOnlyList<BatchItem> items, int maxThreads)
    {
        var texts = new TokenizedText[items.Count];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = items[i].Text;
        }

        var results = Compute(texts, maxThreads);
        for (var i = 0; i < texts.Length; i++)
        {
            ((BatchRequest<TResult>)items[i].Request).Results[items[i].Index] = results[i];
        }
    }

    /// <summary>Computes the results of texts.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="maxThreads">The maximum number of threads.</param>
    /// <returns>The results, in the order of the texts.</returns>
    protected abstract IReadOnlyList<TResult> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads);
}
