using Semblance.Tensors;

namespace Semblance;

/// <summary>How texts become batches, whatever the model makes of them; every default is what the model's own files say.</summary>
public abstract record TextOptions
{
    /// <summary>A text to put before each text; it wins over <see cref="PromptName"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>The name of one of the model's prompts; null for the model's default prompt, if it has one.</summary>
    public string? PromptName { get; init; }

    /// <summary>
    /// What the texts are, such as <c>query</c> or <c>document</c>, for a model with a router, which treats one kind otherwise than another;
    /// null for its default. Models without one take any.
    /// </summary>
    public string? Route { get; init; }

    /// <summary>What happens to a text longer than the model takes; <see cref="Truncation.Cut"/> by default.</summary>
    public Truncation Truncation { get; init; }

    /// <summary>
    /// About how many tokens one thread works on at a time, 2,048 by default. More take more memory; results do not depend on it.
    /// A longer text has a batch of its own.
    /// </summary>
    public int BatchTokens { get; init; } = 2048;

    /// <summary>The most threads to use; null for one for each physical core. Results do not depend on it.</summary>
    public int? MaxThreads { get; init; }

    internal int WorkerCount => Math.Min(MaxThreads ?? int.MaxValue, Workers.Shared.Count);

    internal virtual void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads ?? 1, 1, nameof(MaxThreads));
        if (Truncation == Truncation.Chunk && this is not EncodeOptions)
        {
            throw new ArgumentException("Truncation.Chunk is for the vectors of a SentenceTransformer; choose Truncation.Cut or Truncation.Error.", nameof(Truncation));
        }
    }
}
