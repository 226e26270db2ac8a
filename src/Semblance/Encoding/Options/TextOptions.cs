using Semblance.Tensors;
using Semblance.Transformers;
using Semblance.Transformers.Adapters;

namespace Semblance;

/// <summary>
/// Provides the options for tokenizing and batching texts that all encoders share. The defaults are the settings in the model's files.
/// </summary>
public abstract record TextOptions
{
    /// <summary>Gets the prompt to put before each text; it takes precedence over <see cref="PromptName"/>.</summary>
    public string? Prompt { get; init; }

    /// <summary>Gets the name of one of the model's prompts; null for the model's default prompt, if it has one.</summary>
    public string? PromptName { get; init; }

    /// <summary>
    /// Gets the kind of the texts, such as <c>query</c> or <c>document</c>, for a model with a router, which encodes each kind by its own
    /// route; null for its default. Models without a router ignore it.
    /// </summary>
    public string? Route { get; init; }

    /// <summary>
    /// Gets the adapter of the model that computes with it, from <see cref="Encoder{TSelf}.LoadAdapter"/>; null for the one that is
    /// attached
    /// to the model, or for none. Calls with different adapters can share a model at the same time.
    /// </summary>
    public Adapter? Adapter { get; init; }

    /// <summary>
    /// Gets the treatment of texts that are longer than the maximum sequence length; <see cref="Truncation.Cut"/> by default.
    /// </summary>
    public Truncation Truncation { get; init; }

    /// <summary>
    /// Gets the approximate number of tokens of a batch, which one thread computes, 512 by default. More tokens take more memory; results
    /// do not depend on it. A longer text has a batch of its own.
    /// </summary>
    public int BatchTokens { get; init; } = 512;

    /// <summary>Gets the maximum number of threads; null for one for each physical core. Results do not depend on it.</summary>
    public int? MaxThreads { get; init; }

    /// <summary>Gets the counter of the texts that are encoded with these options; null to count nothing.</summary>
    public TextCounter? Counter { get; init; }

    internal int WorkerCount => Math.Min(MaxThreads ?? int.MaxValue, Workers.Shared.Count);

    /// <summary>Throws if an option is out of range, or does not fit a model.</summary>
    /// <param name="body">The transformer of the model; null if it has none.</param>
    internal void Check(Transformer? body)
    {
        Check();
        if (Adapter is not null && Adapter.Model.Body != body)
        {
            throw new ArgumentException(
                $"The adapter {Adapter} belongs to another model; load it with this model's LoadAdapter.", nameof(body));
        }
    }

    /// <summary>Throws if an option is out of range.</summary>
    internal virtual void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(BatchTokens, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxThreads ?? 1, 1, nameof(MaxThreads));
        if (Truncation == Truncation.Chunk && this is not (EncodeOptions or GenerateOptions))
        {
            throw new ArgumentException(
                "Truncation.Chunk is for the vectors of a SentenceTransformer and the texts of a SequenceToSequenceModel; choose "
                + "Truncation.Cut or Truncation.Error.",
                nameof(Truncation));
        }
    }
}
