using Semblance.Modules;
using Semblance.Server.Batching;

namespace Semblance.Server.Tests.Batching;

/// <summary>A computation whose result of a text is its first token id, and which keeps every batch.</summary>
internal sealed record FakeComputation(string Name = "") : BatchComputation<int>
{
    /// <summary>The first token ids of the texts of each batch.</summary>
    public List<int[]> Batches { get; } = [];

    /// <summary>The maximum number of threads inside each batch.</summary>
    public List<int> MaxThreads { get; } = [];

    /// <summary>Runs inside of a batch.</summary>
    public Action<IReadOnlyList<TokenizedText>>? Inside { get; init; }

    public bool Equals(FakeComputation? other) => other is not null && other.Name == Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    protected override IReadOnlyList<int> Compute(IReadOnlyList<TokenizedText> texts, int maxThreads)
    {
        lock (Batches)
        {
            Batches.Add([.. texts.Select(text => text.Ids[0])]);
            MaxThreads.Add(maxThreads);
        }

        Inside?.Invoke(texts);
        return [.. texts.Select(text => text.Ids[0])];
    }
}
